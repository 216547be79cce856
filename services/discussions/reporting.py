"""Requests that a company reports: kept beside the request, listed for the back office until looked at."""

from datetime import datetime
from uuid import UUID

from data.queries import discussions, reports
from data.queries.reports import Report
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.discussion import Move, Side, after, check_report
from domain.errors import NotFoundError
from domain.roles import Actor, Permission, require
from services.audit import record
from services.discussions.parties import Party

_NONE = "Ce signalement n’existe pas, ou a déjà été traité."


async def report(session: Session, party: Party, text: str, now: datetime) -> None:
    """The company says what is wrong with a request; raises `InvalidInputError` on `report`."""
    row = party.on(Side.COMPANY).row
    after(row.status, Move.REPORT, Side.COMPANY)
    values = {"reported_at": now, "report_text": check_report(text), "report_closed_at": None}
    await discussions.change(session, row.id, values, now)
    action, company = AuditAction.DISCUSSION_REPORTED, row.company_id
    await record(session, party.actor, action, "discussion", row.id, now, company=company)


async def open_reports(session: ReadSession, actor: Actor) -> tuple[Report, ...]:
    """What companies reported and nobody has looked at yet, the oldest first."""
    require(actor, Permission.PLATFORM)
    return await reports.open_reports(session)


async def close_report(session: Session, actor: Actor, discussion: UUID, now: datetime) -> None:
    """The back office has looked at it; raises `NotFoundError`."""
    require(actor, Permission.PLATFORM)
    if not await reports.close(session, discussion, now):
        raise NotFoundError(_NONE)
    await record(session, actor, AuditAction.REPORT_CLOSED, "discussion", discussion, now)
