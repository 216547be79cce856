"""What the clock does to requests: each reminder once, an end to what waits, companies judged each night.

A run may be late, repeated, or in any order with the others: what was told is written beside the request
in the transaction that tells it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from data.queries import activity, waiting
from data.session import Session
from domain.discussion import EXPIRES_AFTER
from domain.waiting import (
    ASK_WHETHER_MET_AFTER,
    REMIND_AFTER,
    REMIND_AGAIN_AFTER,
    TELL_CANDIDATE_AFTER,
    Reminder,
)
from services.discussions import deciding
from services.discussions.releasing import release
from services.discussions.set_aside import set_aside_silent
from services.followups import Event, follow
from services.work import Tools, Work

EXPIRED_A_RUN = 1000
"""So that a run ends in time; the next one goes on."""


async def remind(session: Session, now: datetime) -> int:
    """Remind companies, tell candidates, ask whether they met; how many requests were told about.

    After days without a worker, a company reads one mail about a request and not the two it missed.
    """
    met = await waiting.remind(session, Reminder.WHETHER_MET, now - ASK_WHETHER_MET_AFTER, now)
    again = await waiting.remind(session, Reminder.COMPANY_AGAIN, now - REMIND_AGAIN_AFTER, now)
    first = await waiting.remind(session, Reminder.COMPANY, now - REMIND_AFTER, now)
    told = await waiting.remind(session, Reminder.CANDIDATE, now - TELL_CANDIDATE_AFTER, now)
    for discussion in met:
        await follow(session, Event.DISCUSSION_MET_ASKED, discussion=str(discussion))
    for discussion in sorted({*again, *first} - set(met)):
        await follow(session, Event.DISCUSSION_REMINDED, discussion=str(discussion))
    for discussion in told:
        await follow(session, Event.DISCUSSION_UNANSWERED, discussion=str(discussion))
    return len({*met, *again, *first, *told})


async def expire(session: Session, now: datetime) -> int:
    """Close what stayed three months without an answer; how many."""
    rows = await waiting.to_expire(session, now - EXPIRES_AFTER, now, EXPIRED_A_RUN)
    for row in rows:
        await deciding.expire(session, row, now)
    return len(rows)


async def recount(session: Session, now: datetime) -> int:
    """Make what companies received and answered exact; how many changed."""
    return await activity.recount(session, now)


async def _run(
    task: Callable[[Session, datetime], Awaitable[int]], session: Session, _tools: Tools, work: Work
) -> int:
    return await task(session, work.now)


_TASKS = (expire, recount, release, remind, set_aside_silent)
JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[int]]] = {
    f"discussions.{task.__name__}": partial(_run, task) for task in _TASKS
}
