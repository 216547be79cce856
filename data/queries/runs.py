"""What the clock planned, and what became of it: one row a job and a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from data import outbox
from data.session import ReadSession, Session
from data.tables import scheduled_runs

_c = scheduled_runs.c

Outcome = Literal["waiting", "done", "failed", "parked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run; `failed` is tried again later, `parked` is not. Times are of its last try."""

    job: str
    planned_for: datetime
    started_at: datetime | None
    ended_at: datetime | None
    treated: int | None
    outcome: Outcome


async def plan(session: Session, job: str, planned_for: datetime) -> bool:
    """Write a run and its work unless some worker did; whether this call wrote it.

    A worker that is writing the same run is waited for.
    """
    row = await session.execute(
        insert(scheduled_runs)
        .values(job=job, planned_for=planned_for)
        .on_conflict_do_nothing(constraint="uq_scheduled_runs_once")
        .returning(_c.id)
    )
    if row.first() is None:
        return False
    await outbox.add(session, job, {"planned_at": planned_for.isoformat()})
    return True


async def end(session: Session, run: Run) -> None:
    """Write what became of a run."""
    await session.execute(
        update(scheduled_runs)
        .where(_c.job == run.job, _c.planned_for == run.planned_for)
        .values(started_at=run.started_at, ended_at=run.ended_at, treated=run.treated, outcome=run.outcome)
    )


async def runs(session: ReadSession, limit: int) -> Sequence[Run]:
    """The last runs, newest first."""
    columns = select(_c.job, _c.planned_for, _c.started_at, _c.ended_at, _c.treated, _c.outcome)
    rows = await session.execute(columns.order_by(_c.planned_for.desc(), _c.job).limit(limit))
    return [Run(**row) for row in rows.mappings()]


async def last_runs(session: ReadSession) -> dict[str, Run]:
    """The last run of each job."""
    columns = select(_c.job, _c.planned_for, _c.started_at, _c.ended_at, _c.treated, _c.outcome)
    rows = await session.execute(columns.ext(distinct_on(_c.job)).order_by(_c.job, _c.planned_for.desc()))
    return {row["job"]: Run(**row) for row in rows.mappings()}
