"""One request, one transaction: begun by its first statement, kept whole or not at all."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from sqlalchemy import event, text

from api.deps import transaction
from data.session import create_engine, create_maker

COUNT = text("SELECT count(*) FROM written")


@pytest.fixture
async def state(fresh_database: str) -> AsyncIterator[State]:
    engine = create_engine(fresh_database, 2)
    state = State({"maker": create_maker(engine), "pool": engine.pool, "url": fresh_database})
    async with transaction(state) as session:
        await session.execute(text("CREATE TABLE written (n int UNIQUE DEFERRABLE)"))
    yield state
    await engine.dispose()


async def written(state: State) -> int:
    async with transaction(state) as session:
        return int((await session.execute(COUNT)).scalar_one())


async def write(state: State, then: str = "SELECT 1") -> None:
    async with transaction(state) as session:
        await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        await session.execute(text("INSERT INTO written VALUES (1)"))
        await session.execute(text(then))


async def test_what_ends_well_is_kept(state: State) -> None:
    await write(state)
    assert await written(state) == 1


async def test_what_raises_leaves_nothing(state: State) -> None:
    with pytest.raises(Exception, match="division by zero"):
        await write(state, then="SELECT 1/0")
    assert await written(state) == 0
    assert state.pool.checkedout() == 0


async def test_a_commit_that_fails_is_an_error(state: State) -> None:
    await write(state)
    with pytest.raises(Exception, match="duplicate key"):
        await write(state)
    assert await written(state) == 1
    assert state.pool.checkedout() == 0


async def test_a_request_that_is_cancelled_gives_its_connection_back(state: State) -> None:
    began = asyncio.Event()

    async def slow() -> None:
        async with transaction(state) as session:
            await session.execute(text("INSERT INTO written VALUES (1)"))
            began.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await began.wait()
    task.cancel()
    await asyncio.wait([task])
    assert await written(state) == 0
    assert state.pool.checkedout() == 0


async def test_a_search_of_known_cards_takes_no_connection(
    api_app: Litestar, client: httpx.AsyncClient
) -> None:
    taken: list[object] = []
    pool = api_app.state.maker.kw["bind"].sync_engine.pool
    await client.post("/api/v1/search", json={})
    event.listen(pool, "checkout", lambda *connection: taken.append(connection))
    assert (await client.post("/api/v1/search", json={})).status_code == httpx.codes.OK
    assert taken == []
    await client.get("/api/v1/health")
    assert len(taken) == 1


async def test_connections_that_postgresql_ended_are_not_given(state: State) -> None:
    mine = text("SELECT pg_backend_pid()")
    async with transaction(state) as one, transaction(state) as other:
        ended = [(await each.execute(mine)).scalar_one() for each in (one, other)]
    engine = create_engine(str(state.url), 1)
    async with create_maker(engine)() as session:
        for pid in ended:
            await session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    await engine.dispose()
    async with transaction(state) as one, transaction(state) as other:
        opened = [(await each.execute(mine)).scalar_one() for each in (one, other)]
    assert not {*ended} & {*opened}
