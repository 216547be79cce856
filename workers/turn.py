"""Whose message is between the mail server's answer and the commit: one of the process at a time.

A crash in that moment repeats the message, so that a killed process repeats one at most. PostgreSQL going
away does the same to whoever has the turn; the next one then makes sure that it is back before sending.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Turn:
    """Taken from just before the message is handed over until its transaction has ended."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._kept = True
        """Whether the last one ended well: PostgreSQL has then just answered its commit."""

    @asynccontextmanager
    async def taken(self, ask: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Wait for one's turn; `ask` makes PostgreSQL answer, and raises when it does not.

        Nobody waits, or somebody ended well: PostgreSQL has answered them, and the caller looks whether it
        has closed the connection since. Only after a failure is there anything to ask.
        """
        async with self._lock:
            if not self._kept:
                await ask()
            self._kept = False
            yield
            self._kept = True
