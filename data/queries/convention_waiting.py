"""Conventions that wait: what their reminders read, each reminder written once, what time ends."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, any_, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from data.session import ReadSession, Session
from data.tables import convention_reminders, convention_signatories, convention_versions, conventions
from domain.convention import EDITABLE, As, Kind, Status
from domain.convention_reminders import LAST_DEPOSIT, Waiting
from domain.time_zones import today_in

_c, _r, _s, _v = conventions.c, convention_reminders.c, convention_signatories.c, convention_versions.c
_TOLD = cast(
    func.array(select(_r.kind).where(_r.convention_id == _c.id).scalar_subquery()), ARRAY(Text)
).label("told")
_OPEN = _c.status.in_([one.value for one in EDITABLE])


async def waiting(session: ReadSession) -> Sequence[tuple[UUID, Waiting]]:
    """Everything sent and not decided, in the order of their ids, as the days of their places say."""
    sent = and_(_v.convention_id == _c.id, _v.version == _c.version)
    query = (
        select(_c.id, _c.status, _c.version, _c.agency_id, _v.at, _c.status_at, _c.starts_on, _c.department)
        .add_columns(_TOLD)
        .join(convention_versions, sent)
        .where(_OPEN, _c.archived_at.is_(None))
        .order_by(_c.id)
    )
    return [
        (
            row.id,
            Waiting(
                status=Status(row.status),
                version=row.version,
                agency=row.agency_id,
                sent_on=today_in(row.department, row.at),
                since=today_in(row.department, row.status_at),
                starts_on=row.starts_on,
                department=row.department,
                told=frozenset(row.told),
            ),
        )
        for row in await session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Undeposited:
    """A validated convention whose deposit is not recorded."""

    id: UUID
    validated_on: date
    told: frozenset[str]


async def undeposited(session: ReadSession, since: datetime, until: datetime) -> Sequence[Undeposited]:
    """PMSMP validated between two moments, not deposited, whose last reminder has not gone."""
    last = exists().where(_r.convention_id == _c.id, _r.kind == LAST_DEPOSIT)
    query = (
        select(_c.id, _c.validated_at, _c.department, _TOLD)
        .where(_c.status == Status.VALIDATED, _c.status_at.between(since, until))
        .where(_c.kind == Kind.PMSMP, _c.deposited_at.is_(None), _c.archived_at.is_(None), ~last)
        .order_by(_c.id)
    )
    rows = await session.execute(query)
    return [
        Undeposited(row.id, today_in(row.department, row.validated_at), frozenset(row.told)) for row in rows
    ]


Named = Mapping[UUID, Iterable[str]]
"""The reminders of some conventions, by the names of the rows that tell them."""


async def mark(session: Session, reminders: Named, now: datetime) -> frozenset[UUID]:
    """Write reminders that are about to be sent; those that another transaction did not write first."""
    pairs = [(convention, name) for convention, names in reminders.items() for name in names]
    rows = select(
        func.unnest(literal([one for one, _ in pairs], ARRAY(Uuid))),
        func.unnest(literal([name for _, name in pairs], ARRAY(Text))),
        literal(now, _r.at.type),
    )
    written = insert(convention_reminders).from_select(["convention_id", "kind", "at"], rows)
    query = written.on_conflict_do_nothing().returning(_r.convention_id)
    return frozenset(await session.scalars(query))


async def sent(session: ReadSession, convention: UUID, names: Collection[str]) -> frozenset[str]:
    """Those of these reminders of a convention that were sent already."""
    query = select(_r.kind).where(_r.convention_id == convention, _r.kind.in_(names))
    return frozenset(await session.scalars(query))


async def unsigned(session: ReadSession, found: Collection[UUID]) -> Mapping[UUID, Sequence[As]]:
    """Who has still to sign each of these conventions."""
    query = select(_s.convention_id, _s.whom).where(
        _s.convention_id == any_(literal(list(found), ARRAY(Uuid))), _s.signed_at.is_(None)
    )
    listed: dict[UUID, list[As]] = {one: [] for one in found}
    for row in await session.execute(query.order_by(_s.convention_id, _s.whom)):
        listed[row.convention_id].append(As(row.whom))
    return listed


async def to_expire(session: Session, last: date, most: int) -> Sequence[UUID]:
    """Sent, never decided, ended that day at the latest; locked, those that another one holds left out."""
    query = select(_c.id).where(_OPEN, _c.ends_on <= last).order_by(_c.ends_on, _c.id)
    locked = query.limit(most).with_for_update(skip_locked=True)
    return tuple((await session.scalars(locked)).all())
