"""Requests whose referent is gone: they go on to another who accompanies the person, else to the company."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from data.queries import discussions, stranded
from data.session import Session
from domain.audit import AuditAction
from domain.discussion import Move, Side, after
from domain.roles import NOBODY
from services.audit import record
from services.discussions.asking import reach
from services.followups import Event, follow

RELEASED_AT_ONCE = 1000


async def release(session: Session, now: datetime, people: Sequence[UUID] | None = None) -> int:
    """Let go to the company what nobody is left to validate (of these people, or of all); how many."""
    rows = await stranded.stranded(session, RELEASED_AT_ONCE, people)
    for row in rows:
        to = after(row.status, Move.VALIDATE, Side.SERVICE)
        await discussions.change(session, row.id, {"status": to.value}, now)
        action, of = AuditAction.DISCUSSION_RELEASED, row.beneficiary_id
        await record(session, NOBODY, action, "discussion", row.id, now, beneficiary=of)
        await reach(session, row.id, row.company_id, now)
    return len(rows)


async def entrust(session: Session, beneficiary: UUID, referral: int) -> None:
    """Somebody else accompanies the person from now on: they are asked to validate what waits."""
    for waiting in await stranded.waiting_of(session, beneficiary):
        await follow(session, Event.DISCUSSION_TO_VALIDATE, discussion=str(waiting), referral=referral)
