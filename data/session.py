"""Connections to PostgreSQL. Nothing here commits: `api/deps.py` and `workers/jobs.py` do."""

from typing import Any

import msgspec
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Session = AsyncSession
"""A session whose use case writes."""
ReadSession = AsyncSession
"""A session whose use case only reads: the signature says so."""
SessionMaker = async_sessionmaker[AsyncSession]

STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
CONNECT_TIMEOUT_S = 3
POOL_TIMEOUT_S = 5

_GONE_STATES = ("08", "57P", "53")
"""SQLSTATE classes: connection exceptions, operator intervention, insufficient resources."""


def async_url(database_url: str) -> URL:
    """The address with its asyncpg driver, whatever PostgreSQL form was given."""
    return make_url(database_url).set(drivername="postgresql+asyncpg")


def create_engine(database_url: str, pool_size: int = 10) -> AsyncEngine:
    """An engine whose statements and locks give up in time, and whose pool gives no connection that ended.

    That a connection ended is known from its socket: asking PostgreSQL each time (`pool_pre_ping`) would cost
    a request as much as two of its statements.
    """
    engine = create_async_engine(
        async_url(database_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,  # errors are logged, and parameters hold people's names and addresses
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "server_settings": {
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "application_name": "escale",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _check_open)
    return engine


def _check_open(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - the driver's
    """The pool opens another connection in place of the one that this refuses."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def create_reader(engine: AsyncEngine) -> SessionMaker:
    """A maker of sessions for one reading: no transaction is begun, nor ended.

    What is written through it is kept at once, whatever follows: nothing writes.
    """
    return create_maker(engine.execution_options(isolation_level="AUTOCOMMIT"))


async def check_alive(session: Session) -> None:
    """Raise `ConnectionError` when PostgreSQL has closed the session's connection: its socket tells."""
    raw: Any = await (await session.connection()).get_raw_connection()
    if raw.driver_connection.is_closed():
        raise ConnectionError


def create_maker(engine: AsyncEngine) -> SessionMaker:
    """A maker of sessions; open one as `async with maker() as session, session.begin():`."""
    return async_sessionmaker(engine, expire_on_commit=False)


def is_gone(error: BaseException) -> bool:
    """Whether an error means that PostgreSQL cannot be reached or is going away (try again later)."""
    if isinstance(error, ConnectionError | PoolTimeoutError | TimeoutError):
        return True
    if isinstance(error, InterfaceError | OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        return True
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return isinstance(state, str) and state.startswith(_GONE_STATES)
