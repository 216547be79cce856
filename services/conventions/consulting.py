"""Who reads a convention: agents and staff leave a line, which the person sees."""

from datetime import datetime, timedelta

from data.queries import audit
from data.queries.audit import AuditFound, AuditSearch
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.convention import STAFF, As
from services.audit import record
from services.conventions.parties import Standing

_LINES = 30
_LEAFING = timedelta(hours=1)


async def note_reading(session: Session, standing: Standing, now: datetime) -> None:
    """Write down that somebody of an agency or of the platform read it, unless it is their own."""
    if not _consults(standing):
        return
    row = standing.row
    agencies = standing.actor.agencies
    agency = next((one for one in (row.agency_id, row.refers_to) if one in agencies), None)
    agency = agency or min(agencies, default=None)  # by a link, an agent of any other
    action, of = AuditAction.CONVENTION_READ, row.beneficiary_id
    await record(session, standing.actor, action, "convention", row.id, now, agency=agency, beneficiary=of)


def _consults(standing: Standing) -> bool:
    """Whether an agent or the staff reads somebody else's, by their account or by the link of a draft."""
    actor, row = standing.actor, standing.row
    own = actor.user is not None and row.created_by == actor.user
    own = own or (row.beneficiary_id is not None and actor.beneficiary == row.beneficiary_id)
    by_link = standing.whom == {As.HOLDER} and (actor.agent or actor.back_office) and not own
    return As.BENEFICIARY not in standing.whom and bool(standing.whom & STAFF or by_link)


async def note_leafing(session: Session, standing: Standing, now: datetime) -> None:
    """The same for a draft, whose pages are turned by dozens: one line an hour for each agent.

    The person sees the last lines only: they say who read, and are not filled by somebody who writes.
    """
    since = AuditSearch(
        action=AuditAction.CONVENTION_READ,
        object_kind="convention",
        object_id=str(standing.row.id),
        since=now - _LEAFING,
    )
    lines = await audit.search(session, since, audit.MOST)
    if all(one.line.actor_id != standing.actor.user for one in lines):
        await note_reading(session, standing, now)


async def readings(session: ReadSession, standing: Standing) -> tuple[AuditFound, ...]:
    """Who read it, the latest first; for the person themselves only."""
    if As.BENEFICIARY not in standing.whom:
        return ()
    wanted = AuditSearch(
        action=AuditAction.CONVENTION_READ, object_kind="convention", object_id=str(standing.row.id)
    )
    return await audit.search(session, wanted, _LINES)
