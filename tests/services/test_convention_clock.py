"""A month of conventions: every reminder on its day and once, whatever the clock does; then an end."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_signatories, convention_story, convention_waiting
from data.session import create_engine, create_maker
from data.tables import convention_reminders, conventions, outbox
from domain.convention import As, Status
from domain.convention_reminders import Waiting
from domain.errors import ConflictError
from domain.french import PARIS
from services.conventions import clock, reminding, reviewing
from services.conventions.drafting import edit
from services.conventions.parties import lock
from services.conventions.story import Line
from services.work import Work
from tests.factories.conventions import SECRET, Conventions, a_document
from tests.factories.discussions import build_world
from tests.factories.reference import add_reference
from tests.services.convention_round import COMPANY, PERSON, Round
from tests.services.post import Post, tools
from workers.jobs import JOBS

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 18)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference), MONDAY)


def at(desk: Conventions, day: int, hour: int = 8) -> Conventions:
    """The desk so many days after the first Monday, in the morning."""
    moment = datetime.combine(MONDAY.date() + day * DAY, time(hour), PARIS)
    return replace(desk, now=moment.astimezone(UTC))


async def run(desk: Conventions, post: Round) -> dict[str, list[str]]:
    """One run of the clock, and what it wrote to whom."""
    post.desk = desk
    await clock.remind(desk.office)
    await clock.remind_deposits(desk.office)
    return await post.run()


async def live(desk: Conventions, days: range) -> dict[int, dict[str, list[str]]]:
    """What each morning tells; empty mornings left out."""
    post = Round(desk)
    await post.settle()
    told = {day: await run(at(desk, day), post) for day in days}
    return {day: read for day, read in told.items() if read}


async def test_who_has_not_signed_is_reminded_at_two_and_five_days_then_before_the_start(
    desk: Conventions,
) -> None:
    convention = await desk.submitted(a_document(FIRST, LAST))
    await desk.sign(convention, As.BENEFICIARY)
    told = await live(desk, range(30))
    both = {COMPANY: ["reminder"], PERSON: ["starting"], "counsellor@exemple.fr": ["starting_agency"]}
    assert told == {2: {COMPANY: ["reminder"]}, 5: {COMPANY: ["reminder"]}, 10: both}
    assert MONDAY.date() + 10 * DAY == date(2026, 12, 3)


async def test_the_agency_is_reminded_after_two_working_days_at_each_stage(desk: Conventions) -> None:
    convention = await desk.signed(a_document(FIRST, LAST))
    assert list(await live(desk, range(3))) == [2]
    later = at(desk, 3)
    await reviewing.pre_approve(later.office, await later.standing("counsellor", convention))
    told = await live(desk, range(4, 9))
    assert told == {7: {"stranger@exemple.fr": ["unreviewed"]}}


async def test_an_edit_is_reminded_of_anew(desk: Conventions) -> None:
    convention = await desk.submitted(a_document(FIRST, LAST))
    assert list(await live(desk, range(4))) == [2]
    changed, row = at(desk, 4), await desk.row(convention)
    terms = replace(row.document, activity=replace(row.document.activity, tasks="Vendre"))
    await edit(changed.office, await changed.standing("person", convention), terms, row.version)
    assert list(await live(desk, range(5, 10))) == [6, 9]


async def test_a_deposit_is_asked_for_at_two_days_then_each_week_three_times(desk: Conventions) -> None:
    convention = await desk.validated(a_document(FIRST, LAST))
    told = await live(desk, range(40))
    assert list(told) == [2, 9, 16, 23]
    assert all(read == {"counsellor@exemple.fr": ["undeposited"]} for read in told.values())
    kinds = select(convention_reminders.c.kind).where(convention_reminders.c.convention_id == convention)
    assert len(list(await desk.world.session.scalars(kinds))) == 4


async def test_a_recorded_deposit_is_asked_for_no_more(desk: Conventions) -> None:
    convention, deposited = await desk.validated(a_document(FIRST, LAST)), at(desk, 3)
    assert list(await live(desk, range(3))) == [2]
    standing = await deposited.standing("counsellor", convention)
    await reviewing.record_deposit(deposited.office, standing, "AR-12")
    assert await live(desk, range(4, 40)) == {}


async def test_days_without_a_worker_are_caught_up_by_one_message(desk: Conventions) -> None:
    await desk.submitted(a_document(FIRST, LAST))
    told = await live(desk, range(6, 9))
    assert told == {6: {COMPANY: ["reminder"], PERSON: ["reminder"]}}
    post = Round(desk)
    await post.settle()
    late = await run(at(desk, 11), post)
    assert late == {
        COMPANY: ["reminder"],
        PERSON: ["reminder"],
        "counsellor@exemple.fr": ["starting_agency"],
    }


async def test_many_looks_write_each_reminder_once(desk: Conventions) -> None:
    dice = random.Random(6)  # noqa: S311 - a draw to repeat
    await desk.submitted(a_document(FIRST, LAST))
    post = Round(desk)
    await post.settle()
    counted: Counter[str] = Counter()
    for day in range(40):
        for _ in range(dice.randrange(4)):
            read = await run(at(desk, day, dice.randrange(6, 20)), post)
            counted.update(read.get(COMPANY, []))
    assert counted == {"reminder": 3}


async def test_a_reminder_that_another_worker_wrote_is_not_sent(desk: Conventions) -> None:
    convention = await desk.submitted(a_document(FIRST, LAST))
    session, names = desk.world.session, {convention: ("unsigned/1/2",)}
    assert await convention_waiting.mark(session, names, MONDAY) == {convention}
    assert await convention_waiting.mark(session, names, MONDAY) == frozenset()
    assert await clock.remind(at(desk, 2).office) == 0
    await session.execute(insert(convention_reminders).values(convention_id=convention, kind="x", at=MONDAY))
    assert await clock.remind(at(desk, 5).office) == 1


async def test_what_nobody_validated_is_abandoned_a_month_after_its_end(desk: Conventions) -> None:
    convention = await desk.signed(a_document(FIRST, LAST))
    end = (LAST - MONDAY.date()).days
    assert await clock.expire(at(desk, end + 30).office) == 0
    assert await clock.expire(at(desk, end + 31).office) == 1
    assert await clock.expire(at(desk, end + 32).office) == 0
    assert (await desk.row(convention)).status is Status.EXPIRED
    lines = await convention_story.entries(desk.world.session, convention)
    assert lines[-1].kind == Line.EXPIRED


async def test_the_worker_runs_them(desk: Conventions) -> None:
    convention = await desk.submitted(a_document(FIRST, LAST))
    work = Work(id=1, payload={}, created_at=MONDAY, now=at(desk, 2).now)
    made = tools(Post(), secret_key=SECRET)
    assert await JOBS["conventions.remind"](desk.world.session, made, work) == 1
    assert await JOBS["conventions.remind_deposits"](desk.world.session, made, work) == 0
    assert await JOBS["conventions.expire"](desk.world.session, made, work) == 0
    kinds = select(convention_reminders.c.kind).where(convention_reminders.c.convention_id == convention)
    assert list(await desk.world.session.scalars(kinds)) == ["unsigned/1/2"]


async def test_nobody_is_reminded_of_a_start_that_is_past(desk: Conventions) -> None:
    convention = await desk.submitted(a_document(FIRST, LAST))
    past = update(conventions).where(conventions.c.id == convention).values(starts_on=MONDAY.date())
    await desk.world.session.execute(past)
    assert await live(desk, range(1, 10)) == {}
    listed: list[tuple[UUID, Waiting]] = list(await convention_waiting.waiting(desk.world.session))
    assert [one.version for _, one in listed] == [1]
    assert len(await convention_signatories.of_convention(desk.world.session, convention)) == 2


async def test_workers_at_once_remind_once(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        await add_reference(session)
        begun = Conventions(await build_world(session), MONDAY)
        convention = await begun.submitted(a_document(FIRST, LAST))

    async def a_worker() -> int:
        async with maker() as session, session.begin():
            return await clock.remind(replace(at(begun, 2).office, session=session))

    async def somebody(name: str) -> bool:
        async with maker() as session, session.begin():
            desk = at(replace(begun, world=replace(begun.world, session=session)), 2)
            standing = await lock(session, await desk.world.actor(name), convention)
            try:
                await reminding.remind(desk.office, standing, As.COMPANY)
            except ConflictError:
                return False
            return True

    assert sorted(await asyncio.gather(*(a_worker() for _ in range(3)))) == [0, 0, 1]
    asked = await asyncio.gather(*(somebody(name) for name in ("person", "counsellor", "stranger")))
    assert sorted(asked) == [False, False, True]
    async with maker() as session:
        jobs = select(func.count()).where(outbox.c.job == "convention.reminded")
        assert await session.scalar(jobs) == 3
    await engine.dispose()
