"""The platform's staff at the terminal."""

from collections.abc import Sequence

from data.queries import staff
from domain.roles import NOBODY
from ops.transactions import now, transaction
from services import back_office


async def listed(database_url: str) -> Sequence[str]:
    """Addresses of the staff."""
    async with transaction(database_url) as session:
        return [one.email for one in await staff.members(session)]


async def add(database_url: str, email: str) -> None:
    """Appoint; raises `InvalidInputError` for what is no address."""
    async with transaction(database_url) as session:
        await back_office.appoint(session, NOBODY, email, now())


async def remove(database_url: str, email: str) -> None:
    """Dismiss; raises `NotFoundError`, `InvalidInputError`."""
    async with transaction(database_url) as session:
        await back_office.dismiss(session, NOBODY, email, now())
