"""Conventions in lists: a line, a page of them, one's own (`convention_desk` has an agency's).

Each list orders by `rank`, then `position`, then id: the last of a page is the key of the next one. A page
costs the same number of queries whatever it holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import array

from data.session import ReadSession
from data.tables import (
    agencies,
    assessments,
    convention_signatories,
    convention_versions,
    conventions,
    users,
)
from domain.convention import EDITABLE, SIGNABLE, As, Kind, Status
from domain.convention_late import Deadlines, Deposit, Late
from domain.search import Objective

_c, _s, _b, _v = conventions.c, convention_signatories.c, assessments.c, convention_versions.c
_signs = convention_signatories.alias("signs")
_counsellor = users.alias("counsellor")
_tutor = literal_column("(conventions.terms #>> '{host,tutor,email}'::text[])", Text)
"""As `ix_conventions_tutor_email` has it: a parameter would not find it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line. `unsigned`: those who have not signed; `archived`: its people are not named in lists."""

    id: UUID
    reference: str
    kind: Kind
    status: Status
    first_name: str
    last_name: str
    birth_date: date | None
    siret: str
    company: str
    company_id: int | None
    beneficiary_id: UUID | None
    objective: Objective | None
    starts_on: date | None
    ends_on: date | None
    days: int
    minutes: int
    agency: str
    two_step: bool
    counsellor: str
    submitted_at: datetime | None
    validated_at: datetime | None
    deposited_at: datetime | None
    deposit_receipt: str
    archived: bool
    updated_at: datetime
    unsigned: frozenset[As]
    late: tuple[Late, ...]
    rank: int
    position: int

    @property
    def person(self) -> str:
        """First and last names, empty when archived or not written yet."""
        return "" if self.archived else f"{self.first_name} {self.last_name}".strip()

    @property
    def key(self) -> "Key":
        """Where the next page begins."""
        return Key(self.rank, self.position, self.id)


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a line in its list."""

    rank: int
    position: int
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Whose conventions: an account's by its address, its file, what it began; or a company's."""

    user: UUID | None = None
    email: str = ""
    beneficiary: UUID | None = None
    companies: tuple[int, ...] = ()


async def of_own(
    session: ReadSession, own: Own, by: Deadlines, after: Key | None, limit: int
) -> Sequence[Listed]:
    """What waits for them first, then their drafts, then the others, the latest changed first."""
    page = page_of(_own(own, by).subquery(), after, limit)
    query = select(*shown(by), page.c.rank, page.c.position).select_from(joined(page))
    rows = await session.execute(query.order_by(page.c.rank, page.c.position, page.c.id))
    return [line_of(row) for row in rows.mappings()]


async def signs_as(session: ReadSession, own: Own, listed: Sequence[UUID]) -> Mapping[UUID, frozenset[As]]:
    """As whom this account signs each of these; those where it does not sign are left out."""
    query = (
        select(_signs.c.convention_id, func.array_agg(_signs.c.whom))
        .join(conventions, _c.id == _signs.c.convention_id)
        .where(_c.id.in_(listed), _me(own))
        .group_by(_signs.c.convention_id)
    )
    return {row[0]: frozenset(As(one) for one in row[1]) for row in await session.execute(query)}


async def counted_own(session: ReadSession, own: Own, by: Deadlines) -> Mapping[int, int]:
    """How many of each rank of `of_own`."""
    ranked = _own(own, by).subquery()
    query = select(ranked.c.rank, func.count()).group_by(ranked.c.rank)
    return {row[0]: row[1] for row in await session.execute(query)}


def reasons(by: Deadlines) -> Mapping[Late, ColumnElement[bool]]:
    """Each reason of being late, in SQL."""
    assessed = select(_b.company_at).where(_b.convention_id == _c.id).scalar_subquery()
    sent = select(_v.at).where(_v.convention_id == _c.id, _v.version == _c.version).scalar_subquery()
    editable, validated = _c.status.in_([one.value for one in EDITABLE]), _c.status == Status.VALIDATED
    undecided = _c.status.in_([Status.IN_REVIEW.value, Status.PRE_APPROVED.value])
    signable = _c.status.in_([one.value for one in SIGNABLE])
    deposited = or_(_c.kind != Kind.PMSMP.value, _c.deposited_at.is_not(None))  # the State reads no other
    to_deposit = or_(_c.validated_at < by.validated_since, _c.starts_on <= by.today)
    ended = and_(_c.ends_on < by.ended_before, _c.ends_on >= by.ended_after)
    return {
        Late.STARTS: and_(editable, _c.starts_on <= by.starts_by),
        Late.UNDECIDED: and_(undecided, _c.status_at < by.undecided_since),
        Late.UNSIGNED: and_(signable, sent < by.unsigned_since),
        Late.DEPOSIT: and_(validated, ~deposited, to_deposit),
        Late.ASSESSMENT: and_(validated, ended, assessed.is_(None)),
    }


def deposit() -> ColumnElement[str | None]:
    """Where each validated PMSMP stands with the State's teleservice; NULL for all others."""
    concerned = and_(_c.status == Status.VALIDATED, _c.kind == Kind.PMSMP.value)
    return case(
        (and_(concerned, _c.deposited_at.is_(None)), Deposit.DUE.value),
        (concerned, Deposit.DONE.value),
        else_=None,
    )


