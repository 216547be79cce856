"""Visits of discussions: one live at a time, its slots, the one that was picked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.session import ReadSession, Session
from data.tables import discussion_reminders, visits
from domain.discussion import Side
from domain.visit import VisitStatus

_v = visits.c
LIVE = (VisitStatus.PROPOSED, VisitStatus.CONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One visit; `starts_at` is the slot picked, `sequence` counts the changes of its calendar file."""

    id: UUID
    discussion_id: UUID
    proposed_by: Side
    status: VisitStatus
    slots: tuple[datetime, ...]
    starts_at: datetime | None
    minutes: int
    place: str
    sequence: int
    created_at: datetime
    updated_at: datetime

    @property
    def live(self) -> bool:
        """Whether it is still to come, or to be told about."""
        return self.status in LIVE


_SHOWN = tuple(column for column in _v if column.name != "reminded_at")


async def find(session: ReadSession, *where: ColumnElement[bool], limit: int = 1000) -> tuple[VisitRow, ...]:
    """Visits that answer to all the conditions, the latest proposed first."""
    query = select(*_SHOWN).where(*where).order_by(_v.created_at.desc(), _v.id).limit(limit)
    return tuple(_row(row) for row in (await session.execute(query)).mappings())


def _row(row: Mapping[Any, Any]) -> VisitRow:
    values = dict(row)
    values["proposed_by"] = Side(values["proposed_by"])
    values["status"] = VisitStatus(values["status"])
    values["slots"] = tuple(values["slots"])
    return VisitRow(**values)


async def by_id(session: ReadSession, visit: UUID) -> VisitRow | None:
    """One visit."""
    return next(iter(await find(session, _v.id == visit)), None)


async def of_discussion(session: ReadSession, discussion: UUID) -> tuple[VisitRow, ...]:
    """The visits of a discussion, the latest proposed first."""
    return await find(session, _v.discussion_id == discussion)


async def of_discussions(session: ReadSession, ids: Sequence[UUID]) -> tuple[VisitRow, ...]:
    """The visits of several discussions, the latest proposed first."""
    return await find(session, _v.discussion_id.in_(ids))


async def add(session: Session, values: Mapping[str, Any], now: datetime) -> UUID:
    """Write a visit just proposed; its id."""
    times = {"created_at": now, "updated_at": now}
    statement = insert(visits).values(**values, status=VisitStatus.PROPOSED.value, **times)
    added: UUID = (await session.execute(statement.returning(_v.id))).scalar_one()
    return added


async def change(session: Session, visit: UUID, values: Mapping[str, Any], now: datetime) -> None:
    """Write what changed: its calendar file is a new version."""
    changed = update(visits).where(_v.id == visit).values(**values, sequence=_v.sequence + 1, updated_at=now)
    await session.execute(changed)


async def cancel_live(session: Session, discussion: UUID, now: datetime) -> None:
    """The discussion is closed: its visit does not take place."""
    values = {"status": VisitStatus.CANCELLED.value, "sequence": _v.sequence + 1, "updated_at": now}
    live = (_v.discussion_id == discussion, _v.status.in_(LIVE))
    await session.execute(update(visits).where(*live).values(**values))


async def to_remind(session: Session, start: datetime, end: datetime, now: datetime) -> tuple[VisitRow, ...]:
    """Confirmed visits that start in [start, end), each given once whatever the clock does."""
    due = (_v.status == VisitStatus.CONFIRMED, _v.starts_at >= start, _v.starts_at < end)
    marked = update(visits).where(*due, _v.reminded_at.is_(None)).values(reminded_at=now).returning(_v.id)
    ids = (await session.scalars(marked)).all()
    return await find(session, _v.id.in_(ids)) if ids else ()


async def to_tell(session: Session, before: datetime, now: datetime) -> tuple[VisitRow, ...]:
    """Confirmed visits begun before that moment of which nobody said whether they took place, each once."""
    rows = await find(session, _v.status == VisitStatus.CONFIRMED, _v.starts_at < before)
    told = []
    for row in rows:
        values = {"discussion_id": row.discussion_id, "kind": f"visit:{row.id}", "at": now}
        written = upsert(discussion_reminders).values(**values).on_conflict_do_nothing()
        if (await session.execute(written.returning(discussion_reminders.c.kind))).first():
            told.append(row)
    return tuple(told)


async def counts(session: ReadSession, discussion_ids: Sequence[UUID]) -> dict[VisitStatus, int]:
    """How many visits of those discussions stand where."""
    query = select(_v.status, func.count()).where(_v.discussion_id.in_(discussion_ids)).group_by(_v.status)
    return {VisitStatus(status): count for status, count in await session.execute(query)}
