"""Work that must follow a commit, written in it; the worker's relay is notified by the same commit.

A row waits (`available_at`), is handed to the queue (`handed_at`), and ends done or parked. Payloads
hold ids only. Every time is given by the caller, except the time a row is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from data.session import ReadSession, Session
from data.tables import outbox

CHANNEL = "outbox"
_c = outbox.c
_waiting = and_(_c.done_at.is_(None), _c.parked_at.is_(None))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One piece of work. `tries` counts the tries that failed."""

    id: int
    job: str
    payload: Mapping[str, Any]
    tries: int
    created_at: datetime


async def add(session: Session, job: str, payload: Mapping[str, int | str]) -> int:
    """Write one piece of work and tell the relay at the commit; gives the row's id."""
    row = await session.execute(insert(outbox).values(job=job, payload=dict(payload)).returning(_c.id))
    await session.execute(select(func.pg_notify(CHANNEL, "")))
    return int(row.scalar_one())


def _to_hand(now: datetime, handed_limit: timedelta) -> ColumnElement[bool]:
    fresh = or_(_c.handed_at.is_(None), _c.handed_at <= now - handed_limit)
    return and_(_waiting, _c.available_at <= now, fresh)


async def claim(
    session: Session, now: datetime, handed_limit: timedelta, limit: int
) -> Sequence[tuple[int, int]]:
    """Mark up to `limit` rows as handed, oldest first: their ids and failed tries.

    Rows that another relay is claiming are skipped. A row handed more than `handed_limit` ago and not
    ended is claimed again: the queue or its worker lost it.
    """
    chosen = (
        select(_c.id)
        .where(_to_hand(now, handed_limit))
        .order_by(_c.available_at, _c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    rows = await session.execute(
        update(outbox).where(_c.id.in_(select(chosen.c.id))).values(handed_at=now).returning(_c.id, _c.tries)
    )
    return sorted((int(row[0]), int(row[1])) for row in rows)


async def next_due(session: ReadSession, handed_limit: timedelta) -> datetime | None:
    """When the next waiting row can be claimed; None when nothing waits."""
    due = func.greatest(_c.available_at, _c.handed_at + handed_limit)
    earliest: datetime | None = (await session.execute(select(func.min(due)).where(_waiting))).scalar_one()
    return earliest


async def lock(session: Session, row_id: int) -> OutboxRow | None:
    """The row, locked until the end of the transaction; None when it has ended.

    It waits for who has it: the relay holds a row a moment more, after its queue got it.
    """
    columns = select(_c.id, _c.job, _c.payload, _c.tries, _c.created_at)
    query = columns.where(_c.id == row_id, _waiting).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return OutboxRow(row[0], row[1], row[2], row[3], row[4]) if row else None


async def finish(session: Session, row_id: int, now: datetime) -> None:
    """The work is done, in the transaction that did it."""
    await session.execute(update(outbox).where(_c.id == row_id).values(done_at=now, error=""))


async def fail(session: Session, row_id: int, error: str, again_at: datetime) -> None:
    """One more try failed: wait until `again_at`. `error` says why, without personal data."""
    await session.execute(
        update(outbox)
        .where(_c.id == row_id, _waiting)
        .values(tries=_c.tries + 1, error=error, available_at=again_at, handed_at=None)
    )
    await session.execute(select(func.pg_notify(CHANNEL, "")))


async def park(session: Session, row_id: int, error: str, now: datetime) -> None:
    """Give up: the row stays, with its reason, for a person to see."""
    await session.execute(
        update(outbox).where(_c.id == row_id, _waiting).values(tries=_c.tries + 1, error=error, parked_at=now)
    )


async def plan(session: Session, job: str, planned_at: datetime) -> bool:
    """Write a scheduled run unless some worker did; whether this call wrote it.

    One scheduler at a time looks and writes, so that several workers write one row a run.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"plan:{job}"))))
    planned = planned_at.isoformat()
    known = select(_c.id).where(_c.job == job, _c.payload["planned_at"].astext == planned).limit(1)
    if (await session.execute(known)).first():
        return False
    await add(session, job, {"planned_at": planned})
    return True
