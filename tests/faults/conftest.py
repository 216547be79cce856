"""Servers and mails of a test's own: everything here is killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ops.embedded import EmbeddedServers
from settings import Settings
from tests.clients.smtp_server import mail_server
from tests.faults.promises import Promises
from tests.workers.worker_process import database


@pytest.fixture
def own_settings(own_servers: EmbeddedServers, documents_url: str) -> Settings:
    """Settings on servers that the test may kill."""
    return Settings(
        database_url=own_servers.database_url,
        valkey_url=own_servers.valkey_url,
        storage_url=documents_url,
    )


@pytest.fixture
async def promises(fresh_settings: Settings, tmp_path: Path) -> AsyncIterator[Promises]:
    """Mails promised on the run's servers."""
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        yield Promises(maker, sink, tmp_path)


@pytest.fixture
async def own_promises(own_settings: Settings, tmp_path: Path) -> AsyncIterator[Promises]:
    """Mails promised on servers that the test may kill."""
    async with mail_server() as sink, database(own_settings.database_url) as maker:
        yield Promises(maker, sink, tmp_path)
