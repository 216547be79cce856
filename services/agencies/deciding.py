"""The back office decides on agencies: activated, refused with a reason, closed with what they held."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import agencies, agency_rights
from data.queries.agencies import AgencyRow
from data.queries.agency_rights import MemberRow
from data.session import ReadSession, Session
from domain.agency import AgencyStatus
from domain.agency_form import refusal_fault
from domain.audit import AuditAction
from domain.errors import ConflictError, InvalidInputError
from domain.roles import Actor, Permission, Role, require
from domain.values import clean_text
from services import audit
from services.agencies.coverage import coverage_words
from services.agencies.serving import active, admins, granted, locked, missing_words
from services.discussions.releasing import release
from services.followups import Event, follow

_NOT_WAITING = "Cette structure n’attend pas de vérification."


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """An agency to decide on, with who claims it, what it covers, what it resembles, what it lacks."""

    agency: AgencyRow
    people: tuple[MemberRow, ...]
    coverage: tuple[str, ...]
    alike: tuple[AgencyRow, ...]
    missing: str
    """In French, empty when it can be activated."""


async def to_review(session: ReadSession) -> tuple[ToReview, ...]:
    """What waits for a decision, oldest first."""
    return tuple([await _to_review(session, row) for row in await agencies.to_review(session)])


async def _to_review(session: ReadSession, row: AgencyRow) -> ToReview:
    people = await agency_rights.members(session, row.id)
    members = [one.member for one in granted(people)]
    return ToReview(
        agency=row,
        people=people,
        coverage=await coverage_words(session, row.departments, row.communes),
        alike=await agencies.similar(session, row.siret or "", row.name, row.postal_code, row.id),
        missing=await missing_words(session, members, row.refers_to),
    )


async def _waiting(session: Session, actor: Actor, agency_id: int) -> AgencyRow:
    require(actor, Permission.PLATFORM)
    agency = await locked(session, agency_id)
    if agency.status is not AgencyStatus.TO_REVIEW:
        raise ConflictError(_NOT_WAITING)
    return agency


async def activate(session: Session, actor: Actor, agency_id: int, now: datetime) -> None:
    """Open an agency: its people have the roles they asked, and are told.

    Raises `NotFoundError`, `ConflictError` with what it lacks.
    """
    agency = await _waiting(session, actor, agency_id)
    people = granted(await agency_rights.members(session, agency_id))
    missing = await missing_words(session, [one.member for one in people], agency.refers_to)
    if missing:
        raise ConflictError(f"Cette structure ne peut pas être activée. Il lui manque : {missing}.")
    if agency.refers_to is not None and agency.referred_status is not AgencyStatus.ACTIVE:
        raise ConflictError("La structure qui valide pour elle n’est plus active : elle doit en choisir une.")
    if not agency.contact_email:
        raise ConflictError("Cette structure n’a pas d’adresse e-mail : elle doit compléter sa fiche.")
    await agency_rights.confirm(session, agency_id, actor.user, now)
    values: dict[str, object] = {"status": AgencyStatus.ACTIVE, "status_reason": "", "activated_at": now}
    await agencies.change(session, agency_id, values, now)
    await _told(session, Event.AGENCY_ACTIVATED, agency_id, people)
    await _record(session, actor, AuditAction.AGENCY_ACTIVATED, agency_id, now)


async def reject(session: Session, actor: Actor, agency_id: int, reason: str, now: datetime) -> None:
    """Refuse an agency, or the claim on one of a public file, which others may then claim.

    Raises `InvalidInputError` on `reason`, `NotFoundError`, `ConflictError`.
    """
    said = clean_text(reason)
    if fault := refusal_fault(said):
        raise InvalidInputError((fault,))
    agency = await _waiting(session, actor, agency_id)
    people = granted(await agency_rights.members(session, agency_id))
    values: dict[str, object] = {"status_reason": said}
    if agency.imported:
        await agency_rights.remove_all(session, agency_id)
        values |= {"contact_email": "", "contact_phone": "", "signature": "", "logo": None}
        values |= {"refers_to": None, "delegation_ends_on": None}
    else:
        values["status"] = AgencyStatus.REJECTED
    await agencies.change(session, agency_id, values, now)
    await _told(session, Event.AGENCY_REJECTED, agency_id, people)
    await _record(session, actor, AuditAction.AGENCY_REJECTED, agency_id, now)


async def close(
    session: Session, actor: Actor, agency_id: int, transfer_to: int | None, now: datetime
) -> None:
    """Close an agency; what it held goes to `transfer_to`, or ends when there is none.

    The people it accompanies are given to an admin of the other agency, each asked to agree again;
    agencies it validates for then refer to the other; requests that waited for its agents go on.

    Raises `NotFoundError`, `ConflictError`.
    """
    require(actor, Permission.PLATFORM)
    for one in sorted({agency_id, transfer_to or agency_id}):  # in one order: two closings do not lock up
        await locked(session, one)
    await active(session, agency_id)
    people = granted(await agency_rights.members(session, agency_id))
    receiver = await _receiver(session, agency_id, transfer_to) if transfer_to else None
    await _move_referring(session, agency_id, receiver, now)
    await _part_with_people(session, agency_id, receiver, now)
    await agency_rights.uninvite_all(session, agency_id)
    await agency_rights.remove_all(session, agency_id, waiting_only=True)
    values: dict[str, object] = {"status": AgencyStatus.CLOSED, "closed_at": now}
    values |= {"transferred_to": transfer_to, "refers_to": None}
    await agencies.change(session, agency_id, values, now)
    await release(session, now)
    await _told(session, Event.AGENCY_CLOSED, agency_id, people)
    detail = f"confiée à {transfer_to}" if transfer_to else ""
    await _record(session, actor, AuditAction.AGENCY_CLOSED, agency_id, now, detail)


@dataclass(frozen=True, slots=True)
class _Receiver:
    """The agency that takes over, and the admin who is given the people."""

    agency: AgencyRow
    admin: UUID


async def _receiver(session: Session, agency_id: int, transfer_to: int) -> _Receiver:
    if transfer_to == agency_id:
        raise ConflictError("Choisissez une autre structure que celle qui ferme.")
    agency = await active(session, transfer_to)
    if agency.refers_to == agency_id:
        raise ConflictError("Cette structure s’appuie sur celle qui ferme : choisissez-en une qui valide.")
    return _Receiver(agency, admins(await agency_rights.members(session, transfer_to))[0].user_id)


async def _move_referring(
    session: Session, agency_id: int, receiver: _Receiver | None, now: datetime
) -> None:
    small = await agencies.referring(session, agency_id)
    if small and (receiver is None or receiver.agency.refers_to is not None):
        raise ConflictError(
            f"Cette structure valide pour {len(small)} autre{'s' if len(small) > 1 else ''} : "
            "choisissez une structure qui valide pour prendre le relais."
        )
    for one in small:
        await agencies.change(session, one, {"refers_to": receiver and receiver.agency.id}, now)


async def _part_with_people(
    session: Session, agency_id: int, receiver: _Receiver | None, now: datetime
) -> None:
    if receiver is None:
        for ended in await agency_rights.end_referrals(session, agency_id, "agency_closed", now):
            await follow(session, Event.REFERRAL_ENDED, referral=ended)
        return
    handed = await agency_rights.hand_over(session, agency_id, receiver.agency.id, receiver.admin, now)
    for begun in handed:
        await follow(session, Event.REFERRAL_ASKED, referral=begun)


async def _told(session: Session, event: Event, agency_id: int, people: tuple[MemberRow, ...]) -> None:
    for one in people:
        await follow(session, event, agency=agency_id, user=str(one.user_id))


async def _record(
    session: Session, actor: Actor, action: AuditAction, agency_id: int, now: datetime, detail: str = ""
) -> None:
    await audit.record(
        session,
        actor,
        action,
        "agency",
        agency_id,
        now,
        agency=agency_id,
        role=Role.BACK_OFFICE,
        detail=detail,
    )
