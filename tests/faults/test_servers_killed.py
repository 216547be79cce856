"""SIGKILL of Valkey and of PostgreSQL while mails go out: they come back, and all goes on."""

import asyncio

from ops.embedded import EmbeddedServers, Server
from settings import Settings
from tests.faults.promises import Promises, settings_of
from tests.workers.worker_process import worker

MAILS, KILLS = 300, 2


async def _killed_and_back(promises: Promises, settings: Settings, server: Server) -> None:
    await promises.make(MAILS)
    with worker(settings_of(settings, promises.sink.url), promises.logs) as process:
        for kill in range(1, KILLS + 1):
            await promises.arrived(kill * MAILS // (KILLS + 2))
            await asyncio.to_thread(server.kill)
            promises.kills += 1
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.start)
        await promises.kept()
        assert process.process.poll() is None


async def test_valkey(own_servers: EmbeddedServers, own_settings: Settings, own_promises: Promises) -> None:
    await _killed_and_back(own_promises, own_settings, own_servers.valkey)


async def test_postgresql(
    own_servers: EmbeddedServers, own_settings: Settings, own_promises: Promises
) -> None:
    await _killed_and_back(own_promises, own_settings, own_servers.postgres)
