"""Tasks that lose their cancellation end all the same."""

import asyncio
from contextlib import suppress

from services.tasks import end


async def test_a_lost_cancellation_is_asked_again() -> None:
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while lost < 2:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            lost += 1

    async def failing() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError

    tasks = [asyncio.create_task(one()) for one in (deaf, failing)]
    await asyncio.sleep(0)
    await end(tasks, 0.01)
    assert lost == 2
    assert isinstance(tasks[1].exception(), ValueError)
    await end([], 0.01)
