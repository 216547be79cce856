"""What the clock does to conventions: each reminder once, an end to what nobody decided.

A run may be late, repeated, or at the same time as another: a reminder is a row written in the
transaction that sends it. After days without a worker, one message says what several would have.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import chain
from uuid import UUID

from data.queries import convention_waiting, conventions
from data.session import Session
from domain.convention import EXPIRES_AFTER_END, As
from domain.convention_reminders import DEPOSIT_DAYS, Due, Reminder, deposit_due, due
from domain.french import PARIS
from domain.time_zones import today_in
from services.conventions.reviewing import expire as abandon
from services.conventions.story import Office, office_of
from services.followups import Event, follow_all
from services.work import Tools, Work

_Happened = tuple[Event, Mapping[str, int | str]]
EXPIRED_A_RUN = 500
"""So that a run ends in time; the next one goes on."""
_LOOKED_BACK = timedelta(days=DEPOSIT_DAYS[-1] + 30)
"""A deposit still missing so long after the validation is reminded of no more: the desk shows it in red."""


async def remind(office: Office) -> int:
    """Remind signatories, the agency, or everybody before the start; how many conventions."""
    session, came = office.session, {}
    for convention, waiting in await convention_waiting.waiting(session):
        found = due(waiting, today_in(waiting.department, office.now))
        if found:
            came[convention] = (waiting.version, found)
    names = {convention: found.names for convention, (_, found) in came.items()}
    fresh = await convention_waiting.mark(session, names, office.now)
    unsigned = await convention_waiting.unsigned(session, fresh)
    happened = [_events(one, *came[one], unsigned[one]) for one in sorted(fresh)]
    await follow_all(session, chain.from_iterable(happened))
    return len(fresh)


def _events(convention: UUID, version: int, found: Due, unsigned: Iterable[As]) -> Iterator[_Happened]:
    ids: dict[str, int | str] = {"convention": str(convention), "version": version}
    for one in unsigned:
        yield Event.CONVENTION_REMINDED, {**ids, "whom": one.value}
    if found.reminder is Reminder.UNREVIEWED:
        yield Event.CONVENTION_UNREVIEWED, ids
    if found.reminder is Reminder.STARTING:
        yield Event.CONVENTION_STARTING, ids


async def remind_deposits(office: Office) -> int:
    """Remind agencies of the deposits that are not recorded; how many."""
    session, now, names = office.session, office.now, {}
    for one in await convention_waiting.undeposited(session, now - _LOOKED_BACK, now):
        found = deposit_due(one.validated_on, one.told, now.astimezone(PARIS).date())
        if found:
            names[one.id] = found.names
    fresh = await convention_waiting.mark(session, names, now)
    missing = Event.CONVENTION_UNDEPOSITED
    await follow_all(session, ((missing, {"convention": str(one)}) for one in sorted(fresh)))
    return len(fresh)


async def expire(office: Office) -> int:
    """Abandon what nobody validated, a month after its end; how many."""
    last = office.now.astimezone(PARIS).date() - EXPIRES_AFTER_END
    found = await convention_waiting.to_expire(office.session, last, EXPIRED_A_RUN)
    for convention in found:
        row = await conventions.by_id(office.session, convention)
        if row is not None:
            await abandon(office, row)
    return len(found)


async def _run(task: Callable[[Office], Awaitable[int]], session: Session, tools: Tools, work: Work) -> int:
    return await task(office_of(session, tools, work))


_TASKS = (expire, remind, remind_deposits)
JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[int]]] = {
    f"conventions.{task.__name__}": partial(_run, task) for task in _TASKS
}
