"""Conventions in lists: an agency's desk, a person's and a company's own; a page, and what is counted.

Each list orders by `rank`, then `position`, then id: the last of a page is the key of the next one. A page
costs the same number of queries whatever it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
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
from domain.convention_late import Deadlines, Late
from domain.search import Objective

_c, _s, _b, _v = conventions.c, convention_signatories.c, assessments.c, convention_versions.c
_signs = convention_signatories.alias("signs")
_counsellor = users.alias("counsellor")
_EPOCH, _FAR = date(2000, 1, 1), date(2200, 1, 1)
_ALIKE = "0.4"
"""How alike a word typed and a word kept must be (`pg_trgm`): one letter wrong in six is still found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line. `unsigned`: those who have not signed; `archived`: its people are not named in lists."""

    id: UUID
    reference: str
    kind: Kind
    status: Status
    status_reason: str
    first_name: str
    last_name: str
    birth_date: date | None
    siret: str
    company: str
    company_id: int | None
    beneficiary_id: UUID | None
    created_by: UUID | None
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
class Wanted:
    """What an agency asks of its list: all that is given must hold. `words` are plain (`fold`)."""

    agencies: tuple[int, ...]
    statuses: frozenset[Status] = frozenset()
    starts_from: date | None = None
    starts_to: date | None = None
    counsellor: UUID | None = None
    late: bool = False
    archived: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Whose conventions: an account's by its address, its file, what it began; or a company's."""

    user: UUID | None = None
    email: str = ""
    beneficiary: UUID | None = None
    companies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many, by status; `late` of them all."""

    by_status: Mapping[Status, int]
    late: int


@dataclass(frozen=True, slots=True)
class Scoped:
    """An agency whose conventions are read; `own` is false when it only refers to one of mine."""

    id: int
    name: str
    own: bool


async def scope(session: ReadSession, mine: Iterable[int]) -> Sequence[Scoped]:
    """These agencies, and those they validate for, by name."""
    ids = list(mine)
    columns = (agencies.c.id, agencies.c.name, agencies.c.id.in_(ids).label("own"))
    query = select(*columns).where(or_(agencies.c.id.in_(ids), agencies.c.refers_to.in_(ids)))
    rows = await session.execute(query.order_by(func.lower(agencies.c.name), agencies.c.id))
    return [Scoped(row.id, row.name, row.own) for row in rows]


async def counsellors(session: ReadSession, of: Sequence[int]) -> Sequence[tuple[UUID, str]]:
    """Who accompanies somebody in conventions of these agencies: id and name."""
    held = select(_c.counsellor_id).where(_c.agency_id.in_(of), _c.counsellor_id.is_not(None))
    name = _named(_counsellor.c)
    query = select(_counsellor.c.id, name.label("name")).where(_counsellor.c.id.in_(held))
    rows = await session.execute(query.order_by(func.lower(name), _counsellor.c.id))
    return [(row.id, row.name) for row in rows]


async def counted(session: ReadSession, wanted: Wanted, by: Deadlines) -> Counted:
    """By status, whatever status is asked; the late ones too, whether or not only they are."""
    query = select(_c.status, func.count().label("all"), func.count().filter(_is_late(by)).label("late"))
    rows = (await session.execute(query.where(*_asked(wanted)).group_by(_c.status))).all()
    return Counted({Status(row.status): row.all for row in rows}, sum(row.late for row in rows))


async def of_desk(
    session: ReadSession, wanted: Wanted, by: Deadlines, after: Key | None, limit: int | None
) -> Sequence[Listed]:
    """The late ones first, then those to decide, drafts, validated, ended; searched: the most alike first."""
    where = [*_asked(wanted)]
    if wanted.statuses:
        where.append(_c.status.in_([one.value for one in wanted.statuses]))
    if wanted.late:
        where.append(_is_late(by))
    rank, position = _alike(wanted.words) if wanted.words else _urgency(by)
    chosen = select(_c.id, rank.label("rank"), position.label("position")).where(*where)
    return await _listed(session, chosen, by, after, limit)


async def of_own(
    session: ReadSession, own: Own, by: Deadlines, after: Key | None, limit: int
) -> Sequence[Listed]:
    """What waits for them first, then their drafts, then the others, the latest changed first."""
    chosen = _own(own, by)
    return await _listed(session, chosen, by, after, limit)


async def counted_own(session: ReadSession, own: Own, by: Deadlines) -> Mapping[int, int]:
    """How many of each rank of `of_own`."""
    ranked = _own(own, by).subquery()
    query = select(ranked.c.rank, func.count()).group_by(ranked.c.rank)
    return {row[0]: row[1] for row in await session.execute(query)}


async def prepare_search(session: ReadSession) -> None:
    """How alike words must be in this transaction."""
    await session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", _ALIKE, True)))  # noqa: FBT003 - local to the transaction


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    """All but the status and the lateness."""
    archived = _c.archived_at.is_not(None) if wanted.archived else _c.archived_at.is_(None)
    where: list[ColumnElement[bool]] = [
        _c.agency_id.in_(wanted.agencies),
        _c.anonymised_at.is_(None),
        archived,
    ]
    if wanted.starts_from:
        where.append(_c.starts_on >= wanted.starts_from)
    if wanted.starts_to:
        where.append(_c.starts_on <= wanted.starts_to)
    if wanted.counsellor:
        where.append(_c.counsellor_id == wanted.counsellor)
    where += [literal(word).op("<%", is_comparison=True)(_c.search_key) for word in wanted.words]
    return where


def _reasons(by: Deadlines) -> Mapping[Late, ColumnElement[bool]]:
    """Each reason of being late, in SQL."""
    assessed = select(_b.company_at).where(_b.convention_id == _c.id).scalar_subquery()
    sent = select(_v.at).where(_v.convention_id == _c.id, _v.version == _c.version).scalar_subquery()
    editable, validated = _c.status.in_([one.value for one in EDITABLE]), _c.status == Status.VALIDATED
    undecided = _c.status.in_([Status.IN_REVIEW.value, Status.PRE_APPROVED.value])
    signable = _c.status.in_([one.value for one in SIGNABLE])
    to_deposit = or_(_c.validated_at < by.validated_since, _c.starts_on <= by.today)
    ended = and_(_c.ends_on < by.ended_before, _c.ends_on >= by.ended_after)
    return {
        Late.STARTS: and_(editable, _c.starts_on <= by.starts_by),
        Late.UNDECIDED: and_(undecided, _c.status_at < by.undecided_since),
        Late.UNSIGNED: and_(signable, sent < by.unsigned_since),
        Late.DEPOSIT: and_(validated, _c.deposited_at.is_(None), to_deposit),
        Late.ASSESSMENT: and_(validated, ended, assessed.is_(None)),
    }


def _is_late(by: Deadlines) -> ColumnElement[bool]:
    return or_(*_reasons(by).values())


def _urgency(by: Deadlines) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """What is to do by its start, the soonest first; what is done, the latest first."""
    rank = case(
        (_is_late(by), 0),
        (_c.status.in_([one.value for one in EDITABLE]), 1),
        (_c.status == Status.DRAFT, 2),
        (_c.status == Status.VALIDATED, 3),
        else_=4,
    )
    start = func.coalesce(_c.starts_on, _FAR)
    to_do = or_(_is_late(by), _c.status.in_([one.value for one in EDITABLE]), _c.status == Status.DRAFT)
    days = case((to_do, start - _EPOCH), else_=literal(_FAR) - start)
    return rank, type_coerce(days, Integer)


def _alike(words: Sequence[str]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    score: ColumnElement[Any] = literal(0)
    for word in words:
        score = score + func.word_similarity(word, _c.search_key)
    return literal(0), cast(1000 * (len(words) - score), Integer)


def _own(own: Own, by: Deadlines) -> Select[Any]:
    """The conventions of an account or a company, ranked: 0 waits for them, 1 a draft of theirs, 2 others."""
    signs_as = _me(own)
    to_sign = select(_signs.c.id).where(
        _signs.c.convention_id == _c.id, _signs.c.signed_at.is_(None), signs_as
    )
    waits = and_(_c.status.in_([one.value for one in SIGNABLE]), to_sign.exists())
    ways = [select(_s.convention_id.label("id")).where(_s.email == own.email)] if own.email else []
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


async def _listed(
    session: ReadSession, chosen: Select[Any], by: Deadlines, after: Key | None, limit: int | None
) -> Sequence[Listed]:
    """The lines of a page: places first, what is shown after, so that only a page of documents is read."""
    ranked = chosen.subquery()
    places = select(ranked)
    if after is not None:
        here = tuple_(ranked.c.rank, ranked.c.position, ranked.c.id)
        places = places.where(here > tuple_(literal(after.rank), literal(after.position), literal(after.id)))
    order = (ranked.c.rank, ranked.c.position, ranked.c.id)
    page = places.order_by(*order).limit(limit).cte("page").prefix_with("MATERIALIZED")
    query = (
        select(*_shown(by), page.c.rank, page.c.position)
        .select_from(page)
        .join(conventions, _c.id == page.c.id)
        .outerjoin(agencies, agencies.c.id == _c.agency_id)
        .outerjoin(_counsellor, _counsellor.c.id == _c.counsellor_id)
        .order_by(page.c.rank, page.c.position, page.c.id)
    )
    return [_row(row) for row in (await session.execute(query)).mappings()]


def _shown(by: Deadlines) -> tuple[ColumnElement[Any], ...]:
    person = _c.terms["beneficiary"]
    unsigned = select(func.array_agg(_signs.c.whom)).where(
        _signs.c.convention_id == _c.id, _signs.c.signed_at.is_(None)
    )
    reasons = [case((true, one.value), else_=None) for one, true in _reasons(by).items()]
    plain = (
        *("id", "reference", "kind", "status", "status_reason", "birth_date", "siret", "company_id"),
        *("beneficiary_id", "created_by", "objective", "starts_on", "ends_on", "days", "minutes"),
        *("submitted_at", "validated_at", "deposited_at", "deposit_receipt", "updated_at"),
    )
    return (
        *(_c[name] for name in plain),
        _c.company_name.label("company"),
        func.coalesce(person["first_name"].astext, "").label("first_name"),
        func.coalesce(person["last_name"].astext, "").label("last_name"),
        func.coalesce(agencies.c.name, "").label("agency"),
        func.coalesce(agencies.c.two_step, false()).label("two_step"),
        func.coalesce(_named(_counsellor.c), "").label("counsellor"),
        _c.archived_at.is_not(None).label("archived"),
        func.coalesce(unsigned.scalar_subquery(), array([], type_=_signs.c.whom.type)).label("unsigned"),
        func.array_remove(array(reasons), None).label("late"),
    )


def _named(user: Any) -> ColumnElement[str]:  # noqa: ANN401 - columns of an alias
    """First and last names, else the address."""
    whole = func.btrim(func.concat_ws(" ", user.first_name, user.last_name))
    return func.coalesce(func.nullif(whole, ""), user.email)


def _row(row: Mapping[Any, Any]) -> Listed:
    values = dict(row)
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
