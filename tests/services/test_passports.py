"""A passport by its opaque token."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.session import create_engine, create_maker
from data.tables import passports
from domain.errors import InvalidInputError, NotFoundError
from domain.passport import (
    Home,
    Job,
    Level,
    Line,
    Meant,
    Mobility,
    Passport,
    Travel,
    with_levels,
    with_sentence,
    with_travel,
    with_wish,
)
from domain.search import MAX_SKILLS
from domain.values import Point
from services.passports import (
    add_job,
    add_wish,
    change_passport,
    create_passport,
    declare_skills,
    delete_passport,
    passport_skills,
    read_passport,
    update_passport,
)
from tests.factories.forms import NOW
from tests.factories.reference import SKILLS, skill

LATER = NOW.replace(day=30)
BAKER = "D1102"


async def test_kept_read_changed_deleted(reference: AsyncSession) -> None:
    token, made = await create_passport(reference, [skill(3), "e0001", skill(3), "999", "<b>"], NOW)
    assert [one.code for one in made.skills] == [skill(3), "E0001"]
    assert made.skills[0].label == SKILLS[skill(3)]
    assert made.unknown == ("999", "<B>")

    assert (await read_passport(reference, token, LATER)).skills == made.skills
    changed = await update_passport(reference, token, [skill(1)], LATER)
    assert [one.code for one in changed.skills] == [skill(1)]
    row = (await reference.execute(select(passports))).one()
    assert (row.seen_at, row.created_at) == (LATER, NOW)
    assert token.encode() not in row.token_hash

    await delete_passport(reference, token)
    await delete_passport(reference, token)
    with pytest.raises(NotFoundError, match="60 jours"):
        await read_passport(reference, token, LATER)
    with pytest.raises(NotFoundError):
        await update_passport(reference, token, [], LATER)


async def test_too_many_skills(reference: AsyncSession) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await create_passport(reference, [str(at) for at in range(MAX_SKILLS + 1)], NOW)
    assert refused.value.errors[0].field == "skills"
    with pytest.raises(InvalidInputError):
        await create_passport(reference, [str(at) for at in range(10_000)], NOW)


async def test_the_whole_passport_is_kept(reference: AsyncSession) -> None:
    token, _ = await create_passport(reference, [skill(1)], NOW)
    job = await add_job(reference, token, Job(rome=BAKER, months=14), NOW)
    assert job.skills == (skill(1),), "the skills of a job are proposed, not added"
    await add_wish(reference, token, BAKER, NOW)
    await declare_skills(reference, token, [skill(3), "999"], NOW)
    await change_passport(reference, token, lambda held: with_levels(held, {skill(3): Level.SHOWS}), NOW)
    meant = [Meant(skill(5), 3, 9)]
    await change_passport(reference, token, lambda held: with_sentence(held, "je compte", meant), NOW)
    home, mobility = Home("57463", "Metz (57)", Point(49.12, 6.18)), Mobility(Travel.BIKE, 12)
    await change_passport(reference, token, lambda held: with_travel(held, home, mobility), NOW)

    kept = await read_passport(reference, token, LATER)
    assert kept.held.lines == (Line(skill=skill(1)), Line(skill=skill(3), level=Level.SHOWS))
    assert kept.held.jobs == (Job(rome=BAKER, label=kept.occupation_labels[BAKER], months=14),)
    assert kept.held.wishes == (BAKER,)
    assert (kept.held.home, kept.held.mobility) == (home, mobility)
    assert kept.held.said[0].meant == (Meant(skill(5), 3, 9),)
    assert skill(5) in kept.skill_labels
    assert await passport_skills(reference, token) == (skill(1), skill(3))

    updated = await update_passport(reference, token, [skill(3)], LATER)
    assert updated.held.lines == (Line(skill=skill(3), level=Level.SHOWS),)
    assert updated.held.jobs == kept.held.jobs


async def test_what_is_refused_changes_nothing(reference: AsyncSession) -> None:
    token, _ = await create_passport(reference, [skill(1)], NOW)
    with pytest.raises(InvalidInputError):
        await add_job(reference, token, Job(rome="N9999"), NOW)
    with pytest.raises(InvalidInputError):
        await add_wish(reference, token, "N9999", NOW)
    with pytest.raises(InvalidInputError):
        await declare_skills(reference, token, ["999"], NOW)
    assert (await read_passport(reference, token, NOW)).held == Passport(lines=(Line(skill=skill(1)),))
    with pytest.raises(NotFoundError):
        await change_passport(reference, "x" * 43, lambda held: held, NOW)
    assert await passport_skills(reference, "x" * 43) == ()


async def test_two_tabs_keep_what_the_other_did(fresh_database: str) -> None:
    """Each tab reads, waits for the other to have begun, and saves: without the lock one wish is lost."""
    engine = create_engine(fresh_database)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        token, _ = await create_passport(session, [], NOW)

    async def tab(rome: str) -> None:
        async with maker() as session, session.begin():
            await change_passport(session, token, lambda held: with_wish(held, rome), NOW)
            await asyncio.sleep(0.05)

    wishes = [f"D11{at:02}" for at in range(5)]
    await asyncio.gather(*(tab(rome) for rome in wishes))
    async with maker() as session, session.begin():
        kept = await read_passport(session, token, NOW)
    await engine.dispose()
    assert sorted(kept.held.wishes) == wishes
