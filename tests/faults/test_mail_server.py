"""A mail server that refuses connections, is slow, says 4xx, then 5xx: each mail once all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP
from sqlalchemy import text

from settings import Settings
from tests.clients.http_server import closed_port
from tests.faults.promises import Promises, settings_of
from tests.workers.worker_process import until, worker


@asynccontextmanager
async def hurried(promises: Promises) -> AsyncIterator[None]:
    """Back-off is passed over: each second, what waits for a next try is tried."""

    async def hurry() -> None:
        while True:
            await promises.hurry()
            await asyncio.sleep(1)

    task = asyncio.create_task(hurry())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def failed_once(promises: Promises, count: int) -> bool:
    async with promises.maker() as session:
        query = text("SELECT count(*) FROM outbox WHERE tries > 0")
        return int((await session.execute(query)).scalar_one()) >= count


async def test_refusing_connections_then_back(fresh_settings: Settings, promises: Promises) -> None:
    port = await closed_port()
    with worker(settings_of(fresh_settings, f"smtp://127.0.0.1:{port}"), promises.logs):
        await promises.make(60)
        await until(lambda: failed_once(promises, 60), "a failed try of each")
        assert promises.sink.got == []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(promises.sink, loop=loop), "127.0.0.1", port)
        async with hurried(promises):
            await promises.kept()
        server.close()
    assert len(promises.sink.got) == 60


async def test_slow(fresh_settings: Settings, promises: Promises) -> None:
    """So slow that rows wait for their turn longer than a job may last: none is cut short while it goes."""
    promises.sink.delay_s = 0.5
    with worker(settings_of(fresh_settings, promises.sink.url), promises.logs):
        await promises.make(40)
        async with hurried(promises):
            await promises.kept()
    assert len(promises.sink.got) == 40


async def test_not_now_then_never(fresh_settings: Settings, promises: Promises) -> None:
    """4xx are tried again; 5xx are parked when they are ours, and recorded when the address is dead."""
    promises.sink.rcpt_replies = [*["450 4.2.1 busy"] * 30, *["550 5.7.1 not from you"] * 4]
    promises.sink.rcpt_replies += ["550 5.1.1 unknown"] * 3
    promises.sink.data_replies = [*["451 4.3.0 try again"] * 20, "554 5.6.0 content refused"]
    with worker(settings_of(fresh_settings, promises.sink.url), promises.logs):
        await promises.make(80)
        async with hurried(promises):
            await promises.kept(refused=8)
        assert await promises.parked() == 5
        async with promises.maker() as session, session.begin():
            await session.execute(
                text("UPDATE outbox SET parked_at = NULL, tries = 0 WHERE parked_at IS NOT NULL")
            )
        async with hurried(promises):
            await promises.kept(refused=3)
    async with promises.maker() as session:
        refused = text("SELECT count(*) FROM emails WHERE kept_back = 'refused'")
        assert (await session.execute(refused)).scalar_one() == 3
        dead = text("SELECT count(*) FROM address_states WHERE unreachable_at IS NOT NULL")
        assert (await session.execute(dead)).scalar_one() == 3
