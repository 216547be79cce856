"""Flags that the back office set; one that it never touched has no row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import flags

_c = flags.c


async def read(session: ReadSession) -> dict[str, tuple[bool, datetime]]:
    """Whether each flag that was set is open, and since when, by name."""
    rows = await session.execute(select(_c.name, _c.enabled, _c.updated_at))
    return {row[0]: (row[1], row[2]) for row in rows}


async def is_closed(session: ReadSession, name: str) -> bool:
    """Whether that flag was closed."""
    found = await session.scalar(select(_c.enabled).where(_c.name == name))
    return found is False


async def write(session: Session, name: str, *, enabled: bool, user: UUID | None, now: datetime) -> None:
    """Open or close."""
    values = {"enabled": enabled, "updated_at": now, "updated_by": user}
    statement = insert(flags).values(name=name, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=[_c.name], set_=values))
