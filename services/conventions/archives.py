"""Conventions grow old: dropped, restricted, anonymised; what is restricted is read with a reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from data.queries import convention_removals, conventions
from data.queries.conventions import ConventionRow
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.convention import STAFF, As, check_reason
from domain.errors import ForbiddenError, NotFoundError
from domain.retention import Kept
from domain.roles import Actor, require_account
from domain.time_zones import today_in
from services.audit import record
from services.conventions.parties import HIDDEN, Standing, unsigned, whom_of
from services.conventions.story import Line, Office, Said, tell
from services.followups import Event, follow

CONVENTIONS = frozenset(
    {
        Kept.CONVENTION_DRAFTS,
        Kept.UNVALIDATED_CONVENTIONS,
        Kept.CONVENTIONS,
        Kept.ARCHIVED_CONVENTIONS,
    }
)
"""The rows of `domain.retention` that are applied here."""
_LAST_PLACE = "987"
"""French Polynesia: a day that has ended there has ended everywhere."""
_NOT_YOURS = "Cette convention est archivée : seule la structure prescriptrice l’ouvre encore."


async def retain(session: Session, kept: Kept, before: datetime, now: datetime) -> int:
    """Apply one row of the retention to what ended before that moment; how many conventions."""
    if kept is Kept.CONVENTION_DRAFTS:
        return await convention_removals.drop_drafts(session, before)
    if kept is Kept.CONVENTIONS:
        return await convention_removals.archive(session, before.date(), today_in(_LAST_PLACE, now), now)
    if kept is Kept.UNVALIDATED_CONVENTIONS:
        ids = await convention_removals.to_drop(session, before)
        await _forget_files(session, ids)
        return await convention_removals.drop(session, ids)
    ids = await convention_removals.to_anonymise(session, before.date())
    await _forget_files(session, ids)
    return await convention_removals.anonymise(session, ids, now)


async def _forget_files(session: Session, ids: Sequence[UUID]) -> None:
    for file in await convention_removals.files_of(session, ids):
        await follow(session, Event.CONVENTION_FILE_FORGOTTEN, file=file)


async def check_opener(session: ReadSession, actor: Actor, convention: UUID) -> None:
    """Raise `NotFoundError` or `ForbiddenError` for whoever may not open that archive."""
    await _opener(session, actor, await conventions.by_id(session, convention))


async def _opener(
    session: ReadSession, actor: Actor, row: ConventionRow | None
) -> tuple[ConventionRow, frozenset[As]]:
    """The archive, and as whom it would be opened."""
    whom = await whom_of(session, actor, row) if row and row.anonymised_at is None else frozenset()
    if row is None or row.archived_at is None or not whom:
        raise NotFoundError(HIDDEN)
    if not whom & STAFF:
        raise ForbiddenError(_NOT_YOURS)
    return row, whom


async def open_archive(office: Office, actor: Actor, convention: UUID, reason: str) -> Standing:
    """Read a restricted convention, this once; the reason is in its story, and the person is shown it.

    Raises `NotFoundError`, `ForbiddenError`, and `InvalidInputError` on `reason`.
    """
    row, whom = await _opener(office.session, actor, await conventions.lock(office.session, convention))
    acting, said = whom & STAFF, check_reason(reason)
    user = require_account(actor)
    told = {"by": str(user), "reason": said}
    await tell(office, row, Said(Line.ARCHIVED_READ, {"as": min(acting).value}, told))
    await record(
        office.session,
        actor,
        AuditAction.CONVENTION_ARCHIVE_READ,
        "convention",
        row.id,
        office.now,
        agency=row.agency_id,
        beneficiary=row.beneficiary_id,
    )
    return Standing(actor, row, whom, unsigned(row))
