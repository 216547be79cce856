"""Conventions that wait: what their reminders read, each reminder written once, what time ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, and_, cast, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from data.session import ReadSession, Session
from data.tables import convention_reminders, convention_versions, conventions
from domain.convention import EDITABLE, Kind, Status
from domain.convention_reminders import LAST_DEPOSIT, Waiting
from domain.time_zones import today_in

_c, _r, _v = conventions.c, convention_reminders.c, convention_versions.c
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
        .where(_OPEN)
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
        .where(_c.kind == Kind.PMSMP, _c.deposited_at.is_(None), ~last)
        .order_by(_c.id)
    )
    rows = await session.execute(query)
    return [
        Undeposited(row.id, today_in(row.department, row.validated_at), frozenset(row.told)) for row in rows
    ]


async def mark(session: Session, convention: UUID, names: Iterable[str], now: datetime) -> bool:
    """Write reminders that are about to be sent; False when another transaction wrote them first."""
    rows = [{"convention_id": convention, "kind": name, "at": now} for name in names]
    query = insert(convention_reminders).values(rows).on_conflict_do_nothing().returning(_r.kind)
    return (await session.execute(query)).first() is not None


async def to_expire(session: Session, last: date, most: int) -> Sequence[UUID]:
    """Sent, never decided, ended that day at the latest; locked, those that another one holds left out."""
    query = select(_c.id).where(_OPEN, _c.ends_on <= last).order_by(_c.ends_on, _c.id)
    locked = query.limit(most).with_for_update(skip_locked=True)
    return tuple((await session.scalars(locked)).all())
