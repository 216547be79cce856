"""Communes and departments: the official table and ours, points for all, retired ones kept."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.communes import import_communes
from data.reference.report import Changes
from data.tables import communes, departments, reference_imports
from domain.errors import BadFileError
from tests.factories.official import COMMUNES, DEPARTMENTS, Rows, as_csv, write_table

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
STARTER: Rows = [
    ("insee", "name", "postal_codes", "department", "population", "lat", "lon", "approximate"),
    ("57463", "Metz", "57000|57050", "57", "120874", "49.11", "6.17", "0"),
    ("13201", "Marseille 1er Arrondissement", "13001", "13", "37599", "43.3", "5.38", "1"),
    ("57999", "Ailleurs", "57050", "57", "3", "49.3", "6.3", "1"),
]


def folder_of(path: Path, table: Rows = COMMUNES) -> Path:
    path.mkdir()
    write_table(path / "communes.csv", table)
    write_table(path / "departements.csv", DEPARTMENTS)
    write_table(
        path / "codes_postaux.csv", [("code_postal", "code_insee", "nom"), ("57000", "57463", "Metz")]
    )
    write_table(path / "regions.csv", [("code", "nom"), ("44", "Grand Est")])
    return path


async def test_the_official_table(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_communes(session, folder_of(tmp_path / "geo"), NOW)
    assert (report.version, report.read) == ("officiel", 5)
    columns = (
        "insee",
        "name",
        "kind",
        "postal_codes",
        "department",
        "population",
        "lat",
        "lon",
        "approximate",
    )
    query = select(*(communes.c[name] for name in columns)).order_by(communes.c.insee)
    metz = ("57463", "Metz", "commune", ["57000", "57050", "57070"], "57", 120874, 49.1193, 6.1757, False)
    found = [tuple(row) for row in (await session.execute(query)).all()]
    assert found[1] == metz
    assert [(row[0], row[2], row[8]) for row in found] == [
        ("57412", "commune", True),
        ("57463", "commune", False),
        ("57999", "other", True),
        ("75056", "commune", False),
        ("75112", "arrondissement", False),
    ]
    names = (await session.execute(select(departments.c.name, departments.c.region))).all()
    assert {tuple(row) for row in names} == {("Moselle", "Grand Est"), ("Paris", "Île-de-France")}


async def test_a_commune_without_a_point_is_placed_by_our_own_table(
    session: AsyncSession, tmp_path: Path
) -> None:
    report = await import_communes(session, folder_of(tmp_path / "geo"), NOW)
    query = select(communes.c.lat, communes.c.lon).where(communes.c.insee == "57412")
    lat, lon = (await session.execute(query)).one()
    assert lat == pytest.approx(49.14, abs=0.1)
    assert lon == pytest.approx(6.12, abs=0.1)
    assert report.notes == ("1 communes sans point ont pris leur dernier point connu.",)


async def test_a_new_commune_without_a_point_is_placed_amid_its_neighbours(
    session: AsyncSession, tmp_path: Path
) -> None:
    new = ("57998", "Nouvelle", "commune-actuelle", "57050", "", "", "", "", "")
    await import_communes(session, folder_of(tmp_path / "geo", [*COMMUNES, new]), NOW)
    query = select(communes.c.lat, communes.c.approximate).where(communes.c.insee == "57998")
    lat, approximate = (await session.execute(query)).one()
    assert lat == pytest.approx((49.1193 + 49.2) / 2)
    assert approximate


async def test_a_second_import_changes_nothing_and_a_newer_table_retires(
    session: AsyncSession, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "geo")
    await import_communes(session, folder, NOW)
    assert not (await import_communes(session, folder, NOW)).changed
    report = await import_communes(session, folder_of(tmp_path / "newer", COMMUNES[:4]), NOW)
    assert report.changes["communes"] == Changes(retired=2, unchanged=3)
    query = select(communes.c.insee).where(communes.c.retired)
    assert set((await session.execute(query)).scalars()) == {"57412", "57999"}
    report = await import_communes(session, folder, NOW)
    assert report.changes["communes"] == Changes(changed=2, unchanged=3)


async def test_the_starter_table_then_the_official_one(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_communes(session, write_table(tmp_path / "communes.csv", STARTER), NOW)
    assert report.version == "starter"
    query = select(communes.c.kind).where(communes.c.insee == "13201")
    assert (await session.execute(query)).scalar_one() == "arrondissement"
    await import_communes(session, folder_of(tmp_path / "geo"), NOW)
    version = select(reference_imports.c.version).where(reference_imports.c.kind == "communes")
    assert (await session.execute(version)).scalar_one() == "officiel"


async def test_a_file_brings_the_departments_beside_it_and_a_zip_its_own(
    session: AsyncSession, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "geo")
    await import_communes(session, folder / "communes.csv", NOW)
    assert (await session.execute(select(func.count()).select_from(departments))).scalar_one() == 2
    with zipfile.ZipFile(tmp_path / "geo.zip", "w") as archive:
        archive.writestr("geo/departements.csv", as_csv(DEPARTMENTS))
        archive.writestr("geo/communes.csv", as_csv(COMMUNES, ";"))
    assert not (await import_communes(session, tmp_path / "geo.zip", NOW)).changed


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "5746", "n’est pas un code de commune"),
        (0, "75056", "là deux fois"),
        (1, "", "nom vide"),
        (3, "5700", "n’est pas un code postal"),
        (4, "beaucoup", "nombre d’habitants"),
        (5, "nord", "n’est pas un nombre"),
        (5, "", "n’est pas un nombre"),
        (5, "nan", "hors de la Terre"),
        (6, "181", "hors de la Terre"),
    ],
)
async def test_a_wrong_row_is_named(
    session: AsyncSession, tmp_path: Path, place: int, value: str, reason: str
) -> None:
    row = list(COMMUNES[1])
    row[place] = value
    folder = folder_of(tmp_path / "geo", [*COMMUNES[:1], *COMMUNES[2:], tuple(row)])
    with pytest.raises(BadFileError) as caught:
        await import_communes(session, folder, NOW)
    assert (caught.value.file, caught.value.line) == ("communes.csv", len(COMMUNES))
    assert reason in caught.value.reason
    assert (await session.execute(select(func.count()).select_from(communes))).scalar_one() == 0


async def test_other_tables_are_refused(session: AsyncSession, tmp_path: Path) -> None:
    path = write_table(tmp_path / "autre.csv", DEPARTMENTS)
    with pytest.raises(BadFileError, match="pas une table de communes"):
        await import_communes(session, path, NOW)


async def test_a_commune_that_nothing_places_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    lost = ("98999", "Perdue", "commune-actuelle", "98999", "", "", "", "", "")
    with pytest.raises(BadFileError, match="n’a pas de point"):
        await import_communes(session, folder_of(tmp_path / "geo", [*COMMUNES[:1], lost]), NOW)
