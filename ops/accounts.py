"""Accounts at the terminal: what a restored backup brought back is deleted again."""

from uuid import UUID

from domain.chain import ChainKeys
from ops.transactions import now, transaction
from services.accounts.removal import erase_again
from services.conventions.story import Office
from settings import Settings


async def erase(settings: Settings, user: UUID) -> None:
    """Delete the account of that number and all that is held about its person; raises `NotFoundError`."""
    keys = ChainKeys(settings.chain_keys, settings.secret_key)
    async with transaction(settings.database_url) as session:
        await erase_again(Office(session, keys, settings.secret_key, now()), user)
