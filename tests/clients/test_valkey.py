"""Counters on a real Valkey: atomic, without names, gone in less than a second, back by themselves."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import redis

from clients.valkey import Counters
from domain.errors import UnavailableError
from ops.embedded import EmbeddedServers
from tests.clients.http_server import closed_port

KEY = "secret-key-of-the-tests-0123456789"


@pytest.fixture
async def counters(valkey_url: str) -> AsyncIterator[Counters]:
    counters = Counters(valkey_url, KEY)
    yield counters
    await counters.close()


async def test_the_limit_then_the_wait(counters: Counters) -> None:
    assert [await counters.hit("ip:192.0.2.1", 3, 60) for _ in range(3)] == [0, 0, 0]
    wait = await counters.hit("ip:192.0.2.1", 3, 60)
    assert 58 < wait <= 60
    assert await counters.hit("ip:192.0.2.2", 3, 60) == 0


async def test_a_window_ends_and_refusals_do_not_lengthen_it(counters: Counters) -> None:
    began = time.monotonic()
    assert await counters.hit("x", 1, 1) == 0
    while time.monotonic() - began < 0.8:
        assert await counters.hit("x", 1, 1) == 1
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.1 - (time.monotonic() - began))
    assert await counters.hit("x", 1, 1) == 0


async def test_no_limit_counts_nothing(counters: Counters, valkey_url: str) -> None:
    assert await counters.hit("x", 0, 60) == 0
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0


async def test_many_at_once_over_two_processes_pass_the_limit_exactly(valkey_url: str) -> None:
    both = [Counters(valkey_url, KEY), Counters(valkey_url, KEY)]
    answers = await asyncio.gather(*(both[at % 2].hit("y", 40, 60) for at in range(100)))
    assert answers.count(0) == 40
    for one in both:
        await one.close()


async def test_what_is_counted_is_not_written(counters: Counters, valkey_url: str) -> None:
    await counters.hit("mail:ana@dupont.example", 3, 60)
    with redis.Redis.from_url(valkey_url) as client:
        (key,) = client.keys("*")
        assert b"ana" not in key
        assert client.ttl(key) == pytest.approx(60, abs=2)
    other = Counters(valkey_url, "another-key-0123456789-0123456789")
    await other.hit("mail:ana@dupont.example", 3, 60)
    await other.close()
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 2


async def test_gone_then_back_by_itself(own_servers: EmbeddedServers) -> None:
    counters = Counters(own_servers.valkey_url, KEY)
    assert await counters.hit("z", 5, 60) == 0
    await asyncio.to_thread(own_servers.valkey.kill)
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(UnavailableError) as refused:
            await counters.hit("z", 5, 60)
        assert time.monotonic() - began < 5
        assert refused.value.retry_after_s > 0
    await asyncio.to_thread(own_servers.valkey.start)
    assert await counters.hit("z", 5, 60) == 0
    await counters.close()


async def test_silent_is_gone_too() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for address in (f"redis://127.0.0.1:{port}", f"redis://127.0.0.1:{await closed_port()}"):
        counters = Counters(address, KEY)
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            await counters.hit("z", 5, 60)
        assert time.monotonic() - began < 5
        await counters.close()
    server.close()
    await server.wait_closed()
