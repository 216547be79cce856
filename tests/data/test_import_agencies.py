"""Importing prescribers: what the file has, once, and nothing of what their people did since."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.agencies import FILE, import_agencies
from data.reference.communes import import_communes
from data.reference.report import Changes, ImportReport
from data.tables import agencies
from domain.errors import BadFileError
from domain.roles import Role
from tests.factories.people import SINCE, add_right, add_user
from tests.factories.reference import add_reference

HEADER = "type,nom,siret,adresse,code_postal,ville,departement,lat,lon,habilitation"
ROWS = (
    "ML,MISSION LOCALE - NANTES,73282932000074,2 RUE A,44000,NANTES,44,47.21,-1.55,NOT_SET",
    "FT,France Travail - NANTES,,3 rue B,44200,Nantes,44,,,VALIDATED",
    "PJJ,DIRECTION TERRITORIALE - 57,12345678912345,4 RUE C,57000,METZ,57,49.12,6.17,NOT_SET",
    "Autre,Association La Belle Verte,,,57050,Metz,57,,,REFUSED",
    "ESAT_X,Un nouveau sigle,,5 rue D,97400,SAINT-DENIS,974,,,",
)
BAD = (
    "FT,France Travail - NANTES,,3 RUE B,44200,NANTES,44,,,VALIDATED",
    "FT,,,3 rue B,44200,Nantes,44,,,VALIDATED",
    "FT,Ailleurs,,,44200,Nantes,99,,,VALIDATED",
    "FT,Trop court",
    "FT,Nulle part,,,44200,Nantes,44,1000,0,VALIDATED",
)


@pytest.fixture
async def loaded(session: AsyncSession) -> AsyncSession:
    await add_reference(session)
    return session


def written(folder: Path, *rows: str) -> Path:
    path = folder / FILE
    path.write_text("\n".join((HEADER, *rows)) + "\n")
    return path


async def imported(session: AsyncSession, path: Path, rejects: Path | None = None) -> ImportReport:
    return await import_agencies(session, path, SINCE, rejects_path=rejects)


async def rows(session: AsyncSession) -> dict[str, Any]:
    listed = await session.execute(select(agencies).order_by(agencies.c.id))
    return {row.name: row for row in listed}


async def test_each_row_waits_with_what_the_file_has(loaded: AsyncSession, tmp_path: Path) -> None:
    report = await imported(loaded, written(tmp_path, *ROWS))
    assert (report.read, report.rejected_count) == (5, 0)
    assert report.changes["agencies"] == Changes(added=5)
    found = await rows(loaded)
    assert {row.status for row in found.values()} == {"to_review"}
    assert {row.contact_email for row in found.values()} == {""}
    nantes = found["MISSION LOCALE - NANTES"]
    assert (nantes.kind, nantes.siret, nantes.insee) == ("mission_locale", "73282932000074", "44109")
    assert (nantes.lat, nantes.lon, nantes.departments) == (47.21, -1.55, ["44"])
    assert found["France Travail - NANTES"].lat == 47.2184, "its commune's, for want of its own"
    justice = found["DIRECTION TERRITORIALE - 57"]
    assert (justice.kind, justice.kind_label) == ("autre", "Protection judiciaire de la jeunesse")
    assert justice.siret is None
    assert "SIRET faux laissés vides : 1 (lignes 4)." in report.notes
    assert found["Association La Belle Verte"].kind_label == ""
    assert "refusée" in found["Association La Belle Verte"].status_reason
    assert found["Un nouveau sigle"].kind_label == "ESAT_X"


async def test_again_changes_nothing_and_follows_the_file(loaded: AsyncSession, tmp_path: Path) -> None:
    await imported(loaded, written(tmp_path, *ROWS))
    again = await imported(loaded, written(tmp_path, *ROWS))
    assert not again.changed
    assert again.changes["agencies"] == Changes(unchanged=5)
    moved = ROWS[0].replace("47.21", "47.99")
    more = await imported(loaded, written(tmp_path, moved, "CCAS,CCAS de Metz,,,57000,Metz,57,,,NOT_SET"))
    assert more.changes["agencies"] == Changes(added=1, changed=1)
    assert len(await rows(loaded)) == 6, "what left the file stays"


async def test_what_people_did_stays(loaded: AsyncSession, tmp_path: Path) -> None:
    await imported(loaded, written(tmp_path, *ROWS))
    found = await rows(loaded)
    claimed, rejected = found["MISSION LOCALE - NANTES"].id, found["France Travail - NANTES"].id
    await add_right(loaded, claimed, await add_user(loaded), [Role.AGENCY_ADMIN])
    await loaded.execute(update(agencies).where(agencies.c.id == claimed).values(name="La nôtre"))
    gone = {"status": "rejected", "address": "x"}
    await loaded.execute(update(agencies).where(agencies.c.id == rejected).values(**gone))
    again = await imported(loaded, written(tmp_path, *ROWS))
    assert not again.changed
    assert "Déjà revendiquées ou décidées : 2, laissées ainsi." in again.notes
    assert "La nôtre" in await rows(loaded)


async def test_bad_rows_do_not_stop_good_ones(loaded: AsyncSession, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    report = await imported(loaded, written(tmp_path, *ROWS, *BAD), rejects)
    assert report.changes["agencies"].added == len(ROWS)
    reasons = {one.line: one.reason for one in report.rejected}
    assert reasons[7] == "la même structure que ligne 3."
    assert "nom est vide" in reasons[8]
    assert "n’est pas un département" in reasons[9]
    assert reasons[10] == "2 valeurs au lieu de 10."
    assert "pas sur la Terre" in reasons[11]
    assert len(rejects.read_text().splitlines()) == 1 + len(BAD)


async def test_a_file_of_another_kind_changes_nothing(loaded: AsyncSession, tmp_path: Path) -> None:
    path = tmp_path / "autre.csv"
    path.write_text("nom,siret\nX,1\n")
    with pytest.raises(BadFileError, match="« type »"):
        await imported(loaded, path)
    with pytest.raises(BadFileError):
        await imported(loaded, tmp_path / "absent.csv")
    assert await rows(loaded) == {}


@pytest.mark.reference
async def test_the_published_file(session: AsyncSession, reference: Path) -> None:
    await import_communes(session, reference / "geo", SINCE)
    report = await imported(session, reference / "companies" / FILE)
    assert (report.read, report.rejected_count) == (1003, 36)
    assert report.changes["agencies"] == Changes(added=967)
    placed = agencies.c.lat.is_not(None) & agencies.c.insee.is_not(None)
    listed = (await session.scalars(select(agencies.c.id).where(placed))).all()
    assert len(listed) > 0.95 * 967
    assert not (await imported(session, reference / "companies" / FILE)).changed
