"""The starter data: whole, repeatable, and never over official referentials."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.communes import import_communes
from data.reference.naf import import_naf
from data.reference.report import ImportReport
from data.reference.rome import import_rome
from data.reference.starter import FOLDER, load_starter
from data.tables import (
    communes,
    companies,
    naf_rome,
    offers,
    reference_imports,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
    rome_words,
)
from domain.errors import BadFileError
from tests.factories.official import (
    COMMUNES,
    DEPARTMENTS,
    NAF,
    NAF_LINKS,
    Rows,
    write_rome,
    write_table,
    zip_rome,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)

TABLES: dict[str, Rows] = {
    "occupations": [("rome", "label"), ("A1203", "Espaces verts"), ("D1102", "Boulangerie")],
    "skills": [
        ("code", "kind", "label"),
        ("E0001", "savoir_faire", "Pétrir"),
        ("E0002", "savoir", "Levains"),
    ],
    "occupation_skills": [("rome", "code", "core"), ("D1102", "E0001", "1"), ("D1102", "E0002", "0")],
    "words": [("word", "rome"), ("mitron", "D1102"), ("jardin", "A1203")],
    "naf_divisions": [("division", "label"), ("10", "Alimentaire")],
    "naf_rome": [("division", "rome"), ("10", "D1102")],
    "communes": [
        ("insee", "name", "postal_codes", "department", "population", "lat", "lon", "approximate"),
        ("57463", "Metz", "57000", "57", "120874", "49.12", "6.17", "0"),
    ],
    "departments": [("code", "name", "region"), ("57", "Moselle", "Grand Est")],
    "companies": [
        ("siret", "name", "naf", "contact_mode", "contact_email", "postal_code", "city", "offers"),
        ("99900440100017", "Le Fournil", "10.71C", "email", "a@b.example", "57000", "Metz", "D1102"),
    ],
}


def starter_of(path: Path, **changes: Rows) -> Path:
    path.mkdir()
    for name, table in (TABLES | changes).items():
        write_table(path / f"{name}.csv", table)
    return path


def official_of(path: Path) -> Path:
    (path / "geo").mkdir(parents=True)
    (path / "naf").mkdir()
    zip_rome(path / "rome.zip")
    write_table(path / "geo" / "communes.csv", COMMUNES)
    write_table(path / "geo" / "departements.csv", DEPARTMENTS)
    write_table(path / "naf" / "naf_rev2.csv", NAF)
    write_table(path / "naf" / "ft_division_naf_rome_v460.csv", NAF_LINKS)
    return path


async def reference_folder(session: AsyncSession, folder: Path) -> list[ImportReport]:
    """Import the official files in the order of the demo: the NAF refers to the ROME."""
    steps = (("rome", import_rome), ("naf", import_naf), ("geo", import_communes))
    return [await importer(session, folder / name, NOW) for name, importer in steps]


async def versions(session: AsyncSession) -> dict[str, str]:
    rows = (await session.execute(select(reference_imports.c.kind, reference_imports.c.version))).all()
    return {row.kind: row.version for row in rows}


async def count(session: AsyncSession, table: Table) -> int:
    return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def test_loading_twice_changes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    folder = starter_of(tmp_path / "starter")
    reports = await load_starter(session, folder, NOW)
    assert [report.kind for report in reports] == ["rome", "naf", "communes", "companies"]
    assert await versions(session) == dict.fromkeys(("rome", "naf", "communes", "companies"), "starter")
    again = await load_starter(session, folder, NOW)
    assert [report.changed for report in again] == [False] * 4
    row = (await session.execute(select(offers.c.rome, offers.c.label, offers.c.appellation))).one()
    assert tuple(row) == ("D1102", "Boulangerie", None)


async def test_a_corrected_starter_replaces_the_last_one(session: AsyncSession, tmp_path: Path) -> None:
    await load_starter(session, starter_of(tmp_path / "old"), NOW)
    changed: dict[str, Rows] = {
        "skills": TABLES["skills"][:2],
        "occupation_skills": TABLES["occupation_skills"][:2],
        "words": [("word", "rome"), ("boulange", "D1102")],
    }
    await load_starter(session, starter_of(tmp_path / "new", **changed), NOW)
    assert (await session.execute(select(rome_words.c.word))).scalars().all() == ["boulange"]
    assert (await session.execute(select(rome_occupation_skills.c.skill))).scalars().all() == ["E0001"]
    retired = select(rome_skills.c.code).where(rome_skills.c.retired)
    assert (await session.execute(retired)).scalars().all() == ["E0002"]


async def test_official_referentials_are_not_overwritten(session: AsyncSession, tmp_path: Path) -> None:
    reports = await reference_folder(session, official_of(tmp_path / "official"))
    assert [report.kind for report in reports] == ["rome", "naf", "communes"]
    official = await versions(session)
    loaded = await load_starter(session, starter_of(tmp_path / "starter"), NOW)
    assert [report.kind for report in loaded] == ["rome", "companies"]
    assert await versions(session) == official | {"companies": "starter"}
    labels = select(rome_occupations.c.label).where(rome_occupations.c.code == "D1102")
    assert (await session.execute(labels)).scalar_one() == "Boulanger / Boulangère"
    assert await count(session, rome_words) == 2
    assert (
        await session.execute(select(rome_skills.c.code).where(rome_skills.c.code.like("E%")))
    ).all() == []
    assert await count(session, companies) == 1


async def test_official_after_starter_keeps_words_and_companies(
    session: AsyncSession, tmp_path: Path
) -> None:
    await load_starter(session, starter_of(tmp_path / "starter"), NOW)
    await reference_folder(session, official_of(tmp_path / "official"))
    assert await count(session, rome_words) == 2
    assert await count(session, companies) == 1
    assert await count(session, rome_occupations) == 3
    assert (await versions(session))["rome"] == "460"


async def test_links_of_an_official_rome_are_not_replaced(session: AsyncSession, tmp_path: Path) -> None:
    await import_rome(session, write_rome(tmp_path / "rome"), NOW)
    reports = await load_starter(session, starter_of(tmp_path / "starter"), NOW)
    assert "naf" not in [report.kind for report in reports]
    links = (await session.execute(select(naf_rome.c.division))).scalars().all()
    assert set(links) == {"01", "10"}


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("occupations", ("D11", "x"), "n’est pas un code ROME"),
        ("skills", ("1", "savoir", "x"), "n’est pas un code comme E0001"),
        ("skills", ("E0003", "art", "x"), "« art » n’est pas"),
        ("occupation_skills", ("D1102", "E0009", "1"), "est inconnue"),
        ("occupation_skills", ("D1102", "E0001", "1"), "là deux fois"),
        ("words", ("x", "D9999"), "métier D9999 inconnu"),
    ],
)
async def test_a_wrong_row_is_named(
    session: AsyncSession, tmp_path: Path, name: str, row: tuple[str, ...], reason: str
) -> None:
    folder = starter_of(tmp_path / "starter", **{name: [*TABLES[name], row]})
    with pytest.raises(BadFileError) as caught:
        await load_starter(session, folder, NOW)
    assert (caught.value.file, caught.value.line) == (f"{name}.csv", len(TABLES[name]) + 1)
    assert reason in caught.value.reason
    assert await count(session, rome_occupations) == 0


async def test_the_shipped_starter_data_loads_whole(session: AsyncSession) -> None:
    reports = {report.kind: report for report in await load_starter(session, FOLDER, NOW)}
    assert await count(session, rome_occupations) == 1584
    assert await count(session, communes) == 35014
    assert reports["companies"].changes["companies"].added == 300
    assert [rejected.reason for rejected in reports["companies"].rejected] == []
    assert reports["naf"].changes["naf_rome"].added == 2920
