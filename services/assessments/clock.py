"""What the clock asks of assessments: each side at the end, then 3 and 10 days later; six months later, once.

A reminder is a row written in the transaction that sends it: a run may be late, or repeated.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from data.queries import assessments
from data.session import Session
from domain.assessment import ASKED_UNTIL, FOLLOWED_AFTER, Side, reminders_due
from domain.french import PARIS
from domain.schedule import MAX_DAYS
from domain.time_zones import today_in
from services.followups import Event, follow
from services.work import Tools, Work

FOLLOW_UP = "assessment_follow_up"
_ASKED_LATE = timedelta(days=31)
"""Days without a worker after which the later question is not asked any more."""


async def ask(session: Session, now: datetime) -> int:
    """Ask each side that has said nothing, in the calendar of the place; how many messages."""
    today, told = now.astimezone(PARIS).date(), 0
    around = timedelta(days=1)
    since, until = today - ASKED_UNTIL - around, today + timedelta(days=MAX_DAYS)
    for one in await assessments.ending(session, since, until):
        here = today_in(one.department, now)
        for side, said in ((Side.COMPANY, one.company_said), (Side.PERSON, one.person_said)):
            names = () if said else reminders_due(one.schedule, here, side, one.told)
            if names and await assessments.mark(session, one.id, names, now):
                await follow(session, Event.ASSESSMENT_ASKED, convention=str(one.id), side=side.value)
                told += 1
    return told


async def follow_up(session: Session, now: datetime) -> int:
    """Ask those whose immersion ended six months ago where they are; how many."""
    until = now.astimezone(PARIS).date() - FOLLOWED_AFTER
    found = await assessments.to_follow(session, until - _ASKED_LATE, until, FOLLOW_UP)
    for convention in found:
        if await assessments.mark(session, convention, (FOLLOW_UP,), now):
            await assessments.put(session, convention, {"followed_at": now}, now)
            await follow(session, Event.ASSESSMENT_FOLLOWED, convention=str(convention))
    return len(found)


async def _run(
    task: Callable[[Session, datetime], Awaitable[int]], session: Session, _tools: Tools, work: Work
) -> int:
    return await task(session, work.now)


_TASKS = (ask, follow_up)
JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[int]]] = {
    f"assessments.{task.__name__}": partial(_run, task) for task in _TASKS
}
