"""A newer ROME: what it no longer has is retired, kept where something refers to it, and said."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.report import Changes
from data.reference.rome import import_rome
from data.tables import (
    offers,
    passports,
    rome_appellations,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
    rome_tags,
    rome_words,
)
from tests.factories.companies import add_company
from tests.factories.official import Rows, rome_tables, write_rome

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def newer_tables() -> dict[str, Rows]:
    """Version 461: the baker (D1102), the appellation 17000 and the skills 201 and 300 are gone."""
    gone = {"D1102", "17000", "201", "300"}
    tables = rome_tables()
    tables["referentiel_competence"][1] = (
        *("100", "Compétence", "Pétrir des pâtes", "", "", "Savoir-faire", "Technique"),
    )
    tables["referentiel_code_rome"][3] = ("D1104", "9", "Pâtissier / Pâtissière", "D1104")
    return {
        noun: [table[0], *(row for row in table[1:] if not gone & set(row))] for noun, table in tables.items()
    }


@dataclass(frozen=True, slots=True)
class Folders:
    """An export and the next one."""

    old: Path
    new: Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(write_rome(tmp_path / "460"), write_rome(tmp_path / "461", newer_tables(), "461"))


async def retired(session: AsyncSession) -> set[str]:
    queries = [
        select(rome_occupations.c.code).where(rome_occupations.c.retired),
        select(rome_appellations.c.ogr).where(rome_appellations.c.retired),
        select(rome_skills.c.code).where(rome_skills.c.retired),
    ]
    return {code for query in queries for code in (await session.execute(query)).scalars()}


async def test_what_is_gone_is_retired_and_what_changed_is_updated(
    session: AsyncSession, folders: Folders
) -> None:
    await import_rome(session, folders.old, NOW)
    report = await import_rome(session, folders.new, NOW)
    assert report.version == "461"
    assert await retired(session) == {"D1102", "11573", "11574", "17000", "201", "300"}
    assert report.changes["rome_occupations"] == Changes(changed=1, retired=1, unchanged=1)
    assert report.changes["rome_skills"] == Changes(changed=1, retired=2, unchanged=4)
    assert (await import_rome(session, folders.new, NOW)).changed is False


async def test_links_follow_the_new_version_and_a_retired_occupation_keeps_its_own(
    session: AsyncSession, folders: Folders
) -> None:
    await import_rome(session, folders.old, NOW)
    await import_rome(session, folders.new, NOW)
    query = select(rome_occupation_skills.c.rome, rome_occupation_skills.c.skill)
    links = {tuple(row) for row in (await session.execute(query)).all()}
    assert ("A1203", "201") not in links
    assert ("A1203", "101") in links
    assert {skill for rome, skill in links if rome == "D1102"} == {"100", "200", "300"}
    tags = select(rome_tags.c.code).where(rome_tags.c.rome == "D1102")
    assert set((await session.execute(tags)).scalars()) == {"R", "C", "400"}


async def test_a_code_that_comes_back_is_no_longer_retired(session: AsyncSession, folders: Folders) -> None:
    for folder in (folders.old, folders.new, folders.old):
        await import_rome(session, folder, NOW)
    assert await retired(session) == set()


async def test_retired_codes_in_use_are_kept_and_listed(session: AsyncSession, folders: Folders) -> None:
    await import_rome(session, folders.old, NOW)
    company = await add_company(session, jobs=())
    offer = {"company_id": company, "rome": "D1102", "appellation": "11573", "label": "Boulanger"}
    await session.execute(insert(offers).values(**offer, skills=["201", "100"]))
    for token in (b"a", b"b"):
        values = {"token_hash": token * 32, "created_at": NOW, "seen_at": NOW}
        await session.execute(insert(passports).values(skills=["201", "101"], **values))
    await session.execute(insert(rome_words).values(word="mitron", rome="D1102"))

    report = await import_rome(session, folders.new, NOW)

    assert {use.code: (use.label, use.uses) for use in report.retired_in_use} == {
        "D1102": ("Boulanger / Boulangère", {"offres": 1, "mots courants": 1}),
        "11573": ("Boulanger / Boulangère", {"offres": 1}),
        "201": ("Botanique", {"offres": 1, "passeports": 2}),
    }
    assert report.retired_in_use_count == 3
    kept = (await session.execute(select(offers.c.rome, offers.c.appellation, offers.c.skills))).one()
    assert tuple(kept) == ("D1102", "11573", ["201", "100"])
    assert (await session.execute(select(rome_words.c.word))).scalars().all() == ["mitron"]
