"""Bad rows of a company file: each is named with its line and why; the good ones are kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference import rejects as keeper
from data.reference.companies import import_companies
from data.reference.report import Rejected
from data.tables import companies
from tests.factories.company_files import (
    FIRST,
    POTENTIEL,
    SECOND,
    VOLUNTEER,
    add_places_and_jobs,
    as_text,
    write_companies,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
async def session(session: AsyncSession) -> AsyncSession:
    await add_places_and_jobs(session)
    return session


async def sirets(session: AsyncSession) -> set[str]:
    return set((await session.execute(select(companies.c.siret))).scalars())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"siret": "99900440100018"}, "siret : « 99900440100018 » n’est pas un SIRET"),
        ({"siret": ""}, "n’est pas un SIRET"),
        ({"name": ""}, "name : le nom est vide"),
        ({"name": "\u200b"}, "name : le nom est vide"),
        ({"name": "x" * 201}, "name : plus de 200 caractères"),
        ({"naf": "boulanger"}, "naf : « boulanger » n’est pas un code NAF"),
        ({"headcount": "beaucoup"}, "headcount : « beaucoup »"),
        ({"website": "javascript:alert(1)"}, "website :"),
        ({"website": "https://x.example/" + "a" * 300}, "website :"),
        ({"additional_information": "x" * 3001}, "additional_information : plus de 3000 caractères"),
        ({"contact_mode": "fax"}, "contact_mode : « fax »"),
        ({"contact_email": "ada"}, "contact_email :"),
        ({"contact_email": ""}, "contact_mode : « email » sans l’adresse"),
        ({"contact_mode": "phone", "contact_phone": ""}, "contact_mode : « phone » sans"),
        ({"contact_phone": "0899123456"}, "contact_phone :"),
        ({"contact_phone": "12"}, "contact_phone :"),
        ({"contact_name": "x" * 101}, "contact_name ou contact_job"),
        ({"contact_mode": "none"}, "des métiers sans moyen de contact"),
        ({"fit_for_disabled_workers": "oui"}, "fit_for_disabled_workers : « oui »"),
        ({"engaged": "peut-être"}, "engaged : « peut-être » n’est pas 1 ou 0"),
        ({"for_job_seekers": "0", "for_pupils": "0"}, "au moins un public"),
        ({"max_contacts_per_month": "-1"}, "max_contacts_per_month"),
        ({"max_contacts_per_month": "1001"}, "max_contacts_per_month"),
        ({"address": "x" * 301}, "address : plus de 300 caractères"),
        ({"insee": "metz"}, "insee : « METZ » n’est pas"),
        ({"postal_code": "5700"}, "postal_code : « 5700 »"),
        ({"lat": "91"}, "n’est pas sur la Terre"),
        ({"lat": "nan"}, "n’est pas sur la Terre"),
        ({"lon": ""}, "il faut deux nombres, ou aucun"),
        ({"lat": "nord"}, "il faut deux nombres, ou aucun"),
        (
            {"lat": "", "lon": "", "insee": "", "postal_code": "99000", "city": "Nulle-Part"},
            "commune inconnue (99000 Nulle-Part)",
        ),
        ({"city": "", "insee": "", "postal_code": "99000"}, "city : la ville est vide"),
        ({"offers": "D9999;Ailleurs"}, "le code ROME « D9999 » est inconnu ou retiré"),
        ({"offers": "D1199"}, "le code ROME « D1199 » est inconnu ou retiré"),
        ({"offers": "D1102;Boulanger;loin"}, "offers : « loin » n’est pas on_site"),
        ({"offers": "D1102;Boulanger;on_site;x"}, "plus de trois parties"),
        ({"offers": "D1102;" + "x" * 301}, "intitulé de plus de 300 caractères"),
        ({"offers": "|".join(f"D1102;n {n}" for n in range(31))}, "plus de 30 métiers"),
    ],
)
async def test_a_bad_row_is_named_and_the_good_one_kept(
    session: AsyncSession, tmp_path: Path, values: dict[str, str], reason: str
) -> None:
    path = write_companies(tmp_path / "c.csv", VOLUNTEER | values, POTENTIEL)
    report = await import_companies(session, path, NOW)
    assert (report.read, report.rejected_count) == (2, 1)
    [rejected] = report.rejected
    assert rejected.line == 2
    assert reason in rejected.reason
    assert await sirets(session) == {SECOND}


async def test_reasons_carry_no_personal_data(session: AsyncSession, tmp_path: Path) -> None:
    rows = [VOLUNTEER | {"contact_email": "ada martin"}, VOLUNTEER | {"contact_phone": "0639981"}]
    report = await import_companies(session, write_companies(tmp_path / "c.csv", *rows), NOW)
    said = " ".join(rejected.reason for rejected in report.rejected)
    assert report.rejected_count == 2
    assert "ada" not in said.lower()
    assert "0639981" not in said


async def test_broken_lines_are_named_and_the_others_kept(session: AsyncSession, tmp_path: Path) -> None:
    header, good = as_text(POTENTIEL).splitlines()
    lines = [header, "a,b", "", '"x"y' + "," * 23, good, ",".join("é" * 25)]
    path = tmp_path / "c.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    report = await import_companies(session, path, NOW)
    assert report.rejected == (
        Rejected(2, "2 valeurs au lieu de 24."),
        Rejected(4, "les guillemets de cette ligne ne se referment pas."),
        Rejected(6, "25 valeurs au lieu de 24."),
    )
    assert await sirets(session) == {SECOND}


async def test_lines_are_counted_through_cells_of_several_lines(
    session: AsyncSession, tmp_path: Path
) -> None:
    rows = [POTENTIEL | {"additional_information": "Un.\nDeux.\nTrois."}, VOLUNTEER | {"name": ""}]
    report = await import_companies(session, write_companies(tmp_path / "c.csv", *rows), NOW)
    assert [rejected.line for rejected in report.rejected] == [5]


async def test_rows_of_a_siret_agree_with_the_first(session: AsyncSession, tmp_path: Path) -> None:
    first = POTENTIEL | {"siret": FIRST}
    places = [POTENTIEL | {"address": f"{n} rue"} for n in range(21)]
    path = write_companies(tmp_path / "c.csv", first, VOLUNTEER, *places)
    report = await import_companies(session, path, NOW)
    assert report.rejected == (
        Rejected(3, "des métiers, alors que la première ligne de ce SIRET n’en a pas."),
        Rejected(24, "plus de 20 lieux pour ce SIRET."),
    )


async def test_the_report_is_bounded_and_the_file_of_rejects_is_not(
    session: AsyncSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "MAX_LISTED", 2)
    bad = [VOLUNTEER | {"siret": str(number)} for number in range(5)]
    path = write_companies(tmp_path / "c.csv", *bad, VOLUNTEER)
    report = await import_companies(session, path, NOW, rejects_path=tmp_path / "rejets.csv")
    assert (report.rejected_count, len(report.rejected)) == (5, 2)
    written = (tmp_path / "rejets.csv").read_text(encoding="utf-8").splitlines()
    assert written[0] == "line,reason"
    assert [line.split(",")[0] for line in written[1:]] == ["2", "3", "4", "5", "6"]
    assert await sirets(session) == {FIRST}
