"""The real official files, where a folder of them is given (`ESCALE_REFERENCE`); times are printed."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.communes import import_communes
from data.reference.companies import import_companies
from data.reference.naf import import_naf
from data.reference.report import ImportReport
from data.reference.rome import import_rome
from data.reference.starter import FOLDER, load_starter
from data.session import create_engine, create_maker
from data.tables import communes, companies, naf_codes, rome_occupation_skills, rome_occupations, rome_skills
from settings import Settings

pytestmark = pytest.mark.reference

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def reference() -> Path:
    folder = Settings.from_env().escale_reference
    if not folder:
        pytest.skip("ESCALE_REFERENCE n’est pas donné : pas de fichiers officiels.")
    return Path(folder)


@pytest.fixture
async def session(fresh_database: str) -> AsyncIterator[AsyncSession]:
    """A session of a process on a database of its own: real time limits, a real commit."""
    engine = create_engine(fresh_database)
    async with create_maker(engine)() as session:
        yield session
    await engine.dispose()


async def count(session: AsyncSession, table: Table) -> int:
    return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def timed_rome(session: AsyncSession, reference: Path) -> ImportReport:
    started = time.perf_counter()
    async with session.begin():
        report = await import_rome(session, reference / "rome", NOW)
    print(f"ROME : {report.read} lignes en {time.perf_counter() - started:.1f} s")  # noqa: T201
    return report


async def test_the_whole_rome_over_the_starter_data(session: AsyncSession, reference: Path) -> None:
    async with session.begin():
        await load_starter(session, FOLDER, NOW)
    report = await timed_rome(session, reference)
    again = await timed_rome(session, reference)
    assert not again.changed
    async with session.begin():
        assert await count(session, rome_occupations) == 1584
        starter = select(func.count()).select_from(rome_skills).where(rome_skills.c.code.like("E%"))
        ours = (await session.execute(starter)).scalar_one()
        mapped = (await session.execute(starter.where(rome_skills.c.replaced_by.is_not(None)))).scalar_one()
    assert report.changes["rome_appellations"].added == 13120
    assert report.changes["rome_skills"].added == 18317 + 15354
    assert report.changes["rome_occupation_skills"].added == 90556
    assert report.changes["rome_skills"].retired == ours
    assert mapped >= 80, report.notes


async def test_the_whole_folder(session: AsyncSession, reference: Path) -> None:
    async with session.begin():
        await import_rome(session, reference / "rome", NOW)
        await import_naf(session, reference / "naf", NOW)
        await import_communes(session, reference / "geo", NOW)
        kinds = select(communes.c.kind, func.count()).where(~communes.c.retired).group_by(communes.c.kind)
        found = {tuple(row) for row in (await session.execute(kinds)).all()}
        assert found == {("commune", 34969), ("arrondissement", 45)}
        assert await count(session, naf_codes) == 732
        links = await count(session, rome_occupation_skills)
        assert links == 90556
        for name, mapping, least in (
            ("marche_siae.csv", "marche_siae", 3820),
            ("lbb_metz_employeurs.csv", "lbb_metz", 3200),
        ):
            path = reference / "companies" / name
            before = await count(session, companies)
            report = await import_companies(session, path, NOW, mapping=mapping)
            assert await count(session, companies) - before >= least
            assert {item.reason.split(" :")[0] for item in report.rejected} <= {"siret"}
            assert report.rejected_count < 20
