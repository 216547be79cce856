"""SIGKILL of workers: what they were doing is done by others, and at most one mail a kill is repeated."""

import random

from settings import Settings
from tests.faults.promises import Promises, settings_of
from tests.workers.worker_process import worker

KILLS = 4


async def test_in_the_middle_of_five_hundred_mails(fresh_settings: Settings, promises: Promises) -> None:
    settings = settings_of(fresh_settings, promises.sink.url)
    await promises.make(500)
    for kill in range(KILLS):
        with worker(settings, promises.logs) as process:
            await promises.arrived(50 + 90 * kill + random.randrange(60))  # noqa: S311 - any moment will do
            process.kill()
        promises.kills += 1
    with worker(settings, promises.logs), worker(settings, promises.logs):
        await promises.kept()


async def test_one_of_three(fresh_settings: Settings, promises: Promises) -> None:
    """The others go on meanwhile."""
    settings = settings_of(fresh_settings, promises.sink.url)
    with (
        worker(settings, promises.logs),
        worker(settings, promises.logs) as process,
        worker(settings, promises.logs),
    ):
        await promises.make(200)
        await promises.arrived(60)
        process.kill()
        promises.kills += 1
        await promises.kept()
