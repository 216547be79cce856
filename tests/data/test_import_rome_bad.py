"""A bad ROME export is refused whole, with its file, its line and a French reason."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.rome import import_rome
from data.tables import rome_occupations, rome_skills
from domain.errors import BadFileError
from tests.factories.official import as_csv, rome_name, rome_tables, write_rome, zip_rome

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


async def refused(session: AsyncSession, path: Path) -> BadFileError:
    """The error of an import, once it was seen that it changed nothing."""
    with pytest.raises(BadFileError) as caught:
        await import_rome(session, path, NOW)
    for table in (rome_occupations, rome_skills):
        assert (await session.execute(select(func.count()).select_from(table))).scalar_one() == 0
    return caught.value


@pytest.mark.parametrize(
    ("noun", "row", "reason"),
    [
        ("referentiel_code_rome", ("Z1203", "7", "Autre", ""), "n’est pas un code ROME"),
        ("referentiel_code_rome", ("D1102", "7", "Autre", ""), "D1102 est là deux fois"),
        ("referentiel_code_rome", ("D1103", "7", "", ""), "libellé vide"),
        ("referentiel_code_rome", ("D1103", "7", "x" * 501, ""), "plus de 500 caractères"),
        ("referentiel_appellation", ("12", "A", "A", "D1103", "N"), "« D1103 » n’est pas dans"),
        ("referentiel_appellation", ("1a", "A", "A", "D1102", "N"), "n’est pas un code OGR"),
        ("referentiel_appellation", ("17000", "A", "A", "D1102", "N"), "17000 est là deux fois"),
        (
            "referentiel_competence",
            ("103", "Compétence", "Savoir", "", "", "Savoir-vivre", ""),
            "catégorie de compétence inconnue",
        ),
        ("referentiel_savoir", ("100", "Déjà compétence", ""), "100 est là deux fois"),
        ("coherence_item", ("D1102", "999", ""), "999 n’est ni une compétence"),
        ("coherence_item", ("D1102", "100", ""), "D1102 100 est là deux fois"),
        ("coherence_item", ("D1103", "100", ""), "« D1103 » n’est pas dans"),
        ("texte", ("D1102", "poeme", "1", "Ô pain"), "type de texte inconnu"),
        ("texte", ("D1102", "definition", "un", "Ô pain"), "n’est pas un rang"),
        ("texte", ("D1102", "definition", "40000", "Ô pain"), "n’est pas un rang"),
        ("texte", ("D1102", "definition", "3", ""), "texte vide"),
        ("rubrique_mobilite", ("D1102", "D9999", "1"), "« D9999 » n’est pas dans"),
        ("arborescence_thematique", ("", "Sans code", "A1203"), "« code_theme » est vide"),
        ("arborescence_secteur_naf", ("1A", "Culture", "A1203"), "n’est pas une division NAF"),
        ("referentiel_code_rome_riasec", ("A1203", "Z", ""), "n’est pas un type RIASEC"),
        ("texte", ("D1102", "definition"), "2 valeurs au lieu de 4"),
    ],
)
async def test_a_wrong_row_is_named(
    session: AsyncSession, tmp_path: Path, noun: str, row: tuple[str, ...], reason: str
) -> None:
    tables = rome_tables()
    tables[noun].append(row)
    error = await refused(session, write_rome(tmp_path / "rome", tables))
    assert error.file == rome_name(noun)
    assert error.line == len(tables[noun])
    assert reason in error.reason
    assert str(error.line) in error.message


def without_column(text: str) -> bytes:
    return text.replace('"code_ogr"', '"code"', 1).encode()


def open_quote(text: str) -> bytes:
    return (text + '"D1102","100\r\n').encode()


def twice(text: str) -> bytes:
    return text.replace('"coeur_metier"', '"code_rome"', 1).encode()


@pytest.mark.parametrize(
    ("damage", "line", "reason"),
    [
        (without_column, 1, "il manque la colonne « code_ogr »"),
        (twice, 1, "la colonne « code_rome » est là deux fois"),
        (open_quote, 11, "guillemets"),
        (lambda _: b"", 1, "vide"),
        (lambda text: text.encode("utf-16"), 1, "UTF-8"),
        (lambda text: text.encode() + '"D1102","é",""\r\n'.encode() + b'"\xe9","",""', 12, "encodages"),
        (lambda text: text.encode("cp1252") + b'"\x81","",""', 11, "Windows-1252"),
        (lambda text: text.encode() + b'"D1102","\0","x"\r\n', 11, "texte UTF-8"),
    ],
)
async def test_a_file_that_cannot_be_read_is_named(
    session: AsyncSession, tmp_path: Path, damage: Callable[[str], bytes], line: int, reason: str
) -> None:
    folder = write_rome(tmp_path / "rome")
    bad = folder / rome_name("coherence_item")
    bad.write_bytes(damage(as_csv(rome_tables()["coherence_item"])))
    error = await refused(session, folder)
    assert (error.file, error.line) == (bad.name, line)
    assert reason in error.reason


async def test_a_missing_file_is_named(session: AsyncSession, tmp_path: Path) -> None:
    folder = write_rome(tmp_path / "rome")
    (folder / rome_name("texte")).unlink()
    error = await refused(session, folder)
    assert error.file == "rome"
    assert "unix_texte_v460_utf8.csv" in error.reason


async def test_versions_are_not_mixed(session: AsyncSession, tmp_path: Path) -> None:
    folder = write_rome(tmp_path / "rome")
    (folder / rome_name("texte")).rename(folder / rome_name("texte", "461"))
    assert "deux versions" in (await refused(session, folder)).reason


async def test_rome_3_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    error = await refused(session, write_rome(tmp_path / "rome", version="347"))
    assert "précède ROME 4.0" in error.reason


async def test_a_file_that_is_there_twice_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    folder = write_rome(tmp_path / "rome")
    write_rome(folder / "copie")
    assert "deux fois" in (await refused(session, folder)).reason


@pytest.mark.parametrize("name", ["absent", "rome.zip"])
async def test_nothing_to_read_is_said(session: AsyncSession, tmp_path: Path, name: str) -> None:
    (tmp_path / "rome.zip").write_bytes(b"PK not a zip")
    error = await refused(session, tmp_path / name)
    assert error.file == name
    assert error.line == 0


async def test_a_damaged_zip_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    path = zip_rome(tmp_path / "rome.zip")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = next(item for item in archive.infolist() if "coherence_item" in item.filename)
    start = entry.header_offset + 30 + len(entry.filename) + 10
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    error = await refused(session, path)
    assert error.file == rome_name("coherence_item")
    assert "abîmé" in error.reason


async def test_a_zip_bomb_is_refused_unread(session: AsyncSession, tmp_path: Path) -> None:
    path = tmp_path / "rome.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(rome_name("texte"), b"0" * 30_000_000)
    assert "démesuré" in (await refused(session, path)).reason


async def test_names_of_a_zip_lead_nowhere(session: AsyncSession, tmp_path: Path) -> None:
    path = tmp_path / "rome.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for noun, table in rome_tables().items():
            archive.writestr(f"../../{rome_name(noun)}", as_csv(table))
    before = sorted(tmp_path.parent.rglob("*"))
    await import_rome(session, path, NOW)
    assert sorted(tmp_path.parent.rglob("*")) == before
