"""Who reads a convention: agents and staff leave a line, which the person sees."""

from datetime import datetime

from data.queries import audit
from data.queries.audit import AuditFound, AuditSearch
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.convention import STAFF, As
from services.audit import record
from services.conventions.parties import Standing

_LINES = 30


async def note_reading(session: Session, standing: Standing, now: datetime) -> None:
    """Write down that somebody of an agency or of the platform read it, unless it is their own."""
    if As.BENEFICIARY in standing.whom or not standing.whom & STAFF:
        return
    row = standing.row
    agencies = standing.actor.agencies
    agency = next((one for one in (row.agency_id, row.refers_to) if one in agencies), None)
    action, of = AuditAction.CONVENTION_READ, row.beneficiary_id
    await record(session, standing.actor, action, "convention", row.id, now, agency=agency, beneficiary=of)


async def readings(session: ReadSession, standing: Standing) -> tuple[AuditFound, ...]:
    """Who read it, the latest first; for the person themselves only."""
    if As.BENEFICIARY not in standing.whom:
        return ()
    wanted = AuditSearch(
        action=AuditAction.CONVENTION_READ, object_kind="convention", object_id=str(standing.row.id)
    )
    return await audit.search(session, wanted, _LINES)
