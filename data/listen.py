"""What PostgreSQL notifies, as an asynchronous iteration that survives its restarts."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress

import asyncpg

from data.session import CONNECT_TIMEOUT_S, async_url

CONNECTED, LOST = "+", "-"
"""Yielded with all the channels after each (re)connection, since what was missed meanwhile is unknown;
yielded alone when the connection is lost."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 2.0
"""Between two attempts to connect, doubling."""
HEARTBEAT_S = 15.0
"""A connection that says nothing for this long is asked whether it is still there."""
_ANSWER_S = 5.0


class _Inbox:
    """Channels notified and not yet read; `lost` once the connection is gone."""

    def __init__(self) -> None:
        self.channels: set[str] = set()
        self.lost = False
        self.woken = asyncio.Event()

    def notified(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self.channels.add(channel)
        self.woken.set()

    def terminated(self, _connection: object) -> None:
        self.lost = True
        self.woken.set()

    def take(self) -> frozenset[str]:
        taken = frozenset(self.channels)
        self.channels.clear()
        self.woken.clear()
        return taken


async def listen(database_url: str, channels: Collection[str]) -> AsyncIterator[frozenset[str]]:
    """Yield the channels notified since the last time; also `CONNECTED` with all of them, and `LOST`.

    Never ends by itself; close it (or cancel its task) to release the connection.
    """
    wait = FIRST_WAIT_S
    while True:
        inbox = _Inbox()
        connection = await _connect(database_url, channels, inbox)
        if connection is None:
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT_S, 2 * wait)
            continue
        wait = FIRST_WAIT_S
        try:
            yield frozenset({*channels, CONNECTED})
            while await _woken(connection, inbox):
                yield inbox.take()
        finally:
            connection.terminate()
        yield frozenset({LOST})


async def _connect(database_url: str, channels: Collection[str], inbox: _Inbox) -> asyncpg.Connection | None:
    """A connection that listens; None when PostgreSQL cannot be reached now."""
    dsn = async_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection: asyncpg.Connection | None = None
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S)
        connection.add_termination_listener(inbox.terminated)
        for channel in channels:
            await connection.add_listener(channel, inbox.notified)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        if connection is not None:
            connection.terminate()
        return None
    return connection


async def _woken(connection: asyncpg.Connection, inbox: _Inbox) -> bool:
    """Wait for a notification; whether the connection still lives."""
    while not inbox.woken.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                await inbox.woken.wait()
            break
        try:
            await connection.execute("SELECT 1", timeout=_ANSWER_S)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
    return not inbox.lost
