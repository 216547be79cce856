"""The outbox on PostgreSQL: written with the decision, claimed once, handed again when lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data import outbox
from data.listen import listen
from data.queries import runs
from data.session import SessionMaker, create_engine, create_maker
from data.tables import outbox as table

LIMIT = timedelta(minutes=5)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - rows are written with the server's clock


async def row_of(session: AsyncSession, row_id: int) -> Any:  # noqa: ANN401 - a row
    return (await session.execute(select(table).where(table.c.id == row_id))).one()


@pytest.fixture
async def maker(fresh_database: str) -> AsyncIterator[SessionMaker]:
    engine = create_engine(fresh_database)
    yield create_maker(engine)
    await engine.dispose()


async def test_a_row_lives_waiting_handed_done(session: AsyncSession) -> None:
    row_id = await outbox.add(session, "x", {"company": 3})
    moment = now() + timedelta(seconds=1)
    assert await outbox.claim(session, moment, LIMIT, 10) == [row_id]
    assert await outbox.claim(session, moment, LIMIT, 10) == []
    row = await outbox.take(session, row_id, moment)
    assert row is not None
    assert (row.job, row.payload, row.tries) == ("x", {"company": 3}, 0)
    assert await outbox.take(session, row_id, moment) is None
    assert await outbox.claim(session, moment + timedelta(days=1), LIMIT, 10) == []


async def test_a_handed_row_that_never_ends_is_handed_again(session: AsyncSession) -> None:
    row_id = await outbox.add(session, "x", {})
    moment = now() + timedelta(seconds=1)
    await outbox.claim(session, moment, LIMIT, 10)
    assert await outbox.next_due(session, LIMIT) == moment + LIMIT
    assert await outbox.claim(session, moment + LIMIT - timedelta(seconds=1), LIMIT, 10) == []
    assert await outbox.claim(session, moment + LIMIT, LIMIT, 10) == [row_id]


async def test_a_failed_try_waits_then_counts(session: AsyncSession) -> None:
    row_id = await outbox.add(session, "x", {})
    moment = now() + timedelta(seconds=1)
    await outbox.claim(session, moment, LIMIT, 10)
    await outbox.fail(session, row_id, "SMTP 450", moment + timedelta(minutes=1))
    assert await outbox.next_due(session, LIMIT) == moment + timedelta(minutes=1)
    assert await outbox.claim(session, moment, LIMIT, 10) == []
    assert await outbox.claim(session, moment + timedelta(minutes=2), LIMIT, 10) == [row_id]
    assert (await row_of(session, row_id)).error == "SMTP 450"


async def test_a_parked_row_stays_with_its_reason(session: AsyncSession) -> None:
    row_id = await outbox.add(session, "x", {})
    await outbox.park(session, row_id, "SMTP 550", now())
    assert await outbox.claim(session, now() + timedelta(days=9), LIMIT, 10) == []
    assert await outbox.next_due(session, LIMIT) is None
    row = await row_of(session, row_id)
    assert (row.error, row.tries, row.parked_at is not None) == ("SMTP 550", 1, True)


async def test_oldest_first_and_no_more_than_asked(session: AsyncSession) -> None:
    ids = [await outbox.add(session, "x", {}) for _ in range(5)]
    moment = now() + timedelta(seconds=1)
    assert list(await outbox.claim(session, moment, LIMIT, 3)) == ids[:3]
    assert list(await outbox.claim(session, moment, LIMIT, 3)) == ids[3:]


async def test_two_relays_claim_different_rows(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        ids = [await outbox.add(session, "x", {}) for _ in range(6)]
    moment = now() + timedelta(seconds=1)
    async with maker() as one, one.begin(), maker() as two, two.begin():
        first = await outbox.claim(one, moment, LIMIT, 3)
        second = await outbox.claim(two, moment, LIMIT, 10)
    assert sorted([*first, *second]) == ids


async def test_a_claim_rolled_back_is_no_claim(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        row_id = await outbox.add(session, "x", {})
    moment = now() + timedelta(seconds=1)
    async with maker() as session:
        await outbox.claim(session, moment, LIMIT, 3)
        await session.rollback()
        assert await outbox.claim(session, moment, LIMIT, 3) == [row_id]


async def test_the_relay_is_told_by_the_commit_only(fresh_database: str, maker: SessionMaker) -> None:
    heard: list[float] = []
    listening = asyncio.Event()

    async def ear() -> None:
        async for _ in listen(fresh_database, (outbox.CHANNEL,)):
            heard.append(asyncio.get_running_loop().time())
            listening.set()

    task = asyncio.create_task(ear())
    await listening.wait()
    async with maker() as session:
        await outbox.add(session, "x", {})
        await session.rollback()
    async with maker() as session, session.begin():
        await outbox.add(session, "x", {})
        await asyncio.sleep(0.2)
        assert len(heard) == 1
    for _ in range(100):
        await asyncio.sleep(0.02)
        if len(heard) == 2:
            break
    assert len(heard) == 2
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_scheduled_run_is_written_once(maker: SessionMaker) -> None:
    moment = now()

    async def one() -> bool:
        async with maker() as session, session.begin():
            return await runs.plan(session, "retention.run", moment)

    assert sorted(await asyncio.gather(one(), one(), one())) == [False, False, True]
    async with maker() as session, session.begin():
        assert await runs.plan(session, "retention.run", moment + timedelta(days=1))


async def test_done_and_parked_exclude_each_other(fresh_database: str) -> None:
    connection = await asyncpg.connect(fresh_database)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            "INSERT INTO outbox (job, payload, done_at, parked_at) VALUES ('x', '{}', now(), now())"
        )
    await connection.close()
