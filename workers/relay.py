"""From the outbox to the queue: woken by PostgreSQL's notification, and each minute in any case."""

import asyncio
from contextlib import suppress
from datetime import datetime

from arq.connections import ArqRedis, create_pool

from data import outbox
from data.listen import listen
from data.queries import runs
from settings import Settings
from workers.jobs import Context, now, transaction, work
from workers.schedule import SCHEDULE, Planned
from workers.settings import queue_of, redis_settings
from workers.wire import from_wire, to_wire

BATCH = 100
"""Rows handed over in one transaction."""
_HAND_S = 5.0
"""A queue that hangs must not hold the rows."""
_SHORTEST_S = 0.2
_GATHER_S = 0.1
"""After a notification: one look then finds all that is promised at about the same time, for one price."""


async def hand_over(context: Context, queue: ArqRedis) -> tuple[int, datetime | None]:
    """Give rows to the queue, some a message; how many, and when another one may be given.

    The queue gets them before the commit: if it fails, nothing was handed; if the commit fails, they are
    handed again, and whoever comes second finds them done.
    """
    async with transaction(context.maker) as session:
        rows = await outbox.claim(session, now(), context.limits.handed, BATCH)
        due = await outbox.next_due(session, context.limits.handed)
        async with asyncio.timeout(_HAND_S):
            for start in range(0, len(rows), context.limits.batch):
                await queue.enqueue_job(work.__name__, rows[start : start + context.limits.batch])
    return len(rows), due


async def plan(context: Context, planned: dict[Planned, datetime]) -> None:
    """Write the runs whose time has come; `planned` remembers those known to be written."""
    for entry in SCHEDULE:
        moment = entry.last(now())
        if planned.get(entry) != moment:
            async with transaction(context.maker) as session:
                await runs.plan(session, entry.job, moment)
            planned[entry] = moment


def _wait_s(context: Context, due: datetime | None) -> float:
    left = (due - now()).total_seconds() if due else context.limits.sweep_s
    return min(max(left, _SHORTEST_S), context.limits.sweep_s)


async def _sweep(context: Context, queue: ArqRedis, woken: asyncio.Event) -> None:
    planned: dict[Planned, datetime] = {}
    while True:
        woken.clear()
        await plan(context, planned)
        handed, due = BATCH, None
        while handed == BATCH:
            handed, due = await hand_over(context, queue)
        with suppress(TimeoutError):
            async with asyncio.timeout(_wait_s(context, due)):
                await woken.wait()
                await asyncio.sleep(_GATHER_S)


async def _wake(database_url: str, woken: asyncio.Event) -> None:
    async for _ in listen(database_url, (outbox.CHANNEL,)):
        woken.set()


async def relay(context: Context, settings: Settings) -> None:
    """Hand rows over until cancelled; raises when PostgreSQL or the queue is away."""
    queue = await create_pool(
        redis_settings(settings.valkey_url),
        job_serializer=to_wire,
        job_deserializer=from_wire,
        default_queue_name=queue_of(settings.database_url),
    )
    woken = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_wake(settings.database_url, woken))
            group.create_task(_sweep(context, queue, woken))
    finally:
        await queue.aclose()
