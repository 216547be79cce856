"""Visits on a real database: proposed, picked, reminded once, cancelled, told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import discussions, visits
from domain.discussion import Side
from domain.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from domain.visit import Proposal, VisitStatus, midnight
from services.discussions import deciding, visit_letters, visiting
from services.discussions.calendars import calendar_of
from tests.factories.discussions import NOW, World, build_world
from tests.services.company_helpers import job_names
from tests.services.post import Post, last_work, parts, tools

SLOTS = (NOW + timedelta(days=3), NOW + timedelta(days=4))
PROPOSAL = Proposal(SLOTS, 60, "1 rue du Four")


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


async def proposed(world: World, discussion: UUID) -> UUID:
    owner = await world.party("owner", discussion)
    return await visiting.propose(world.session, owner, Side.COMPANY, PROPOSAL, NOW)


async def confirmed(world: World) -> tuple[UUID, UUID]:
    discussion = await world.asked()
    visit = await proposed(world, discussion)
    person = await world.party("person", discussion)
    await visiting.pick(world.session, person, Side.CANDIDATE, visit, SLOTS[0], NOW)
    return discussion, visit


async def status(world: World, visit: UUID) -> VisitStatus:
    row = await visits.by_id(world.session, visit)
    assert row is not None
    return row.status


async def test_one_side_proposes_the_other_picks(world: World) -> None:
    discussion = await world.asked()
    visit = await proposed(world, discussion)
    owner, person = await world.party("owner", discussion), await world.party("person", discussion)
    with pytest.raises(ConflictError, match="déjà prévue"):
        await visiting.propose(world.session, person, Side.CANDIDATE, PROPOSAL, NOW)
    with pytest.raises(ForbiddenError):
        await visiting.pick(world.session, owner, Side.COMPANY, visit, SLOTS[0], NOW)
    with pytest.raises(NotFoundError):
        await visiting.pick(world.session, owner, Side.CANDIDATE, visit, SLOTS[0], NOW)
    with pytest.raises(InvalidInputError):
        await visiting.pick(world.session, person, Side.CANDIDATE, visit, NOW + timedelta(days=9), NOW)
    await visiting.pick(world.session, person, Side.CANDIDATE, visit, SLOTS[0], NOW)
    assert await status(world, visit) is VisitStatus.CONFIRMED
    with pytest.raises(ConflictError):
        await visiting.pick(world.session, person, Side.CANDIDATE, visit, SLOTS[1], NOW)
    assert (await job_names(world.session))[-2:] == ["visit.candidate_mail", "visit.company_mail"]


async def test_a_stranger_reaches_no_visit(world: World) -> None:
    discussion, visit = await confirmed(world)
    with pytest.raises(NotFoundError):
        await world.party("stranger", discussion)
    other = await world.party("person", discussion)
    with pytest.raises(NotFoundError):
        await visiting.mark(world.session, other, visit, SLOTS[1], came=True)


async def _discussion(world: World) -> UUID:
    (row,) = await discussions.of_person(world.session, world.beneficiary)
    return row.id


async def test_both_are_reminded_the_day_before_and_once(world: World) -> None:
    _, visit = await confirmed(world)
    sent = []
    for hour in range(24 * 6):
        at = NOW + timedelta(hours=hour)
        if await visiting.remind(world.session, at):
            sent.append(at)
    assert [midnight(at, days=1).date() for at in sent[:1]] == [SLOTS[0].date()]
    names = await job_names(world.session)
    for job in ("visit.tomorrow_candidate_mail", "visit.tomorrow_company_mail", "visit.untold_mail"):
        assert names.count(job) == 1
    post = Post()
    job = "visit.tomorrow_candidate_mail"
    await visit_letters.JOBS[job](world.session, tools(post), await last_work(world.session, job))
    assert post.sent[0]["Subject"] == "Demain : votre visite"
    assert "24 novembre 2026 à 10 h 00" in parts(post.sent[0])[0]
    await visiting.mark(
        world.session, await world.party("contact", await _discussion(world)), visit, SLOTS[1], came=False
    )
    assert await status(world, visit) is VisitStatus.NO_SHOW


async def test_the_calendar_file_keeps_its_name_and_grows(world: World) -> None:
    discussion, visit = await confirmed(world)
    row, before = await discussions.by_id(world.session, discussion), await visits.by_id(world.session, visit)
    assert row is not None
    assert before is not None
    await visiting.cancel(world.session, await world.party("person", discussion), Side.CANDIDATE, visit, NOW)
    later = await visits.by_id(world.session, visit)
    assert later is not None
    files = [icalendar.Calendar.from_ical(calendar_of(row, one, "escale.test")) for one in (before, later)]
    events: list[Any] = [next(iter(one.walk("VEVENT"))) for one in files]
    assert [str(one["METHOD"]) for one in files] == ["PUBLISH", "CANCEL"]
    assert [str(one["STATUS"]) for one in events] == ["CONFIRMED", "CANCELLED"]
    assert events[0]["UID"] == events[1]["UID"]
    assert events[1]["SEQUENCE"] == events[0]["SEQUENCE"] + 1
    assert events[0]["DTSTART"].params["TZID"] == "Europe/Paris"
    assert events[0]["DTSTART"].dt == SLOTS[0]
    assert b"exemple" not in calendar_of(row, before, "escale.test")


async def test_a_request_that_is_closed_takes_its_visit_with_it(world: World) -> None:
    discussion, visit = await confirmed(world)
    await deciding.withdraw(world.session, await world.party("person", discussion), NOW)
    assert await status(world, visit) is VisitStatus.CANCELLED
