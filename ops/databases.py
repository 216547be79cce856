"""Create, clone and drop databases on the server that an address names."""

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Iterator

import asyncpg
from sqlalchemy.engine import make_url

from ops.embedded import EmbeddedServers
from settings import Settings

_NAME = re.compile(r"escale_test_[a-z0-9_]{1,50}")


def at(database_url: str, name: str) -> str:
    """The address of database `name` on the same server, with the plain `postgresql` scheme."""
    url = make_url(database_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


async def create(database_url: str, name: str, template: str = "") -> str:
    """Create `escale_test_…`, empty or as a clone of `template`; returns its address."""
    _check(name)
    # An empty one is spelled out: the server's own default may be another encoding or collation.
    origin = f'"{template}"' if template else "template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    async with _connection(database_url) as connection:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {origin}')
    return at(database_url, name)


async def exists(database_url: str, name: str) -> bool:
    """Whether the server has a database of that name."""
    async with _connection(database_url) as connection:
        found = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
    return found is not None


@contextlib.asynccontextmanager
async def one_at_a_time(database_url: str, name: str) -> AsyncIterator[None]:
    """Hold the server's advisory lock of that name: other processes wait here."""
    async with _connection(database_url) as connection:
        await connection.execute("SELECT pg_advisory_lock(hashtext($1))", name)
        yield


async def drop(database_url: str, name: str) -> None:
    """Drop `escale_test_…`, ending the sessions that still use it; harmless when it is gone."""
    _check(name)
    async with _connection(database_url) as connection:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def drop_all(database_url: str, run: str) -> None:
    """Drop every `escale_test_…` database whose name carries the run's identifier."""
    async with _connection(database_url) as connection:
        rows = await connection.fetch(
            "SELECT datname FROM pg_database"
            " WHERE starts_with(datname, 'escale_test_') AND strpos(datname, $1) > 0",
            run,
        )
    for row in rows:
        await drop(database_url, row["datname"])


@contextlib.contextmanager
def scratch(settings: Settings) -> Iterator[str]:
    """An empty database of our own, dropped at the end: on `DATABASE_URL`'s server, else embedded."""
    with contextlib.ExitStack() as stack:
        server = settings.database_url
        if not server:
            server = stack.enter_context(EmbeddedServers(durable=False)).database_url
        name = f"escale_test_scratch_{secrets.token_hex(4)}"
        url = asyncio.run(create(server, name))
        try:
            yield url
        finally:
            asyncio.run(drop(server, name))


@contextlib.asynccontextmanager
async def _connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(at(database_url, make_url(database_url).database or "postgres"))
    try:
        yield connection
    finally:
        await connection.close()


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not one of our test databases")
