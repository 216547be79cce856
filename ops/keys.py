"""The keys of what is encrypted, at the terminal."""

from clients.sealing import Sealer
from ops.transactions import transaction
from services.accounts.private_lines import rotate_keys
from settings import Settings


async def rotate(settings: Settings) -> int:
    """Encrypt everything anew under the first key; how many files. Raises `UnavailableError`."""
    sealer = Sealer(settings.encryption_keys, settings.secret_key)
    async with transaction(settings.database_url) as session:
        return await rotate_keys(session, sealer)
