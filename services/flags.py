"""What the back office closed for a time says so to whoever asks for it."""

from data.queries import flags
from data.session import ReadSession
from domain.errors import ConflictError
from domain.flags import CLOSED, Flag


async def check_open(session: ReadSession, flag: Flag) -> None:
    """Raise `ConflictError`, which says when to come back, while the back office keeps that closed."""
    if await flags.is_closed(session, flag):
        raise ConflictError(CLOSED[flag])
