"""Accounts at the terminal: what a restored backup brought back is deleted again."""

from uuid import UUID

from ops.transactions import now, transaction
from services.accounts.removal import erase_again


async def erase(database_url: str, user: UUID) -> None:
    """Delete the account of that number and all that is held about its person; raises `NotFoundError`."""
    async with transaction(database_url) as session:
        await erase_again(session, user, now())
