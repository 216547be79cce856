"""Who reads a convention: agents leave a line that the person sees; an archive is opened with a reason."""

from datetime import datetime

from data.queries import audit
from data.queries.audit import AuditFound, AuditSearch
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.convention import As, check_reason
from domain.errors import NotFoundError
from services.audit import record
from services.conventions.parties import HIDDEN, Standing
from services.conventions.story import Line, Office, Said, tell

STAFF = frozenset({As.COUNSELLOR, As.VALIDATOR, As.READER, As.BACK_OFFICE})
_LINES = 30


def is_person(standing: Standing) -> bool:
    """Whether who reads is the person that the convention is about."""
    return As.BENEFICIARY in standing.whom


def is_locked(standing: Standing) -> bool:
    """Whether a reason is asked first: the convention is archived, and it is not one's own."""
    return standing.row.archived_at is not None and not is_person(standing)


async def note_reading(session: Session, standing: Standing, now: datetime) -> None:
    """Write down that somebody of an agency or of the platform read it; the person sees it."""
    if is_person(standing) or not standing.whom & STAFF:
        return
    row = standing.row
    agencies = standing.actor.agencies
    agency = next((one for one in (row.agency_id, row.refers_to) if one in agencies), None)
    action, of = AuditAction.CONVENTION_READ, row.beneficiary_id
    await record(session, standing.actor, action, "convention", row.id, now, agency=agency, beneficiary=of)


async def open_archive(office: Office, standing: Standing, reason: str) -> None:
    """Say why an archive is read: in its story and among its readings. Raises `InvalidInputError`."""
    if standing.row.archived_at is None:
        raise NotFoundError(HIDDEN)
    said = check_reason(reason)
    told = {"reason": said} | ({"by": str(standing.actor.user)} if standing.actor.user else {})
    await tell(office, standing.row, Said(Line.ARCHIVED_READ, {"as": min(standing.whom).value}, told))
    await note_reading(office.session, standing, office.now)


async def readings(session: ReadSession, standing: Standing) -> tuple[AuditFound, ...]:
    """Who read it, the latest first; for the person themselves only."""
    if not is_person(standing):
        return ()
    wanted = AuditSearch(
        action=AuditAction.CONVENTION_READ, object_kind="convention", object_id=str(standing.row.id)
    )
    return await audit.search(session, wanted, _LINES)
