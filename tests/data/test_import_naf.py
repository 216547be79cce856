"""The NAF in its levels, and its links to ROME codes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.naf import import_naf
from data.reference.report import Changes
from data.tables import naf_codes, naf_divisions, naf_rome, rome_occupations
from domain.errors import BadFileError
from tests.factories.official import NAF, NAF_LINKS, Rows, write_table

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
async def occupations(session: AsyncSession) -> None:
    rows = [{"code": code, "label": code} for code in ("A1203", "D1102", "D1104")]
    await session.execute(insert(rome_occupations), rows)


def folder_of(path: Path, links: Rows = NAF_LINKS) -> Path:
    path.mkdir()
    write_table(path / "naf_rev2.csv", NAF)
    write_table(path / "ft_division_naf_rome_v460.csv", links)
    return path


async def links_of(session: AsyncSession) -> set[tuple[str, str]]:
    rows = (await session.execute(select(naf_rome.c.division, naf_rome.c.rome))).all()
    return {(division, rome) for division, rome in rows}


@pytest.mark.usefixtures("occupations")
async def test_levels_and_links(session: AsyncSession, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "naf")
    report = await import_naf(session, folder, NOW)
    assert (report.version, report.read) == ("rev2", 6)
    columns = ("code", "label", "section", "section_label")
    query = select(*(naf_divisions.c[name] for name in columns)).order_by(naf_divisions.c.code)
    assert tuple((await session.execute(query)).all()[0]) == (
        *("10", "Industries alimentaires", "C", "Industrie manufacturière"),
    )
    codes = (await session.execute(select(naf_codes.c.code, naf_codes.c.division))).all()
    assert {tuple(row) for row in codes} == {("10.71C", "10"), ("81.30Z", "81")}
    assert await links_of(session) == {("10", "D1102"), ("81", "A1203")}
    assert not (await import_naf(session, folder, NOW)).changed


@pytest.mark.usefixtures("occupations")
async def test_links_are_replaced_whole(session: AsyncSession, tmp_path: Path) -> None:
    await import_naf(session, folder_of(tmp_path / "naf"), NOW)
    links = [*NAF_LINKS[:2], ("10", "Industries alimentaires", "D1104", "Pâtissier")]
    report = await import_naf(session, folder_of(tmp_path / "newer", links), NOW)
    assert report.changes["naf_rome"] == Changes(added=1, removed=1, unchanged=1)
    assert await links_of(session) == {("10", "D1102"), ("10", "D1104")}


@pytest.mark.usefixtures("occupations")
async def test_starter_tables_then_official_ones(session: AsyncSession, tmp_path: Path) -> None:
    write_table(tmp_path / "naf_divisions.csv", [("division", "label"), ("10", "Alimentaire")])
    write_table(tmp_path / "naf_rome.csv", [("division", "rome"), ("10", "D1104")])
    report = await import_naf(session, tmp_path, NOW)
    assert report.version == "starter"
    assert await links_of(session) == {("10", "D1104")}
    await import_naf(session, folder_of(tmp_path / "official"), NOW)
    query = select(naf_divisions.c.label).where(naf_divisions.c.code == "10")
    assert (await session.execute(query)).scalar_one() == "Industries alimentaires"


@pytest.mark.usefixtures("occupations")
@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("naf_rev2.csv", ("1071C5", "x", "10", "x", "C", "X"), "n’est pas un code NAF"),
        ("naf_rev2.csv", ("10.71C", "x", "10", "x", "C", "X"), "là deux fois"),
        ("naf_rev2.csv", ("10.72Z", "x", "11", "x", "C", "X"), "n’est pas dans la division"),
        ("naf_rev2.csv", ("10.72Z", "", "10", "x", "C", "X"), "libellé vide"),
        ("ft_division_naf_rome_v460.csv", ("99", "x", "D1102", "x"), "division NAF « 99 »"),
        ("ft_division_naf_rome_v460.csv", ("10", "x", "D9999", "x"), "importez d’abord le ROME"),
        ("ft_division_naf_rome_v460.csv", ("10", "x", "D1102", "x"), "là deux fois"),
    ],
)
async def test_a_wrong_row_is_named(
    session: AsyncSession, tmp_path: Path, name: str, row: tuple[str, ...], reason: str
) -> None:
    folder = folder_of(tmp_path / "naf")
    write_table(folder / name, [*(NAF if len(row) == 6 else NAF_LINKS), row])
    with pytest.raises(BadFileError) as caught:
        await import_naf(session, folder, NOW)
    assert (caught.value.file, caught.value.line) == (name, 4)
    assert reason in caught.value.reason
    assert await links_of(session) == set()


async def test_other_tables_are_refused(session: AsyncSession, tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="pas des tables NAF"):
        await import_naf(session, write_table(tmp_path / "x.csv", [("a",), ("b",)]), NOW)
