"""Importing again: what one source brought is updated, what people decided is left alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import companies as queries
from data.reference.companies import import_companies
from data.reference.report import Changes
from data.tables import companies, company_places, offers
from tests.factories.company_files import (
    FIRST,
    POTENTIEL,
    SECOND,
    VOLUNTEER,
    add_places_and_jobs,
    write_companies,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
CLAIMED = VOLUNTEER | {"siret": SECOND, "name": "Espaces Verts SA"}


@pytest.fixture
async def session(session: AsyncSession) -> AsyncSession:
    await add_places_and_jobs(session)
    return session


async def value(session: AsyncSession, siret: str, *names: str) -> tuple[Any, ...]:
    query = select(*(companies.c[name] for name in names)).where(companies.c.siret == siret)
    return tuple((await session.execute(query)).one())


async def ids(session: AsyncSession) -> tuple[list[int], list[int], list[int]]:
    columns = (companies.c.id, company_places.c.id, offers.c.id)
    found = [(await session.execute(select(column).order_by(column))).scalars().all() for column in columns]
    return list(found[0]), list(found[1]), list(found[2])


async def place_id(session: AsyncSession, address: str) -> int:
    query = select(company_places.c.id).where(company_places.c.address == address)
    return int((await session.execute(query)).scalar_one())


async def offer_id(session: AsyncSession, rome: str) -> int:
    return int((await session.execute(select(offers.c.id).where(offers.c.rome == rome))).scalar_one())


async def test_the_same_file_changes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    path = write_companies(tmp_path / "c.csv", VOLUNTEER, POTENTIEL)
    await import_companies(session, path, NOW)
    before = await ids(session)
    report = await import_companies(session, path, LATER)
    assert report.changes == {
        "companies": Changes(unchanged=2),
        "company_places": Changes(unchanged=2),
        "offers": Changes(unchanged=2),
    }
    assert await ids(session) == before
    assert await value(session, FIRST, "updated_at") == (NOW,)


async def test_what_changed_is_updated_and_what_stays_keeps_its_id(
    session: AsyncSession, tmp_path: Path
) -> None:
    annex = VOLUNTEER | {"address": "Annexe"}
    await import_companies(session, write_companies(tmp_path / "a.csv", VOLUNTEER, annex, POTENTIEL), NOW)
    kept = (await place_id(session, "4 rue du Four"), await offer_id(session, "D1102"))
    changed = VOLUNTEER | {
        "name": "Le Grand Fournil",
        "lat": "49.13",
        "offers": "D1102;Ouvrier boulanger / Ouvrière boulangère;hybrid|A1203",
    }
    report = await import_companies(session, write_companies(tmp_path / "b.csv", changed), LATER)
    assert report.changes == {
        "companies": Changes(changed=1),
        "company_places": Changes(changed=1, removed=1),
        "offers": Changes(added=1, changed=1, removed=1),
    }
    assert await value(session, FIRST, "name", "created_at", "updated_at") == ("Le Grand Fournil", NOW, LATER)
    assert await value(session, SECOND, "updated_at") == (NOW,)
    assert (await place_id(session, "4 rue du Four"), await offer_id(session, "D1102")) == kept


async def test_a_company_is_fresh_when_only_its_jobs_change(session: AsyncSession, tmp_path: Path) -> None:
    await import_companies(session, write_companies(tmp_path / "a.csv", VOLUNTEER, POTENTIEL), NOW)
    path = write_companies(tmp_path / "b.csv", VOLUNTEER | {"offers": "A1203"}, POTENTIEL)
    report = await import_companies(session, path, LATER)
    assert report.changes["companies"] == Changes(unchanged=2)
    assert await value(session, FIRST, "updated_at") == (LATER,)
    assert await value(session, SECOND, "updated_at") == (NOW,)


async def test_a_point_found_since_is_not_lost_to_the_commune_s(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = write_companies(tmp_path / "c.csv", POTENTIEL | {"address": "1 rue Haute"})
    await import_companies(session, path, NOW)
    await session.execute(update(company_places).values(lat=49.111, lon=6.222, approximate=False))
    report = await import_companies(session, path, LATER)
    assert not report.changed
    assert (await session.execute(select(company_places.c.lat))).scalar_one() == 49.111


async def test_one_that_takes_nobody_any_more_becomes_a_potentiel(
    session: AsyncSession, tmp_path: Path
) -> None:
    await import_companies(session, write_companies(tmp_path / "a.csv", VOLUNTEER), NOW)
    path = write_companies(tmp_path / "b.csv", VOLUNTEER | {"offers": ""})
    assert (await import_companies(session, path, LATER)).changes["offers"].removed == 2
    names = ("proof", "contact_mode", "contact_email")
    assert await value(session, FIRST, *names) == ("public_register", "none", "")


@pytest.mark.parametrize("column", ["opted_out_at", "banned_at"])
async def test_one_that_left_or_was_banned_does_not_come_back(
    session: AsyncSession, tmp_path: Path, column: str
) -> None:
    await import_companies(session, write_companies(tmp_path / "a.csv", POTENTIEL), NOW)
    await session.execute(update(companies).values({column: NOW}))
    report = await import_companies(session, write_companies(tmp_path / "b.csv", CLAIMED), LATER)
    assert not report.changed
    assert report.notes[1].startswith("1 ont demandé à ne plus paraître")
    assert await value(session, SECOND, "proof", column) == ("public_register", NOW)


async def test_what_a_company_registered_itself_is_not_overwritten(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = write_companies(tmp_path / "c.csv", VOLUNTEER)
    await import_companies(session, path, NOW)
    row = await queries.by_siret(session, FIRST)
    assert row
    await queries.change(session, row.id, replace(row.identity, name="Chez Ada"), row.contact, NOW)
    report = await import_companies(session, path, LATER)
    assert not report.changed
    assert report.notes[1].startswith("1 ont une fiche qui vient d’ailleurs ou d’elles-mêmes")
    assert await value(session, FIRST, "name", "source") == ("Chez Ada", "form")


async def test_sources_do_not_overwrite_each_other_but_a_volunteer_wins(
    session: AsyncSession, tmp_path: Path
) -> None:
    await import_companies(session, write_companies(tmp_path / "a.csv", POTENTIEL), NOW, source="sirene")
    other = write_companies(tmp_path / "b.csv", POTENTIEL | {"name": "Autre"})
    assert not (await import_companies(session, other, NOW, source="cma")).changed
    path = write_companies(tmp_path / "c.csv", CLAIMED)
    report = await import_companies(session, path, LATER, source="cci")
    assert report.changes["companies"] == Changes(changed=1)
    assert report.changes["offers"].added == 2
    assert await value(session, SECOND, "source", "proof") == ("cci", "proved")
    first = write_companies(tmp_path / "d.csv", POTENTIEL)
    assert not (await import_companies(session, first, LATER, source="sirene")).changed