def _own(own: Own, by: Deadlines) -> Select[Any]:
    """The conventions of an account or a company, ranked: 0 waits for them, 1 a draft of theirs, 2 others."""
    to_sign = select(_signs.c.id).where(
        _signs.c.convention_id == _c.id, _signs.c.signed_at.is_(None), _me(own)
    )
    waits = and_(_c.status.in_([one.value for one in SIGNABLE]), to_sign.exists())
    ways = []
    if own.email:
        ways.append(select(_s.convention_id.label("id")).where(_s.email == own.email))
        ways.append(select(_c.id).where(_tutor == own.email, _c.status != Status.DRAFT.value))
    if own.beneficiary:
        ways.append(select(_c.id).where(_c.beneficiary_id == own.beneficiary))
    if own.companies:
        ways.append(select(_c.id).where(_c.company_id.in_(own.companies), _c.status != Status.DRAFT))
    if own.user:
        ways.append(select(_c.id).where(_c.created_by == own.user, _c.status == Status.DRAFT))
    mine = union(*ways).subquery()
    rank = case((waits, 0), (_c.status == Status.DRAFT, 1), else_=2)
    position = cast(func.extract("epoch", literal(by.today) - _c.updated_at), Integer)
    return (
        select(_c.id, rank.label("rank"), position.label("position"))
        .join(mine, mine.c.id == _c.id)
        .where(_c.anonymised_at.is_(None))
    )


def _me(own: Own) -> ColumnElement[bool]:
    """Which signatory of a convention is this account."""
    ways: list[ColumnElement[bool]] = [false()]
    if own.email:
        ways.append(_signs.c.email == own.email)
    if own.beneficiary:
        ways.append(and_(_signs.c.whom == As.BENEFICIARY, _c.beneficiary_id == own.beneficiary))
    if own.companies:
        ways.append(and_(_signs.c.whom == As.COMPANY, _c.company_id.in_(own.companies)))
    return or_(*ways)


def page_of(ranked: FromClause, after: Key | None, limit: int | None) -> CTE:
    """The ids of one page, from what has `id`, `rank` and `position`: documents are read for these alone."""
    places = select(ranked.c.id, ranked.c.rank, ranked.c.position)
    if after is not None:
        here = tuple_(ranked.c.rank, ranked.c.position, ranked.c.id)
        places = places.where(here > tuple_(literal(after.rank), literal(after.position), literal(after.id)))
    order = (ranked.c.rank, ranked.c.position, ranked.c.id)
    return places.order_by(*order).limit(limit).cte("page").prefix_with("MATERIALIZED")


def joined(page: FromClause, first: FromClause | None = None) -> FromClause:
    """What `shown` reads beside each id of a page; `first` has one row, which an empty page leaves alone."""
    start = page if first is None else first.outerjoin(page, true())
    return (
        start.outerjoin(conventions, _c.id == page.c.id)
        .outerjoin(agencies, agencies.c.id == _c.agency_id)
        .outerjoin(_counsellor, _counsellor.c.id == _c.counsellor_id)
    )


def shown(by: Deadlines) -> tuple[ColumnElement[Any], ...]:
    """The columns of a line, its place aside."""
    person = _c.terms["beneficiary"]
    unsigned = select(func.array_agg(_signs.c.whom)).where(
        _signs.c.convention_id == _c.id, _signs.c.signed_at.is_(None)
    )
    late = [case((holds, one.value), else_=None) for one, holds in reasons(by).items()]
    plain = (
        *("id", "reference", "kind", "status", "birth_date", "siret", "company_id"),
        *("beneficiary_id", "objective", "starts_on", "ends_on", "days", "minutes"),
        *("submitted_at", "validated_at", "deposited_at", "deposit_receipt", "updated_at"),
    )
    return (
        *(_c[name] for name in plain),
        _c.company_name.label("company"),
        func.coalesce(person["first_name"].astext, "").label("first_name"),
        func.coalesce(person["last_name"].astext, "").label("last_name"),
        func.coalesce(agencies.c.name, "").label("agency"),
        func.coalesce(agencies.c.two_step, false()).label("two_step"),
        func.coalesce(named(_counsellor.c), "").label("counsellor"),
        _c.archived_at.is_not(None).label("archived"),
        func.coalesce(unsigned.scalar_subquery(), array([], type_=_signs.c.whom.type)).label("unsigned"),
        func.array_remove(array(late), None).label("late"),
    )


def named(user: Any) -> ColumnElement[str]:  # noqa: ANN401 - columns of an alias
    """First and last names, else the address."""
    whole = func.btrim(func.concat_ws(" ", user.first_name, user.last_name))
    return func.coalesce(func.nullif(whole, ""), user.email)


def line_of(row: Mapping[Any, Any]) -> Listed:
    """One line of what `shown` selects, with its `rank` and `position`."""
    values = {name: row[name] for name in Listed.__slots__}
    return Listed(
        **{
            **values,
            "kind": Kind(values["kind"]),
            "status": Status(values["status"]),
            "objective": Objective(values["objective"]) if values["objective"] else None,
            "unsigned": frozenset(As(one) for one in values["unsigned"]),
            "late": tuple(Late(one) for one in values["late"]),
        }
    )
