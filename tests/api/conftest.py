"""The whole application on a database with the starter data: in process, and as a real server."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from api.app import create_app
from ops import databases
from settings import ROOT, Settings
from tests.conftest import Servers, run_async

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_READY_S = 120


@pytest.fixture(scope="session")
def starter_database(servers: Servers, worker_name: str, starter_template: str) -> str:
    """A worker's database with the starter data, shared by tests that only add to it."""
    name = f"escale_test_{servers.run}_{worker_name}_api"
    return run_async(databases.create(servers.database_url, name, starter_template))


@pytest.fixture(scope="session")
def api_settings(starter_database: str, _valkey: str, documents_url: str) -> Settings:
    return Settings(
        environment="test",
        database_url=starter_database,
        valkey_url=_valkey,
        storage_url=documents_url,
        sirene_url="http://127.0.0.1:9",
        sms_url="http://127.0.0.1:9",
        sms_api_key="of-the-tests",
    )


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """The application's lifespan, in a task of its own: fixtures start and end in different ones."""
    ready, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await stop.wait()

    living = asyncio.create_task(live())
    await asyncio.wait([living, waiting := asyncio.create_task(ready.wait())], return_when="FIRST_COMPLETED")
    waiting.cancel()
    try:
        yield
    finally:
        stop.set()
        await living


async def opened(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application in this event loop, once search answers."""
    transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
    async with (
        running(app),
        httpx.AsyncClient(transport=transport, base_url="http://escale.test", timeout=10) as client,
    ):

        async def answers() -> bool:
            return (await client.get("/api/v1/health")).status_code == httpx.codes.OK

        await until(answers, seconds=_READY_S)
        yield client


@pytest.fixture(scope="session")
async def api_app(api_settings: Settings) -> AsyncIterator[Litestar]:
    """The application, started once a run: what each test does to it is bounded by its own data."""
    app = create_app(api_settings)
    async for _ in opened(app):
        yield app


@pytest.fixture
async def client(api_app: Litestar, valkey_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A caller with no cookie yet, and counters at zero."""
    assert valkey_url
    transport = httpx.ASGITransport(cast("Any", api_app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://escale.test", timeout=10) as one:
        yield one


async def until(true: Callable[[], Awaitable[bool]], *, seconds: float) -> None:
    """Wait until something becomes true; fail when it takes longer."""
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, f"not true after {seconds} s"
        await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def live_url(servers: Servers, starter_database: str, documents_url: str) -> Iterator[str]:
    """Address of a real server process on the starter data."""
    port = free_port()
    environment = {
        **os.environ,  # noqa: TID251 - what a child process inherits
        "ENVIRONMENT": "test",
        "DATABASE_URL": starter_database,
        "VALKEY_URL": servers.valkey_url,
        "STORAGE_URL": documents_url,
        "SIRENE_TIMEOUT_S": "0.2",
        "REGISTRATIONS_PER_HOUR": "1000000",
        "MAILS_PER_HOUR": "1000000",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:application"]
    command += ["--port", str(port), "--log-level", "warning"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process)
            yield url
        finally:
            process.terminate()


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for the health route to answer 200; fail when the process ends or takes too long."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server stopped"
        try:
            if httpx.get(f"{url}/api/v1/health", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the server never answered")
