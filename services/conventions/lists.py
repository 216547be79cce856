"""Conventions in lists: what waits for me, my company's, and the desk of the agencies I work for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from data.queries import convention_desk, convention_lists, users
from data.queries.convention_desk import Scoped, Wanted
from data.queries.convention_lists import Key, Listed, Own
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.convention import As, Status
from domain.convention_late import Deadlines, Deposit, deadlines
from domain.convention_next import Moment, next_step
from domain.roles import Actor, Permission, require, require_account
from domain.values import fold
from services.audit import record

PAGE = 25
MOST_EXPORTED = 50_000
_MAX_WORDS = 5
WAITS, DRAFTS, OTHERS = range(3)


@dataclass(frozen=True, slots=True)
class Mine:
    """One of my conventions, and what comes next."""

    row: Listed
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyConventions:
    """A page: what waits for me first, my drafts, the others; `counts` are of the whole list."""

    waiting: tuple[Mine, ...]
    drafts: tuple[Mine, ...]
    others: tuple[Mine, ...]
    counts: tuple[int, int, int]
    after: Key | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an agent asks of the desk. `agency` is one of theirs, None for all; `words` as typed.

    `unfollowed`: those that name no counsellor.
    """

    words: str = ""
    statuses: frozenset[Status] = frozenset()
    agency: int | None = None
    counsellor: UUID | None = None
    unfollowed: bool = False
    starts_from: date | None = None
    starts_to: date | None = None
    late: bool = False
    deposit: Deposit | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A page of the desk. `after` begins the next one; `may_remind` opens the bulk reminders."""

    rows: tuple[Listed, ...]
    by_status: Mapping[Status, int]
    late: int
    by_deposit: Mapping[Deposit, int]
    agencies: Sequence[Scoped]
    counsellors: Sequence[tuple[UUID, str]]
    after: Key | None
    may_remind: bool


async def mine(session: ReadSession, actor: Actor, now: datetime, after: Key | None = None) -> MyConventions:
    """An account's: where it signs by its proved address, its own file's, its companies', its drafts."""
    user = require_account(actor)
    account = await users.by_id(session, user)
    own = Own(
        user=user,
        email=account.email if account else "",
        beneficiary=actor.beneficiary,
        companies=tuple(actor.companies),
    )
    return await _own(session, own, now, after)


async def of_company(
    session: ReadSession, actor: Actor, company: int, now: datetime, after: Key | None = None
) -> MyConventions:
    """Those that a company hosts; raises `NotFoundError` or `ForbiddenError`."""
    require(actor, Permission.COMPANY_ANSWER, company=company)
    return await _own(session, Own(companies=(company,)), now, after)


async def _own(session: ReadSession, own: Own, now: datetime, after: Key | None) -> MyConventions:
    by = deadlines(now)
    rows = await convention_lists.of_own(session, own, by, after, PAGE + 1)
    counts = await convention_lists.counted_own(session, own, by)
    signs = await convention_lists.signs_as(session, own, [row.id for row in rows])
    listed = [Mine(row, _next(row, signs.get(row.id, frozenset()), by)) for row in rows[:PAGE]]
    return MyConventions(
        waiting=tuple(one for one in listed if one.row.rank == WAITS),
        drafts=tuple(one for one in listed if one.row.rank == DRAFTS),
        others=tuple(one for one in listed if one.row.rank == OTHERS),
        counts=(counts.get(WAITS, 0), counts.get(DRAFTS, 0), counts.get(OTHERS, 0)),
        after=rows[PAGE - 1].key if len(rows) > PAGE else None,
    )


def _next(row: Listed, whom: frozenset[As], by: Deadlines) -> str:
    return next_step(
        Moment(
            status=row.status,
            whom=whom,
            unsigned=row.unsigned,
            two_step=row.two_step,
            agency=row.agency,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            today=by.today,
        )
    )


async def desk(
    session: ReadSession, actor: Actor, asked: Asked, now: datetime, after: Key | None = None
) -> Desk:
    """A page of the agencies where this account reads, and of those they validate for."""
    by = deadlines(now)
    scope = await _scope(session, actor)
    wanted = wanted_of(asked, scope)
    if wanted.words:
        await convention_desk.prepare_search(session)
    found = await convention_desk.of_desk(session, wanted, by, after, PAGE + 1)
    rows = found.rows
    acting = (Permission.PRE_APPROVE, Permission.VALIDATE)
    return Desk(
        rows=rows[:PAGE],
        by_status=found.counted.by_status,
        late=found.counted.late,
        by_deposit=found.counted.by_deposit,
        agencies=scope,
        counsellors=await convention_desk.counsellors(session, [one.id for one in scope]),
        after=rows[PAGE - 1].key if len(rows) > PAGE else None,
        may_remind=any(actor.may(one, agency=agency) for agency in actor.agencies for one in acting),
    )


async def export(session: Session, actor: Actor, asked: Asked, now: datetime) -> Sequence[Listed]:
    """Every line that the same filters show, in the same order; that they left is written down."""
    wanted = wanted_of(asked, await _scope(session, actor))
    if wanted.words:
        await convention_desk.prepare_search(session)
    rows = (await convention_desk.of_desk(session, wanted, deadlines(now), None, MOST_EXPORTED)).rows
    agency = next((one for one in wanted.agencies if one in actor.agencies), None)
    said = "1 ligne" if len(rows) == 1 else f"{len(rows)} lignes"
    action = AuditAction.CONVENTIONS_EXPORTED
    await record(session, actor, action, "agency", agency or "", now, agency=agency, detail=said)
    return rows


async def _scope(session: ReadSession, actor: Actor) -> Sequence[Scoped]:
    mine = [one for one in actor.agencies if actor.may(Permission.AGENCY_READ, agency=one)]
    return await convention_desk.scope(session, mine)


def wanted_of(asked: Asked, scope: Sequence[Scoped]) -> Wanted:
    """What is asked of the lists; an agency out of reach gives nothing."""
    reach = tuple(one.id for one in scope if asked.agency in {None, one.id})
    return Wanted(
        agencies=reach,
        statuses=asked.statuses,
        starts_from=asked.starts_from,
        starts_to=asked.starts_to,
        counsellor=asked.counsellor,
        unfollowed=asked.unfollowed,
        late=asked.late,
        deposit=asked.deposit,
        archived=asked.archived,
        words=tuple(fold(asked.words).split()[:_MAX_WORDS]),
    )
