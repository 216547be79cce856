"""Work that must follow a commit, written in it; the worker's relay is notified by the same commit.

A row waits (`available_at`), is handed to the queue (`handed_at`), and ends done or parked. Payloads
hold ids only. Every time is given by the caller, except the time a row is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Interval, and_, bindparam, func, insert, or_, select, update

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


_NOTIFY = func.pg_notify(CHANNEL, "")
_ADD = insert(outbox).values(job=bindparam("job"), payload=bindparam("payload")).returning(_c.id, _NOTIFY)
_WAKE = select(_NOTIFY)


async def add(
    session: Session, job: str, payload: Mapping[str, int | str], available_at: datetime | None = None
) -> int:
    """Write one piece of work and tell the relay at the commit; gives the row's id.

    It waits until `available_at` when that is given.
    """
    written = _ADD.values(available_at=available_at) if available_at else _ADD
    row = await session.execute(written, {"job": job, "payload": dict(payload)})
    return int(row.scalar_one())


async def add_all(session: Session, works: Sequence[tuple[str, Mapping[str, int | str]]]) -> None:
    """Write many pieces of work, in their order, as `add` writes one."""
    if len(works) == 1:
        await add(session, *works[0])
    elif works:
        await session.execute(insert(outbox), [{"job": job, "payload": dict(ids)} for job, ids in works])
        await wake(session)


async def add_once(session: Session, job: str, available_at: datetime) -> bool:
    """Write work that nothing distinguishes, unless some waits already; whether this call wrote it."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"once:{job}"))))
    if (await session.execute(select(_c.id).where(_c.job == job, _waiting).limit(1))).first():
        return False
    await add(session, job, {}, available_at)
    return True


async def wake(session: Session) -> None:
    """Tell the relays to look, at the commit."""
    await session.execute(_WAKE)


_chosen = (
    select(_c.id)
    .where(_waiting, _c.available_at <= bindparam("now"))
    .where(or_(_c.handed_at.is_(None), _c.handed_at <= bindparam("before")))
    .order_by(_c.available_at, _c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("chosen")
)
_CLAIM = (
    update(outbox).where(_c.id.in_(select(_chosen.c.id))).values(handed_at=bindparam("now")).returning(_c.id)
)
_LIMIT = bindparam("limit", type_=Interval)
_NEXT_DUE = select(func.min(func.greatest(_c.available_at, _c.handed_at + _LIMIT))).where(_waiting)


async def claim(session: Session, now: datetime, handed_limit: timedelta, limit: int) -> Sequence[int]:
    """Mark up to `limit` rows as handed, oldest first: their ids.

    Rows that another relay is claiming are skipped. A row handed more than `handed_limit` ago and not
    ended is claimed again: the queue or its worker lost it.
    """
    asked = {"now": now, "before": now - handed_limit, "most": limit}
    rows = await session.execute(_CLAIM, asked)
    return sorted(int(row[0]) for row in rows)


async def next_due(session: ReadSession, handed_limit: timedelta) -> datetime | None:
    """When the next waiting row can be claimed; None when nothing waits."""
    found = await session.execute(_NEXT_DUE, {"limit": handed_limit})
    earliest: datetime | None = found.scalar_one()
    return earliest


_TAKE = (
    update(outbox)
    .where(_c.id == bindparam("row_id"), _waiting)
    .values(done_at=bindparam("now"), error="")
    .returning(_c.id, _c.job, _c.payload, _c.tries, _c.created_at)
)
"""Built once, like the other statements that each mail executes: building one costs as much as running it."""


async def take(session: Session, row_id: int, now: datetime) -> OutboxRow | None:
    """The row, done with this transaction and not before; None when it has ended.

    It waits for who has it: another job, or the relay, which holds a row a moment more after its queue
    got it.
    """
    row = (await session.execute(_TAKE, {"row_id": row_id, "now": now})).one_or_none()
    return OutboxRow(row[0], row[1], row[2], row[3], row[4]) if row else None


async def fail(session: Session, row_id: int, error: str, again_at: datetime) -> None:
    """One more try failed: wait until `again_at`. `error` says why, without personal data."""
    await session.execute(
        update(outbox)
        .where(_c.id == row_id, _waiting)
        .values(tries=_c.tries + 1, error=error, available_at=again_at, handed_at=None)
    )
    await wake(session)


async def park(session: Session, row_id: int, error: str, now: datetime) -> None:
    """Give up: the row stays, with its reason, for a person to see."""
    await session.execute(
        update(outbox).where(_c.id == row_id, _waiting).values(tries=_c.tries + 1, error=error, parked_at=now)
    )
