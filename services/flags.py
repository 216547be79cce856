"""What the back office closed for a time says so to whoever asks for it."""

from data.queries import flags
from data.session import ReadSession
from domain.errors import ClosedError
from domain.flags import CLOSED, Flag


async def closed(session: ReadSession, flag: Flag) -> str:
    """The sentence that says when to come back while the back office keeps that closed; empty when open."""
    return CLOSED[flag] if await flags.is_closed(session, flag) else ""


async def check_open(session: ReadSession, flag: Flag) -> None:
    """Raise `ClosedError`, with that sentence, while the back office keeps that closed."""
    if told := await closed(session, flag):
        raise ClosedError(told)
