"""A company before the requests it received: by an account or the link of a mail, one by one or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import discussions, passports, visits
from data.queries.discussions import DiscussionRow
from data.queries.visits import VisitRow
from data.session import ReadSession, Session
from domain.discussion import CLOSED, Move, Refusal, Side, Status, Told, check_refusal, moves
from domain.errors import FieldError, InvalidInputError, NotFoundError
from domain.roles import NOBODY, Actor, Permission, require
from services import links
from services.discussions import deciding, parties
from services.discussions.parties import HIDDEN, Party
from services.followups import Event, follow
from services.links import Purpose
from services.passports import KeptPassport, show_passport

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What a company received: the requests that wait, the oldest first; the others; the visits to come."""

    to_answer: tuple[DiscussionRow, ...]
    answered: tuple[DiscussionRow, ...]
    visits: tuple[tuple[DiscussionRow, VisitRow], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests were answered at once, and how many had been already by somebody else."""

    done: int
    late: int


async def by_link(session: Session, token: str, now: datetime) -> Party:
    """The company's side of the request that a mail's link opens; nothing is burnt.

    Raises `NotFoundError` or `ExpiredError`.
    """
    link = await links.read(session, token, Purpose.ANSWER, now)
    return _side(await discussions.by_id(session, UUID(link.subject_id)))


async def lock_by_link(session: Session, token: str, now: datetime) -> Party:
    """The same, its row locked before a decision."""
    link = await links.read(session, token, Purpose.ANSWER, now)
    row = await discussions.lock(session, UUID(link.subject_id))
    await links.read(session, token, Purpose.ANSWER, now)  # who had the row may have taken the link back
    return _side(row)


def _side(row: DiscussionRow | None) -> Party:
    if row is None or row.reached_at is None:
        raise NotFoundError(links.UNKNOWN)
    return Party(NOBODY, row, frozenset({Side.COMPANY}))


async def for_member(session: Session, actor: Actor, company: int, discussion: UUID) -> Party:
    """The same for one of the company's people; raises as `require`, or `NotFoundError`."""
    require(actor, Permission.COMPANY_ANSWER, company=company)
    return _of(company, await parties.read(session, actor, discussion))


async def lock_for_member(session: Session, actor: Actor, company: int, discussion: UUID) -> Party:
    """The same, its row locked before a decision."""
    require(actor, Permission.COMPANY_ANSWER, company=company)
    return _of(company, await parties.lock(session, actor, discussion))


def _of(company: int, party: Party) -> Party:
    if party.row.company_id != company:
        raise NotFoundError(HIDDEN)
    return Party(party.actor, party.on(Side.COMPANY).row, frozenset({Side.COMPANY}))


async def readdress(session: Session, company: int) -> None:
    """The company has a new address: the links sent to the old one die, what waits is sent to the new one."""
    await links.revoke(session, Purpose.COME_BACK, str(company))
    for row in await discussions.of_company(session, company):
        await links.revoke(session, Purpose.ANSWER, str(row.id))
        if row.status is Status.PENDING:
            await follow(session, Event.DISCUSSION_READDRESSED, discussion=str(row.id))


async def shared_passport(session: ReadSession, row: DiscussionRow) -> KeptPassport | None:
    """The person's passport while the request lives and they let this company read it."""
    if row.status in CLOSED or not await discussions.shares_passport(
        session, row.beneficiary_id, row.company_id
    ):
        return None
    key = await passports.owned(session, row.beneficiary_id)
    return await show_passport(session, key) if key else None


async def inbox(session: ReadSession, actor: Actor, company: int) -> Inbox:
    """Everything that reached a company; raises as `require`."""
    require(actor, Permission.COMPANY_ANSWER, company=company)
    rows = await discussions.of_company(session, company)
    by_id = {row.id: row for row in rows}
    planned = [one for one in await visits.of_discussions(session, list(by_id)) if one.live]
    return Inbox(
        to_answer=tuple(row for row in reversed(rows) if row.status is Status.PENDING),
        answered=tuple(row for row in rows if row.status is not Status.PENDING),
        visits=tuple(
            (by_id[one.discussion_id], one)
            for one in sorted(planned, key=lambda one: one.starts_at or min(one.slots))
        ),
    )


async def answer_all(
    session: Session,
    actor: Actor,
    company: int,
    chosen: Sequence[UUID],
    decision: Refusal | None,
    now: datetime,
) -> Answered:
    """Accept several requests (None: the people are told here) or refuse them for one reason.

    Those that a colleague has answered meanwhile are left as they are. Raises `InvalidInputError` on
    `chosen`, `reason`, `text`, `until`, and as `for_member`.
    """
    require(actor, Permission.COMPANY_ANSWER, company=company)
    if not 0 < len(set(chosen)) <= MOST_AT_ONCE:
        said = f"Choisissez entre 1 et {MOST_AT_ONCE} demandes."
        raise InvalidInputError((FieldError("chosen", said, "required"),))
    refusal = check_refusal(decision, now.date()) if decision else None
    done = late = 0
    for discussion in sorted(set(chosen)):  # in one order: two colleagues do not lock each other up
        party = await lock_for_member(session, actor, company, discussion)
        if Move.ACCEPT not in moves(party.row.status, Side.COMPANY):
            late += 1
            continue
        if refusal is None:
            await deciding.accept(session, party, Told.HERE, now)
        else:
            await deciding.reject(session, party, refusal, now)
        done += 1
    return Answered(done, late)
