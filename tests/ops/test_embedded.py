import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis

from ops.embedded import EmbeddedServers, erase
from ops.locks import AlreadyRunningError
from ops.server_files import EmbeddedError
from tests.ops.processes import alive, wait_until_dead

_SUPERVISE = """
import sys, time
from pathlib import Path
from ops.embedded import EmbeddedServers
with EmbeddedServers(Path(sys.argv[1])) as servers:
    print(servers.postgres.pid, servers.valkey.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, short and open like /tmp: what is left there is ours."""
    with tempfile.TemporaryDirectory(prefix="e") as name:
        folder = Path(name)
        folder.chmod(0o1777)
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        yield folder


@pytest.fixture
def state(temporary: Path) -> Path:
    """A state folder that the servers' own account can reach."""
    return temporary / "state"


async def _query(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def test_they_answer_then_leave_nothing_behind(temporary: Path) -> None:
    with EmbeddedServers(durable=False) as servers:
        pids = [servers.postgres.pid, servers.valkey.pid]
        assert all(map(alive, pids))
        assert asyncio.run(_query(servers.database_url, "SELECT 40 + 2")) == 42
        with redis.Redis.from_url(servers.valkey_url) as client:
            assert client.ping()
    assert not any(map(alive, pids))
    assert not list(temporary.iterdir())


def test_accents_count_as_letters_in_trigrams() -> None:
    with EmbeddedServers(durable=False, valkey=False) as servers:
        asyncio.run(_execute(servers.database_url, "CREATE EXTENSION pg_trgm"))
        assert asyncio.run(_query(servers.database_url, "SELECT cardinality(show_trgm('é'))")) == 2


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def test_data_outlive_a_stop_and_a_crash(state: Path) -> None:
    with EmbeddedServers(state) as servers:
        asyncio.run(_execute(servers.database_url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)"))
        with redis.Redis.from_url(servers.valkey_url) as client:
            client.set("kept", "7")
        servers.postgres.kill()
        servers.valkey.kill()
        assert not servers.postgres.running
        servers.postgres.start()
        servers.valkey.restart()
        assert asyncio.run(_query(servers.database_url, "SELECT n FROM kept")) == 7
    with EmbeddedServers(state) as servers:
        assert asyncio.run(_query(servers.database_url, "SELECT n FROM kept")) == 7
        with redis.Redis.from_url(servers.valkey_url) as client:
            assert client.get("kept") == b"7"
    assert not (state / "servers.lock").exists()


def test_a_second_supervisor_of_the_same_folder_is_refused(state: Path) -> None:
    with EmbeddedServers(state) as first:
        with pytest.raises(AlreadyRunningError) as refusal:
            EmbeddedServers(state).start()
        assert refusal.value.pid == os.getpid()
        assert first.postgres.running
        with pytest.raises(AlreadyRunningError):
            erase(state)


def test_a_killed_supervisor_takes_its_servers_with_it(state: Path, temporary: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", _SUPERVISE, state], stdout=subprocess.PIPE)
    assert child.stdout
    pids = [int(pid) for pid in child.stdout.readline().split()]
    child.send_signal(signal.SIGKILL)
    child.communicate()
    # At once: the newcomer waits for the orphans' last breath, then cleans up after them.
    with EmbeddedServers(state) as servers:
        assert servers.postgres.running
        wait_until_dead(pids)
    time.sleep(1.1)  # a folder younger than a second may be someone's who is starting
    with EmbeddedServers(durable=False, postgres=False, valkey=False):
        pass
    assert [path.name for path in temporary.iterdir()] == ["state"]


def test_erase_forgets_everything(state: Path) -> None:
    with EmbeddedServers(state, valkey=False) as servers:
        asyncio.run(_execute(servers.database_url, "CREATE TABLE gone (n int)"))
    erase(state)
    assert not (state / "servers").exists()
    with EmbeddedServers(state, valkey=False) as servers:
        assert asyncio.run(_query(servers.database_url, "SELECT to_regclass('gone') IS NULL"))


def test_data_of_another_version_are_refused_in_french(state: Path) -> None:
    with EmbeddedServers(state, valkey=False):
        pass
    (state / "servers" / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL 12.*--fresh"):
        EmbeddedServers(state).start()
    assert not (state / "servers.lock").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="seul root peut fermer un dossier aux autres comptes")
def test_root_in_a_folder_closed_to_others_keeps_its_data(temporary: Path) -> None:
    state = temporary / "closed" / "state"
    state.parent.mkdir(mode=0o700)
    with EmbeddedServers(state, valkey=False) as servers:
        asyncio.run(_execute(servers.database_url, "CREATE TABLE kept (n int)"))
    elsewhere = (state / "servers").resolve()
    assert not elsewhere.is_relative_to(temporary)
    with EmbeddedServers(state, valkey=False) as servers:
        assert asyncio.run(_query(servers.database_url, "SELECT to_regclass('kept') IS NOT NULL"))
    erase(state)
    assert not elsewhere.exists()
