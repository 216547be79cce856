"""Ending what runs in the background, surely."""

import asyncio
from collections.abc import Iterable


async def end(tasks: Iterable[asyncio.Task[None]], again_s: float) -> None:
    """Cancel tasks and wait until they have ended, whatever they raise; cancel again every `again_s`.

    A cancellation that falls with the end of what a task awaits may be lost (asyncio before Python 3.12,
    drivers): the task then goes on for ever, and a process that asked once never ends.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again_s)
