"""An agency's desk: its conventions by filters and words, counted, a page with the late ones first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from data.queries.convention_lists import (
    Key,
    Listed,
    deposit,
    joined,
    line_of,
    named,
    page_of,
    reasons,
    shown,
)
from data.session import ReadSession
from data.tables import agencies, conventions, users
from domain.convention import EDITABLE, Status
from domain.convention_late import Deadlines, Deposit

_c = conventions.c
_EPOCH, _FAR = date(2000, 1, 1), date(2200, 1, 1)
_ALIKE = "0.4"
"""How alike a word typed and a word kept must be (`pg_trgm`): one letter wrong in six is still found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an agency asks of its list: all that is given must hold.

    `words` are plain (`fold`): of people and companies, or the beginning of the reference of an archive.
    """

    agencies: tuple[int, ...]
    statuses: frozenset[Status] = frozenset()
    starts_from: date | None = None
    starts_to: date | None = None
    counsellor: UUID | None = None
    unfollowed: bool = False
    late: bool = False
    deposit: Deposit | None = None
    archived: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many, by status; `late` of them all; by deposit, of the validated PMSMP."""

    by_status: Mapping[Status, int]
    late: int
    by_deposit: Mapping[Deposit, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A page, and the counts of the whole list whatever status is asked."""

    rows: tuple[Listed, ...]
    counted: Counted


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
    name = named(users.c)
    query = select(users.c.id, name.label("name")).where(users.c.id.in_(held))
    rows = await session.execute(query.order_by(func.lower(name), users.c.id))
    return [(row.id, row.name) for row in rows]


async def of_desk(
    session: ReadSession, wanted: Wanted, by: Deadlines, after: Key | None, limit: int | None
) -> Found:
    """The late ones first, those to decide before those to deposit or assess; searched: most alike first."""
    ranked = _ranked(wanted, by)
    counts = _counts(ranked).cte("counts")
    chosen = select(ranked)
    if wanted.statuses:
        chosen = chosen.where(ranked.c.status.in_([one.value for one in wanted.statuses]))
    if wanted.late:
        chosen = chosen.where(ranked.c.late)
    if wanted.deposit:
        chosen = chosen.where(ranked.c.deposit == wanted.deposit.value)
    page = page_of(chosen.subquery(), after, limit)
    query = select(*shown(by), page.c.rank, page.c.position, counts.c.counts).select_from(
        joined(page, counts)
    )
    found = await session.execute(query.order_by(page.c.rank, page.c.position, page.c.id))
    rows = [dict(row) for row in found.mappings()]
    return Found(tuple(line_of(row) for row in rows if row["id"] is not None), _counted(rows[0]["counts"]))


def _counted(told: Mapping[str, Sequence[int]]) -> Counted:
    """What `_counts` gives."""
    _, late, due, done = (sum(column) for column in zip((0, 0, 0, 0), *told.values(), strict=True))
    by_status = {Status(one): many for one, (many, *_) in told.items()}
    return Counted(by_status, late, {Deposit.DUE: due, Deposit.DONE: done})


def _ranked(wanted: Wanted, by: Deadlines) -> CTE:
    """All that is asked but the status, the lateness and the deposit, read once: each with its place."""
    alike = bool(wanted.words) and not wanted.archived
    score = _alike(wanted.words) if alike else literal(None, Integer)
    is_late = or_(*reasons(by).values()).label("late")
    columns = (_c.id, _c.status, _c.starts_on, is_late, deposit().label("deposit"), score.label("score"))
    asked = select(*columns)
    read = asked.where(*_asked(wanted)).cte("asked").prefix_with("MATERIALIZED")
    rank, position = (literal(0), read.c.score) if alike else _place(read)
    kept = (read.c.id, read.c.status, read.c.late, read.c.deposit)
    return select(*kept, rank.label("rank"), position.label("position")).cte("ranked")


def _counts(ranked: CTE) -> Select[Any]:
    """One row: how many, how many late, to deposit and deposited, by status."""
    many = func.count()
    late = many.filter(ranked.c.late)
    due, done = (many.filter(ranked.c.deposit == one.value) for one in (Deposit.DUE, Deposit.DONE))
    columns = (many.label("many"), late.label("late"), due.label("due"), done.label("done"))
    each = select(ranked.c.status, *columns).group_by(ranked.c.status).subquery()
    told = func.jsonb_build_array(each.c.many, each.c.late, each.c.due, each.c.done)
    whole = func.jsonb_object_agg(each.c.status, told)
    return select(func.coalesce(whole, func.jsonb_build_object()).label("counts"))


def _place(read: CTE) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """What waits for a decision by its start, the soonest first; the others, the latest first."""
    editable = read.c.status.in_([one.value for one in EDITABLE])
    rank = case(
        (and_(read.c.late, editable), 0),
        (read.c.late, 1),
        (editable, 2),
        (read.c.status == Status.DRAFT, 3),
        (read.c.status == Status.VALIDATED, 4),
        else_=5,
    )
    start = func.coalesce(read.c.starts_on, _FAR)
    waits = or_(editable, read.c.status == Status.DRAFT)
    days = case((waits, start - _EPOCH), else_=literal(_FAR) - start)
    return rank, type_coerce(days, Integer)


async def prepare_search(session: ReadSession) -> None:
    """How alike words must be in this transaction."""
    await session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", _ALIKE, True)))  # noqa: FBT003 - local to the transaction


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    """All but the status, the lateness and the deposit."""
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
    if wanted.unfollowed:
        where.append(_c.counsellor_id.is_(None))
    if wanted.archived:  # whose it was is read on its page, with a reason
        where.append(func.lower(_c.reference).startswith("".join(wanted.words), autoescape=True))
    else:
        where += [literal(word).op("<%", is_comparison=True)(_c.search_key) for word in wanted.words]
    return where


def _alike(words: Sequence[str]) -> ColumnElement[int]:
    """How far a convention is from the words, in thousandths."""
    score: ColumnElement[Any] = literal(0)
    for word in words:
        score = score + func.word_similarity(word, _c.search_key)
    return cast(1000 * (len(words) - score), Integer)
