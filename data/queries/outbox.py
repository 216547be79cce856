"""The outbox as the people who run the service see it: what waits, what was given up, trying it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from data import outbox as work
from data.session import ReadSession, Session
from data.tables import outbox

_c = outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A piece of work given up. `error` says why, without personal data; `payload` holds ids."""

    id: int
    job: str
    payload: Mapping[str, Any]
    tries: int
    created_at: datetime
    parked_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Group:
    """Work given up, of one job and for one reason."""

    job: str
    error: str
    count: int


async def parked(session: ReadSession, limit: int) -> Sequence[Parked]:
    """What was given up, newest first."""
    columns = select(_c.id, _c.job, _c.payload, _c.tries, _c.created_at, _c.parked_at, _c.error)
    query = columns.where(_c.parked_at.is_not(None)).order_by(_c.parked_at.desc(), _c.id.desc()).limit(limit)
    return [Parked(**row) for row in (await session.execute(query)).mappings()]


async def groups(session: ReadSession, since: datetime | None = None) -> Sequence[Group]:
    """What was given up, counted by job and reason, the most frequent first; `since` leaves out older."""
    count = func.count()
    query = select(_c.job, _c.error, count).where(_c.parked_at.is_not(None))
    if since:
        query = query.where(_c.parked_at > since)
    rows = await session.execute(query.group_by(_c.job, _c.error).order_by(count.desc(), _c.job, _c.error))
    return [Group(row[0], row[1], int(row[2])) for row in rows]


async def count_waiting(session: ReadSession) -> int:
    """How many pieces of work are to be done or tried again."""
    query = select(func.count()).where(_c.done_at.is_(None), _c.parked_at.is_(None))
    return int((await session.execute(query)).scalar_one())


async def replay(session: Session, row_id: int, now: datetime) -> bool:
    """Try again, from its first try, work that was given up; False when that row is not."""
    return await _replay(session, now, row_id) == 1


async def replay_all(session: Session, now: datetime) -> int:
    """Try again all that was given up; how many."""
    return await _replay(session, now, None)


async def _replay(session: Session, now: datetime, row_id: int | None) -> int:
    again = update(outbox).where(_c.parked_at.is_not(None))
    if row_id is not None:
        again = again.where(_c.id == row_id)
    values = {"parked_at": None, "handed_at": None, "tries": 0, "available_at": now}
    rows = (await session.execute(again.values(values).returning(_c.id))).all()
    if rows:
        await work.wake(session)
    return len(rows)
