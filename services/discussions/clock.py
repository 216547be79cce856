"""What the clock does to requests: each reminder once, an end to what waits, companies judged each night.

A run may be late, repeated, or in any order with the others: what was told is written beside the request
in the transaction that tells it.
"""

from datetime import datetime

from data.queries import activity, waiting
from data.session import Session
from domain.audit import AuditAction
from domain.discussion import EXPIRES_AFTER
from domain.roles import NOBODY
from domain.waiting import (
    ASK_WHETHER_MET_AFTER,
    REMIND_AFTER,
    REMIND_AGAIN_AFTER,
    TELL_CANDIDATE_AFTER,
    Reminder,
)
from services.audit import record
from services.discussions import deciding
from services.followups import Event, follow

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


async def set_aside(session: Session, now: datetime) -> int:
    """Take companies that do not answer out of search, and tell each how to come back; how many."""
    silent = await waiting.unresponsive(session, now)
    for company in silent:
        await record(session, NOBODY, AuditAction.COMPANY_SET_ASIDE, "company", company, now)
        await follow(session, Event.COMPANY_SET_ASIDE, company=company)
    return len(silent)
