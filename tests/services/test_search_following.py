"""The engine follows every commit, whatever the order they land in and whatever is restarted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date
from time import perf_counter

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import index as rows
from data.queries.index import freeze
from data.session import SessionMaker, create_engine, create_maker
from data.tables import companies, offers, reference_imports, rome_occupations
from domain.search import Criteria
from matching.rank import rank
from ops.embedded import EmbeddedServers
from services.indexing import SearchEngine, follow, load_engine, refresh
from tests.factories.companies import MOMENT, add_company, add_offer
from tests.factories.reference import add_reference

TODAY = date(2026, 3, 10)


def found(engine: SearchEngine) -> set[int]:
    criteria = Criteria(today=TODAY, page_size=1000)
    return {hit.company_id for hit in rank(criteria, engine.occupations, engine.index).hits}


async def until(true: Callable[[], bool], limit_s: float = 10.0) -> float:
    """Wait for something to be true; how long it took."""
    began = perf_counter()
    while not true():
        assert perf_counter() - began < limit_s, "never came true"
        await asyncio.sleep(0.002)
    return perf_counter() - began


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SessionMaker]:
    engine = create_engine(url, 4)
    try:
        yield create_maker(engine)
    finally:
        await engine.dispose()


@asynccontextmanager
async def following(url: str, maker: SessionMaker) -> AsyncIterator[SearchEngine]:
    engines: list[SearchEngine] = []
    task = asyncio.create_task(follow(url, maker, engines.append))
    try:
        await until(lambda: bool(engines))
        yield engines[0]
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def maker(fresh_database: str) -> AsyncIterator[SessionMaker]:
    async with opened(fresh_database) as maker:
        async with maker() as session, session.begin():
            await add_reference(session)
        yield maker


async def loaded(maker: SessionMaker) -> SearchEngine:
    async with maker() as session, session.begin():
        await freeze(session)
        return await load_engine(session)


async def read_again(maker: SessionMaker, engine: SearchEngine) -> int:
    async with maker() as session, session.begin():
        await freeze(session)
        return await refresh(session, engine)


async def test_a_commit_is_found_within_a_second(maker: SessionMaker, fresh_database: str) -> None:
    async with following(fresh_database, maker) as engine:
        async with maker() as session, session.begin():
            company = await add_company(session)
        assert await until(lambda: found(engine) == {company}, 1.0) < 1.0
        async with maker() as session, session.begin():
            await session.execute(delete(companies).where(companies.c.id == company))
        await until(lambda: found(engine) == set(), 1.0)


async def test_what_is_rolled_back_is_never_found(maker: SessionMaker) -> None:
    engine = await loaded(maker)
    async with maker() as session, session.begin() as transaction:
        await add_company(session)
        await transaction.rollback()
    assert await read_again(maker, engine) == 0
    assert found(engine) == set()


async def test_transactions_that_commit_out_of_order_are_all_found(maker: SessionMaker) -> None:
    engine = await loaded(maker)
    async with maker() as first, first.begin():
        early = await add_company(first)
        async with maker() as second, second.begin():
            late = await add_company(second)
        await read_again(maker, engine)
        assert found(engine) == {late}
    await read_again(maker, engine)
    assert found(engine) == {early, late}


async def test_a_removal_that_commits_late_is_not_missed(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        gone, kept = await add_company(session), await add_company(session)
    engine = await loaded(maker)
    async with maker() as first, first.begin():
        await first.execute(delete(companies).where(companies.c.id == gone))
        async with maker() as second, second.begin():
            await second.execute(update(companies).where(companies.c.id == kept).values(engaged=True))
        await read_again(maker, engine)
        assert found(engine) == {gone, kept}
    await read_again(maker, engine)
    assert found(engine) == {kept}


async def test_what_was_applied_is_not_read_twice_while_a_transaction_stays_open(maker: SessionMaker) -> None:
    engine = await loaded(maker)
    async with maker() as slow, slow.begin():
        await add_company(slow)
        async with maker() as session, session.begin():
            company = await add_company(session)
        assert await read_again(maker, engine) == 1
        assert await read_again(maker, engine) == 0
        async with maker() as session, session.begin():
            await add_offer(session, company, "G1602", "on_site", "Cuisine")
        assert await read_again(maker, engine) == 1


async def test_a_change_of_an_offer_alone_is_followed(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        company = await add_company(session)
    engine = await loaded(maker)
    async with maker() as session, session.begin():
        await session.execute(delete(offers).where(offers.c.company_id == company))
    await read_again(maker, engine)
    assert found(engine) == set()


async def test_a_lost_connection_is_opened_again_and_what_was_missed_is_read(
    maker: SessionMaker, fresh_database: str
) -> None:
    async with following(fresh_database, maker) as engine:
        async with maker() as session, session.begin():
            await kill_listeners(session)
            company = await add_company(session)
        await until(lambda: found(engine) == {company})


async def kill_listeners(session: AsyncSession) -> None:
    listeners = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    assert len((await session.execute(listeners)).all()) == 1


async def test_a_new_import_renumbers_the_jobs(maker: SessionMaker, fresh_database: str) -> None:
    async with following(fresh_database, maker) as engine:
        async with maker() as session, session.begin():
            await session.execute(insert(rome_occupations).values(code="A1101", label="Conducteur agricole"))
            await session.execute(update(reference_imports).values(version="next"))
            company = await add_company(session, jobs=("A1101",))
            await session.execute(text("NOTIFY reference"))
        await until(lambda: found(engine) == {company})
        assert engine.rome_version == "next"


async def test_a_server_that_restarts_is_followed_again(own_servers: EmbeddedServers) -> None:
    async with opened(own_servers.database_url) as maker:
        async with maker() as session, session.begin():
            await session.execute(text("SET LOCAL synchronous_commit = on"))  # outlive the crash
            await add_reference(session)
            company = await add_company(session)
        async with following(own_servers.database_url, maker) as engine:
            own_servers.postgres.kill()
            await asyncio.sleep(0.3)
            assert found(engine) == {company}, "searches go on with what is known"
            own_servers.postgres.start()
            async with maker() as session, session.begin():
                second = await add_company(session)
            await until(lambda: found(engine) == {company, second})


async def test_an_engine_starts_before_its_server(own_servers: EmbeddedServers) -> None:
    own_servers.postgres.stop()
    async with opened(own_servers.database_url) as maker:
        engines: list[SearchEngine] = []
        task = asyncio.create_task(follow(own_servers.database_url, maker, engines.append))
        await asyncio.sleep(0.2)
        assert engines == []
        own_servers.postgres.start()
        await until(lambda: bool(engines))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_pause_needs_no_write_to_end(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        await add_company(session, next_availability_date=date(2026, 3, 11), updated_at=MOMENT)
    engine = await loaded(maker)
    assert found(engine) == set()
    tomorrow = Criteria(today=date(2026, 3, 11))
    assert rank(tomorrow, engine.occupations, engine.index).total == 1


async def test_many_changes_at_once_are_read_with_everything_else(
    maker: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with maker() as session, session.begin():
        before = await add_company(session)
    engine = await loaded(maker)
    old = engine.index
    monkeypatch.setattr(rows, "MOST_CHANGES", 2)
    async with maker() as session, session.begin():
        added = {await add_company(session) for _ in range(3)}
        await session.execute(delete(companies).where(companies.c.id == before))
    assert await read_again(maker, engine) == 3
    assert found(engine) == added
    assert engine.index is not old


async def test_a_database_restored_from_a_backup_is_read_again(maker: SessionMaker) -> None:
    engine = await loaded(maker)
    old = engine.index
    engine.seen = rows.Seen("900000000:900000000:")
    await read_again(maker, engine)
    assert engine.index is not old
    assert engine.seen.xmax < 900000000
