"""Two people at once, for tests: sessions of their own, and the moment when one waits for the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from data.session import Session, SessionMaker, create_engine, create_maker
from tests.api.conftest import until

_PATIENCE_S = 20
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE :locking"
)


@asynccontextmanager
async def sessions(url: str) -> AsyncIterator[SessionMaker]:
    """A maker of three sessions at most."""
    engine = create_engine(url, 3)
    yield create_maker(engine)
    await engine.dispose()


async def until_waiting(watching: Session | AsyncConnection, locking: str, many: int = 1) -> None:
    """Wait until that many statements like `locking` wait for a lock; `watching` has no other use."""

    async def waiting() -> bool:
        count = int(await watching.scalar(_WAITING, {"locking": locking}) or 0)
        await watching.rollback()
        return count == many

    await until(waiting, seconds=_PATIENCE_S)
