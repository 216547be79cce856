"""What the platform's staff see and do beside agencies and companies; each reading of a file is written.

Agencies are decided in `services.agencies`, companies in `services.moderation`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import audit, flags, outbox, referrals, runs, staff
from data.queries.audit import AuditFound, AuditSearch
from data.queries.outbox import Group, Parked
from data.queries.runs import Run
from data.queries.staff import AccountRow
from data.session import ReadSession, Session
from domain.account import account_email
from domain.audit import AuditAction
from domain.errors import ConflictError, NotFoundError
from domain.flags import FLAG_LABELS, Flag
from domain.roles import Actor, Permission, Role, require
from domain.values import clean_line
from services.audit import record

_LISTED = 50
_MIN_WORDS = 2


@dataclass(frozen=True, slots=True)
class FlagState:
    """A flag, whether it is open, and since when (None: never touched)."""

    flag: Flag
    label: str
    open: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was given up, by job and reason and one by one, and how much waits."""

    waiting: int
    groups: tuple[Group, ...]
    parked: tuple[Parked, ...]


async def flag_states(session: ReadSession, actor: Actor) -> tuple[FlagState, ...]:
    """Every flag in its order."""
    require(actor, Permission.PLATFORM)
    known = await flags.read(session)
    return tuple(FlagState(flag, FLAG_LABELS[flag], *known.get(flag.value, (True, None))) for flag in Flag)


async def set_flag(session: Session, actor: Actor, flag: Flag, now: datetime, *, opens: bool) -> None:
    """Open or close; written in the audit."""
    require(actor, Permission.PLATFORM)
    await flags.write(session, flag.value, enabled=opens, user=actor.user, now=now)
    action = AuditAction.FLAG_OPENED if opens else AuditAction.FLAG_CLOSED
    await record(session, actor, action, "flag", flag.value, now)


async def find_accounts(session: ReadSession, actor: Actor, words: str) -> tuple[AccountRow, ...]:
    """Accounts by address or name; none for less than two letters."""
    require(actor, Permission.PLATFORM)
    typed = clean_line(words)
    return await staff.find(session, typed, _LISTED) if len(typed) >= _MIN_WORDS else ()


async def read_account(session: Session, actor: Actor, user: UUID, now: datetime) -> AccountRow:
    """One account with its rights; the reading is written, and its owner sees it. Raises `NotFoundError`."""
    require(actor, Permission.PLATFORM)
    found = await staff.read(session, user)
    if found is None:
        raise NotFoundError("Ce compte n’existe pas, ou n’existe plus.")
    person = await referrals.file_of(session, user)
    await record(session, actor, AuditAction.ACCOUNT_READ, "user", user, now, beneficiary=person)
    return found


async def delivery(session: ReadSession, actor: Actor) -> Delivery:
    """Messages and other work that were given up."""
    require(actor, Permission.PLATFORM)
    return Delivery(
        await outbox.count_waiting(session),
        tuple(await outbox.groups(session)),
        tuple(await outbox.parked(session, _LISTED)),
    )


async def replay(session: Session, actor: Actor, row_id: int, now: datetime) -> None:
    """Try one again; raises `ConflictError` when it was tried again already."""
    require(actor, Permission.PLATFORM)
    if not await outbox.replay(session, row_id, now):
        raise ConflictError("Cet envoi n’est plus en attente : il a déjà été relancé.")
    await record(session, actor, AuditAction.WORK_REPLAYED, "outbox", row_id, now)


async def replay_all(session: Session, actor: Actor, now: datetime) -> int:
    """Try again all that was given up; how many."""
    require(actor, Permission.PLATFORM)
    count = await outbox.replay_all(session, now)
    if count:
        await record(session, actor, AuditAction.WORK_REPLAYED, "outbox", "all", now, detail=str(count))
    return count


async def last_runs(session: ReadSession, actor: Actor) -> tuple[Run, ...]:
    """What the clock ran, newest first."""
    require(actor, Permission.PLATFORM)
    return tuple(await runs.runs(session, _LISTED))


async def search_audit(session: ReadSession, actor: Actor, wanted: AuditSearch) -> tuple[AuditFound, ...]:
    """Lines of the audit, newest first."""
    require(actor, Permission.PLATFORM)
    return await audit.search(session, wanted, _LISTED)


async def appoint(session: Session, actor: Actor, email: str, now: datetime) -> None:
    """Make an address part of the staff; done at the terminal, by whoever holds the server."""
    user = await staff.appoint(session, account_email(email), now)
    await record(session, actor, AuditAction.STAFF_APPOINTED, "user", user, now, role=Role.BACK_OFFICE)


async def dismiss(session: Session, actor: Actor, email: str, now: datetime) -> None:
    """Take an address off the staff, its sessions ended; raises `NotFoundError`."""
    user = await staff.dismiss(session, account_email(email))
    if user is None:
        raise NotFoundError("Cette adresse ne fait pas partie de l’équipe.")
    await record(session, actor, AuditAction.STAFF_DISMISSED, "user", user, now, role=Role.BACK_OFFICE)
