"""The official ROME: loaded whole, repeated without effect, in whatever form it comes."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.rome import import_rome
from data.session import create_engine, create_maker
from data.tables import (
    naf_divisions,
    naf_rome,
    reference_imports,
    rome_appellations,
    rome_mobilities,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
    rome_tags,
    rome_texts,
)
from tests.factories.official import rome_name, rome_tables, write_rome, zip_rome

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


async def rows(session: AsyncSession, table: Table, *names: str) -> set[tuple[object, ...]]:
    query = select(*(table.c[name] for name in names))
    return {tuple(row) for row in (await session.execute(query)).all()}


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.rglob("*"))


async def test_every_file_reaches_its_table(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_rome(session, write_rome(tmp_path / "rome"), NOW)
    assert report.version == "460"
    assert report.changed
    assert report.read == sum(len(table) - 1 for table in rome_tables().values())
    assert ("D1102", "Fabrique du pain. Assure l'entretien du fournil.", "D1102", False) in await rows(
        session, rome_occupations, "code", "definition", "parent", "retired"
    )
    assert ("11574", "D1102", "Ouvrier(ère) boulanger(ère)", True) in await rows(
        session, rome_appellations, "ogr", "rome", "short_label", "rare"
    )
    assert await rows(session, rome_skills, "code", "kind", "macro", "is_macro", "category") == {
        ("100", "savoir_faire", "300", False, "Technique"),
        ("101", "savoir_faire", None, False, "Technique"),
        ("102", "savoir_faire", None, False, "Technique"),
        ("300", "savoir_faire", None, True, "Technique"),
        ("301", "savoir_etre", None, True, "Transverse"),
        ("200", "savoir", None, False, "Normes et procédés"),
        ("201", "savoir", None, False, "Domaines d'expertise"),
    }
    assert await rows(session, rome_occupation_skills, "rome", "skill", "core") == {
        ("A1203", "101", True),
        ("A1203", "102", False),
        ("A1203", "201", False),
        ("D1102", "100", True),
        ("D1102", "300", True),
        ("D1102", "200", False),
        ("D1104", "200", False),
        ("D1104", "301", False),
    }
    assert ("D1102", "acces_metier", 1) in await rows(session, rome_texts, "rome", "kind", "position")
    assert await rows(session, rome_mobilities, "rome", "target", "rank") == {("D1102", "D1104", 1)}
    assert await rows(session, rome_tags, "kind", "code", "rome", "label") == {
        ("theme", "001", "A1203", "Métiers de l'environnement"),
        ("riasec", "R", "D1102", "Réaliste (majeur)"),
        ("riasec", "C", "D1102", "Conventionnel (mineur)"),
        ("context", "400", "D1102", "Travail de nuit"),
    }
    assert await rows(session, naf_rome, "division", "rome") == {("01", "A1203"), ("10", "D1102")}
    assert ("01", "Culture et production animale") in await rows(session, naf_divisions, "code", "label")


async def test_a_second_import_changes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    folder = write_rome(tmp_path / "rome")
    await import_rome(session, folder, NOW)
    later = NOW + timedelta(days=1)
    report = await import_rome(session, folder, later)
    assert not report.changed
    assert report.changes["rome_occupation_skills"].unchanged == 8
    query = select(reference_imports.c.version, reference_imports.c.imported_at, reference_imports.c.report)
    version, moment, kept = (await session.execute(query.where(reference_imports.c.kind == "rome"))).one()
    assert (version, moment) == ("460", later)
    assert kept["changes"]["rome_skills"]["unchanged"] == 7


async def test_the_other_processes_are_told_by_the_commit_of_a_change(
    fresh_database: str, tmp_path: Path
) -> None:
    folder = write_rome(tmp_path / "rome")
    heard: list[str] = []
    listener = await asyncpg.connect(fresh_database)
    await listener.add_listener("reference", lambda *said: heard.append(str(said[2])))
    engine = create_engine(fresh_database)
    try:
        async with create_maker(engine)() as session, session.begin():
            await import_rome(session, folder, NOW)
            await listener.fetch("SELECT 1")
            assert heard == []
        await listener.fetch("SELECT 1")
        assert heard == ["reference"]
        async with create_maker(engine)() as session, session.begin():
            await import_rome(session, folder, NOW)
        await listener.fetch("SELECT 1")
        assert heard == ["reference"]
    finally:
        await engine.dispose()
        await listener.close()


async def test_a_zip_with_folders_is_read_in_place(session: AsyncSession, tmp_path: Path) -> None:
    path = zip_rome(tmp_path / "rome.zip", version="461")
    report = await import_rome(session, path, NOW)
    assert report.version == "461"
    assert report.changes["rome_occupations"].added == 3
    assert names(tmp_path) == ["rome.zip"]


async def test_a_folder_that_holds_the_zip_stands_for_it(session: AsyncSession, tmp_path: Path) -> None:
    zip_rome(tmp_path / "RefRomeCsv.zip")
    assert (await import_rome(session, tmp_path, NOW)).changes["rome_appellations"].added == 3


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
async def test_other_encodings_give_the_same_labels(
    session: AsyncSession, tmp_path: Path, encoding: str
) -> None:
    tables = rome_tables()
    tables["referentiel_savoir"].append(("202", "Œuvre d’art – entretien", "Domaines d'expertise"))
    await import_rome(session, write_rome(tmp_path / "rome", tables, encoding=encoding), NOW)
    labels = await rows(session, rome_skills, "label")
    assert ("Pétrir une pâte",) in labels
    assert ("Œuvre d’art – entretien",) in labels


async def test_files_beside_the_export_do_not_matter(session: AsyncSession, tmp_path: Path) -> None:
    folder = write_rome(tmp_path / "rome")
    (folder / "notes.csv").write_bytes(b"\xff\xfe\0\0")
    (folder / "._unix_texte_v460_utf8.csv").write_bytes(b"\0")
    assert (await import_rome(session, folder, NOW)).version == "460"


async def test_without_optional_files_what_they_fill_stays(session: AsyncSession, tmp_path: Path) -> None:
    await import_rome(session, write_rome(tmp_path / "whole"), NOW)
    tables = {
        noun: table
        for noun, table in rome_tables().items()
        if not noun.startswith(("arborescence", "rubrique", "referentiel_code_rome_riasec"))
    }
    report = await import_rome(session, write_rome(tmp_path / "part", tables), NOW)
    assert not report.changed
    assert "mobilités" in report.notes[0]
    assert len(await rows(session, rome_tags, "kind", "code")) == 4


async def test_steps_are_told_in_order(session: AsyncSession, tmp_path: Path) -> None:
    shares: list[float] = []
    await import_rome(session, write_rome(tmp_path / "rome"), NOW, lambda _, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_a_macro_that_no_file_has_is_left_out_and_said(session: AsyncSession, tmp_path: Path) -> None:
    tables = rome_tables()
    header, first, *others = tables["referentiel_competence"]
    tables["referentiel_competence"] = [header, (*first[:4], "999", *first[5:]), *others]
    report = await import_rome(session, write_rome(tmp_path / "rome", tables), NOW)
    assert report.notes == ("1 compétences citent une macro-compétence absente.",)
    assert ("100", None) in await rows(session, rome_skills, "code", "macro")


async def test_an_import_that_fails_late_leaves_the_session_usable(
    session: AsyncSession, tmp_path: Path
) -> None:
    folder = write_rome(tmp_path / "rome")
    name = rome_name("rubrique_mobilite")
    (folder / name).write_text((folder / name).read_text() + '"D1102","Z9999","2"\r\n')
    with pytest.raises(Exception, match="Z9999"):
        await import_rome(session, folder, NOW)
    for table in (rome_occupations, rome_skills, reference_imports):
        count = await session.execute(select(func.count()).select_from(table))
        assert count.scalar_one() == 0
    assert zipfile.is_zipfile(zip_rome(tmp_path / "again.zip"))
    assert (await import_rome(session, tmp_path / "again.zip", NOW)).changed
