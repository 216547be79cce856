"""The smallest question PostgreSQL can be asked."""

from sqlalchemy import text

from data.session import ReadSession


async def ping(session: ReadSession) -> None:
    """Raise what the driver raises when PostgreSQL does not answer."""
    await session.execute(text("SELECT 1"))
