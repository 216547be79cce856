"""One command is one transaction: here the person at the terminal is the door."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select

from data.reference.imports import CHANNEL
from data.session import Session, create_engine, create_maker


@asynccontextmanager
async def transaction(database_url: str) -> AsyncIterator[Session]:
    """A session that commits when the block ends well, on a connection closed after it."""
    engine = create_engine(database_url, 1)
    try:
        async with create_maker(engine)() as session, session.begin():
            yield session
    finally:
        await engine.dispose()


def now() -> datetime:
    """The clock of the command line, in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


async def reindex(database_url: str) -> None:
    """Ask every API process to read the referentials and all companies anew."""
    async with transaction(database_url) as session:
        await session.execute(select(func.pg_notify(CHANNEL, "")))
