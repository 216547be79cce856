"""An agency as its people see it, and what its admins change of it."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from uuid import UUID

from data.queries import agencies, agency_rights
from data.queries.agencies import AgencyRow
from data.queries.agency_rights import InvitationRow, MemberRow, MineRow
from data.session import ReadSession, Session
from domain.agency import REMINDERS, Situation, reminder_due
from domain.agency_form import AgencyForm
from domain.audit import AuditAction
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.roles import Actor, Permission, require
from services import audit
from services.agencies.coverage import coverage_words
from services.agencies.serving import GONE, active, admins, granted, missing_words
from services.agencies.settling import Settled, same_address, settle
from services.followups import Event, follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An agency for its people. `waiting` counts those who ask to join."""

    agency: AgencyRow
    coverage: tuple[str, ...]
    can_validate: bool
    delegation_days_left: int | None
    """Negative once it ended; None without an end."""
    members: int
    waiting: int


async def read(session: ReadSession, actor: Actor, agency_id: int) -> AgencyRow:
    """The agency, for one of its people; raises `NotFoundError`."""
    require(actor, Permission.AGENCY_READ, agency=agency_id)
    agency = await agencies.by_id(session, agency_id)
    if agency is None:
        raise NotFoundError(GONE)
    return agency


async def overview(session: ReadSession, actor: Actor, agency_id: int, today: date) -> Overview:
    """What the agency's first page shows; raises `NotFoundError`."""
    agency = await read(session, actor, agency_id)
    people = await agency_rights.members(session, agency_id)
    ends = agency.delegation_ends_on
    return Overview(
        agency=agency,
        coverage=await coverage_words(session, agency.departments, agency.communes),
        can_validate=agency.validates(today),
        delegation_days_left=(ends - today).days if ends else None,
        members=len(granted(people)),
        waiting=len(people) - len(granted(people)),
    )


async def people(session: ReadSession, actor: Actor, agency_id: int) -> tuple[MemberRow, ...]:
    """Who serves the agency; who asks to is shown to its admins alone. Raises `NotFoundError`."""
    require(actor, Permission.AGENCY_READ, agency=agency_id)
    rows = await agency_rights.members(session, agency_id)
    return rows if actor.may(Permission.AGENCY_MEMBERS, agency=agency_id) else granted(rows)


async def invited(session: ReadSession, actor: Actor, agency_id: int) -> tuple[InvitationRow, ...]:
    """Who is invited, for the admins; nobody for others."""
    if not actor.may(Permission.AGENCY_MEMBERS, agency=agency_id):
        return ()
    return await agency_rights.invitations(session, agency_id)


async def editable(session: ReadSession, actor: Actor, agency_id: int) -> AgencyRow:
    """The agency, for one of its admins; raises `NotFoundError`, `ForbiddenError`."""
    require(actor, Permission.AGENCY_EDIT, agency=agency_id)
    return await read(session, actor, agency_id)


async def edit(session: Session, actor: Actor, agency_id: int, form: AgencyForm, now: datetime) -> None:
    """Write what an admin changed; the audit says which fields, and until when the delegation runs.

    Raises `InvalidInputError`, `ConflictError`, `NotFoundError`, `ForbiddenError`.
    """
    require(actor, Permission.AGENCY_EDIT, agency=agency_id)
    before = await active(session, agency_id)
    settled = await settle(session, form, now, before=before)
    await _check_validator(session, before, settled)
    values = settled.values(before)
    changed = sorted(
        name for name, value in values.items() if name in _KEPT and value != _value(before, name)
    )
    if not changed:
        return
    if "delegation_ends_on" in changed:
        values["delegation_reminded_days"] = None
    await agencies.change(session, agency_id, values, now)
    if settled.form.address and not same_address(before, settled.form):
        await follow(session, Event.AGENCY_UNPLACED, agency=agency_id)
    ends = settled.form.delegation_ends_on
    until = f" ; délégation jusqu’au {ends.isoformat()}" if ends and "delegation_ends_on" in changed else ""
    await audit.record(
        session,
        actor,
        AuditAction.AGENCY_EDITED,
        "agency",
        agency_id,
        now,
        agency=agency_id,
        detail=", ".join(changed) + until,
    )


async def set_validates_first(
    session: Session, actor: Actor, agency_id: int, publics: Collection[Situation], now: datetime
) -> None:
    """Of whom a request waits for the referent before the company reads it; of the others they are told.

    What waits already goes on when nobody has to validate it any more. Raises as `edit`.
    """
    require(actor, Permission.AGENCY_EDIT, agency=agency_id)
    before = await active(session, agency_id)
    chosen = [one.value for one in Situation if one in publics]
    if chosen == list(before.validates_first):
        return
    await agencies.change(session, agency_id, {"validates_first": chosen}, now)
    action, detail = AuditAction.AGENCY_EDITED, "validates_first"
    await audit.record(session, actor, action, "agency", agency_id, now, agency=agency_id, detail=detail)


_KEPT = frozenset(one.name for one in fields(AgencyForm)) - {"delegation", "unread"}


def _value(row: AgencyRow, name: str) -> object:
    value = getattr(row, name)
    return list(value) if isinstance(value, tuple) else value


async def _check_validator(session: ReadSession, before: AgencyRow, settled: Settled) -> None:
    """Who validates may change only if the agency has the people it then needs."""
    wanted = settled.form.refers_to
    if wanted == before.refers_to:
        return
    if wanted is not None and await agencies.referring(session, before.id):
        raise ConflictError("D’autres structures s’appuient sur la vôtre : elle doit valider elle-même.")
    rows = granted(await agency_rights.members(session, before.id))
    missing = await missing_words(session, [row.member for row in rows], wanted)
    if missing:
        message = f"Avec ce choix, il manquerait : {missing}. Changez d’abord les rôles des membres."
        raise InvalidInputError((FieldError("refers_to", message, "people"),))


async def remind_delegations(session: Session, now: datetime) -> int:
    """Write the reminders that are due, each once; how many agencies were reminded."""
    today = now.date()
    reminded = 0
    for agency in await agencies.delegations_ending(session, today, today + max(REMINDERS)):
        last = agency.delegation_reminded_days
        due = reminder_due(
            agency.delegation_ends_on or today, today, None if last is None else timedelta(days=last)
        )
        if due is None:
            continue
        await agencies.reminded(session, agency.id, due.days)
        for one in admins(granted(await agency_rights.members(session, agency.id))):
            await follow(session, Event.DELEGATION_ENDING, agency=agency.id, user=str(one.user_id))
        reminded += 1
    return reminded


async def mine(session: ReadSession, actor: Actor) -> tuple[MineRow, ...]:
    """The agencies an account serves, registered, or asked to join; none for nobody."""
    return await agency_rights.of_user(session, actor.user) if actor.user else ()


async def member(session: ReadSession, actor: Actor, agency_id: int, user: UUID) -> MemberRow:
    """One of its people: any for an admin, oneself for others. Raises `NotFoundError`, `ForbiddenError`."""
    needed = Permission.AGENCY_READ if user == actor.user else Permission.AGENCY_MEMBERS
    require(actor, needed, agency=agency_id)
    row = await agency_rights.member(session, agency_id, user)
    if row is None:
        raise NotFoundError("Cette personne n’est pas, ou plus, dans la structure.")
    return row
