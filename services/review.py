"""The back office looks at registrations whose address proves too little, and decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from data.queries import registrations
from data.queries.registrations import RegistrationRow
from data.session import ReadSession, Session
from domain.company import CheckReason, RegistrationStatus, needs_check
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.values import clean_text
from services.drafts import seen, written
from services.followups import Event, follow
from services.registrations import Proved, publish_proved

MAX_REFUSAL = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """One registration to look at; `reason` is None when a later list of providers lost its domain."""

    id: UUID
    siret: str
    name: str
    email: str
    website: str
    editing: bool
    reason: CheckReason | None
    since: datetime


async def to_check(session: ReadSession) -> Sequence[ToCheck]:
    """What waits for a decision, oldest first."""
    return [_to_check(row) for row in await registrations.waiting_for_check(session)]


def _to_check(row: RegistrationRow) -> ToCheck:
    form = seen(row).form
    return ToCheck(
        id=row.id,
        siret=row.siret,
        name=form.identity.name,
        email=row.email,
        website=form.identity.website,
        editing=row.company_id is not None,
        reason=needs_check(form),
        since=row.updated_at,
    )


async def approve(session: Session, registration_id: UUID, now: datetime) -> Proved:
    """Publish it; the registrant is told by mail (`publish` tells those of new companies).

    Raises `NotFoundError`, or `ConflictError` when it does not wait for a check or its SIRET was proved
    meanwhile.
    """
    row = await _waiting(session, registration_id)
    proved = await publish_proved(session, row, now)
    if row.company_id is not None:
        await follow(session, Event.COMPANY_PUBLISHED, company=row.company_id)
    return proved


async def refuse(session: Session, registration_id: UUID, reason: str, now: datetime) -> None:
    """Refuse it, with a reason that the registrant reads in a mail.

    Raises `NotFoundError`, `ConflictError`, or `InvalidInputError` on `reason`.
    """
    said = clean_text(reason)
    if not 0 < len(said) <= MAX_REFUSAL:
        message = f"Écrivez pourquoi, en {MAX_REFUSAL} caractères au plus : la personne le lira."
        raise InvalidInputError((FieldError("reason", message, "required"),))
    row = await _waiting(session, registration_id)
    refused = replace(seen(row), status=RegistrationStatus.REFUSED, refusal=said)
    await registrations.save(session, written(row, refused, now), now)
    await follow(session, Event.REGISTRATION_REFUSED, registration=str(row.id))


async def _waiting(session: Session, registration_id: UUID) -> RegistrationRow:
    row = await registrations.lock(session, registration_id)
    if row is None:
        raise NotFoundError("Aucune inscription n’a ce numéro.")
    if row.status is not RegistrationStatus.TO_CHECK:
        raise ConflictError("Cette inscription n’attend pas de vérification.")
    return row
