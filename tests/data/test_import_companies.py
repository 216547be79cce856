"""Companies from a file: volunteers and « potentiels », places and jobs, what each row becomes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.companies import import_companies
from data.session import create_engine, create_maker
from data.tables import companies, company_places, offers, reference_imports
from domain.errors import BadFileError
from tests.factories.company_files import (
    FIRST,
    POTENTIEL,
    SECOND,
    THIRD,
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


async def company(session: AsyncSession, siret: str) -> dict[str, Any]:
    row = (await session.execute(select(companies).where(companies.c.siret == siret))).one()
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


async def places(session: AsyncSession, siret: str) -> list[tuple[Any, ...]]:
    p = company_places.c
    query = (
        select(p.address, p.postal_code, p.city, p.insee, p.lat, p.lon, p.approximate)
        .join(companies, companies.c.id == p.company_id)
        .where(companies.c.siret == siret)
        .order_by(p.address)
    )
    return [tuple(row) for row in (await session.execute(query)).all()]


async def jobs(session: AsyncSession, siret: str) -> set[tuple[Any, ...]]:
    o = offers.c
    query = (
        select(o.rome, o.appellation, o.label, o.remote_mode)
        .join(companies)
        .where(companies.c.siret == siret)
    )
    return {tuple(row) for row in (await session.execute(query)).all()}


async def test_a_volunteer(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_companies(
        session, write_companies(tmp_path / "c.csv", VOLUNTEER), NOW, source="cci"
    )
    assert (report.version, report.read, report.rejected_count) == ("cci", 1, 0)
    found = await company(session, FIRST)
    expected = {
        "name": "Le Fournil",
        "naf": "10.71C",
        "naf_division": "10",
        "headcount": "02",
        "website": "https://fournil.example",
        "contact_mode": "email",
        "contact_email": "ada@fournil.example",
        "contact_phone": "+33639981234",
        "for_job_seekers": True,
        "for_pupils": True,
        "engaged": True,
        "max_contacts_per_month": 3,
        "source": "cci",
        "proof": "proved",
        "diffusible": True,
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert {key: found[key] for key in expected} == expected
    assert await places(session, FIRST) == [("4 rue du Four", "57000", "Metz", "57463", 49.12, 6.18, False)]
    assert await jobs(session, FIRST) == {
        ("D1102", "11574", "Ouvrier boulanger / Ouvrière boulangère", "on_site"),
        ("D1104", None, "Pâtissier / Pâtissière", "on_site"),
    }


async def test_without_a_job_it_is_a_potentiel_and_its_contact_is_not_kept(
    session: AsyncSession, tmp_path: Path
) -> None:
    row = POTENTIEL | {"contact_email": "a@b.example", "contact_phone": "0123456789", "contact_name": "Ada"}
    await import_companies(session, write_companies(tmp_path / "c.csv", row), NOW)
    found = await company(session, SECOND)
    assert (found["proof"], found["contact_mode"], found["naf"]) == ("public_register", "none", "81.30Z")
    assert (found["contact_email"], found["contact_phone"], found["contact_name"]) == ("", "", "")
    assert await jobs(session, SECOND) == set()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"postal_code": "57000", "city": "Metz Cedex 1"}, ("57463", 49.1193)),
        ({"postal_code": "57045", "city": "METZ CEDEX"}, ("57463", 49.1193)),
        ({"postal_code": "57050", "city": "Lorry les Metz"}, ("57412", 49.1193)),
        ({"postal_code": "57140", "city": "Zone commerciale"}, ("57751", 49.1193)),
        ({"postal_code": "75012", "city": "PARIS"}, ("75112", 48.83)),
        ({"postal_code": "75001", "city": "Paris 1er"}, ("75056", 48.8566)),
        ({"insee": "57463", "postal_code": "", "city": ""}, ("57463", 49.1193)),
        ({"postal_code": "57000", "city": "Metz", "lat": "0", "lon": "0"}, ("57463", 49.1193)),
    ],
)
async def test_without_a_point_the_commune_gives_one(
    session: AsyncSession, tmp_path: Path, given: dict[str, str], expected: tuple[str, float]
) -> None:
    report = await import_companies(session, write_companies(tmp_path / "c.csv", POTENTIEL | given), NOW)
    assert [rejected.reason for rejected in report.rejected] == []
    [(_, postal_code, city, insee, lat, _, approximate)] = await places(session, SECOND)
    assert (insee, lat, approximate) == (*expected, True)
    assert postal_code
    assert city


async def test_a_point_is_enough_where_the_commune_is_unknown(session: AsyncSession, tmp_path: Path) -> None:
    row = POTENTIEL | {"postal_code": "99000", "city": "Nulle-Part", "lat": "48,5", "lon": "6,5"}
    await import_companies(session, write_companies(tmp_path / "c.csv", row), NOW)
    assert await places(session, SECOND) == [("", "99000", "Nulle-Part", None, 48.5, 6.5, False)]


async def test_several_rows_of_a_siret_are_several_places(session: AsyncSession, tmp_path: Path) -> None:
    annex = {
        "siret": FIRST,
        "name": "Autre nom",
        "address": "Annexe",
        "postal_code": "57140",
        "city": "Woippy",
        "contact_phone": "0639981234",
        "offers": "A1203;Jardinier;hybrid",
    }
    other = POTENTIEL | {"siret": THIRD}
    path = write_companies(tmp_path / "c.csv", VOLUNTEER, other, annex, VOLUNTEER)
    report = await import_companies(session, path, NOW)
    assert report.changes["companies"].added == 2
    assert (await company(session, FIRST))["name"] == "Le Fournil"
    assert [place[0] for place in await places(session, FIRST)] == ["4 rue du Four", "Annexe"]
    assert {job[2] for job in await jobs(session, FIRST)} == {
        "Ouvrier boulanger / Ouvrière boulangère",
        "Pâtissier / Pâtissière",
        "Jardinier",
    }


async def test_a_name_that_may_not_be_shown(session: AsyncSession, tmp_path: Path) -> None:
    row = POTENTIEL | {"name": "[ND] [ND]", "custom_name": "[ND]", "address": "[ND]"}
    await import_companies(session, write_companies(tmp_path / "c.csv", row), NOW)
    found = await company(session, SECOND)
    assert (found["name"], found["custom_name"], found["diffusible"]) == (
        "Entreprise individuelle",
        "",
        False,
    )
    assert (await places(session, SECOND))[0][0] == ""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
async def test_spreadsheets_write_other_files(session: AsyncSession, tmp_path: Path, encoding: str) -> None:
    text = as_text(VOLUNTEER | {"name": "Pâtisserie « Œuf »"}, delimiter=";")
    path = tmp_path / "c.csv"
    # A cell with the separator in it is quoted, as a spreadsheet does.
    path.write_bytes(text.encode(encoding).replace(b"\n", b"\r\n"))
    report = await import_companies(session, path, NOW)
    assert report.rejected_count == 0
    assert (await company(session, FIRST))["name"] == "Pâtisserie « Œuf »"
    assert len(await jobs(session, FIRST)) == 2


async def test_search_is_told_once_by_the_commit(fresh_database: str, tmp_path: Path) -> None:
    path = write_companies(tmp_path / "c.csv", VOLUNTEER, POTENTIEL)
    heard: list[str] = []
    listener = await asyncpg.connect(fresh_database)
    await listener.add_listener("companies", lambda *said: heard.append(str(said[2])))
    engine = create_engine(fresh_database)
    try:
        async with create_maker(engine)() as session, session.begin():
            await add_places_and_jobs(session)
            await import_companies(session, path, NOW)
        await listener.fetch("SELECT 1")
        assert heard == ["companies"]
        async with create_maker(engine)() as session, session.begin():
            stamps = set((await session.execute(select(companies.c.stamp))).scalars())
            report = await import_companies(session, path, NOW)
            assert not report.changed
        async with create_maker(engine)() as session:
            assert set((await session.execute(select(companies.c.stamp))).scalars()) == stamps
    finally:
        await engine.dispose()
        await listener.close()


async def test_the_import_is_recorded(session: AsyncSession, tmp_path: Path) -> None:
    path = write_companies(tmp_path / "c.csv", VOLUNTEER, POTENTIEL | {"siret": "1"})
    report = await import_companies(session, path, NOW, source="cci")
    query = select(reference_imports.c.version, reference_imports.c.report)
    version, kept = (await session.execute(query.where(reference_imports.c.kind == "companies"))).one()
    assert version == "cci"
    assert kept["rejected"] == [{"line": 3, "reason": report.rejected[0].reason}]
    assert report.notes == ("Entreprises dans le fichier : 1.",)


async def test_columns_that_are_not_ours_are_said(session: AsyncSession, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(as_text(POTENTIEL, columns=(*POTENTIEL, "note")), encoding="utf-8")
    assert (await import_companies(session, path, NOW)).notes[0] == "Colonnes ignorées : note."


async def test_no_file_passes_for_the_form(session: AsyncSession, tmp_path: Path) -> None:
    path = write_companies(tmp_path / "c.csv", VOLUNTEER)
    with pytest.raises(BadFileError, match="réservé aux formulaires"):
        await import_companies(session, path, NOW, source="form")


@pytest.mark.parametrize(
    ("header", "reason"),
    [("name,postal_code", "« siret »"), ("siret,name", "« postal_code »"), ("", "vide")],
)
async def test_a_file_without_what_everything_needs_is_refused(
    session: AsyncSession, tmp_path: Path, header: str, reason: str
) -> None:
    (tmp_path / "c.csv").write_text(f"{header}\n")
    with pytest.raises(BadFileError, match=reason) as caught:
        await import_companies(session, tmp_path / "c.csv", NOW)
    assert caught.value.line == 1
