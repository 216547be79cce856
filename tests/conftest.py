"""Fixtures every test may use: real servers, a database of the migrations, a session rolled back.

One embedded PostgreSQL and one Valkey serve the whole run, started by the process that starts
pytest (the xdist controller, or pytest itself) the first time they are needed. With `DATABASE_URL`
or `VALKEY_URL` set, those servers are used instead, and only `escale_test_*` databases are touched.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redis
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from data.session import create_engine
from logs import without_values
from ops import databases, migrate, references
from ops.doctor import chromium
from ops.embedded import EmbeddedServers
from settings import Settings

T = TypeVar("T")


structlog.configure(processors=[without_values, structlog.processors.JSONRenderer()])


@dataclass(frozen=True, slots=True)
class Servers:
    """Where this run's servers are, and the identifier its databases carry."""

    run: str
    database_url: str
    valkey_url: str


_SERVERS = pytest.StashKey[Servers]()
_EMBEDDED = pytest.StashKey[EmbeddedServers]()


def in_thread(function: Callable[..., T], *arguments: object) -> T:
    """Run what starts its own event loop, away from the tests' loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from a synchronous fixture or test."""
    return in_thread(lambda: asyncio.run(coroutine))


def _quiet(_line: str) -> None:
    """Take the place of `print`."""


def _servers_of(config: pytest.Config) -> Servers:
    if _SERVERS not in config.stash:
        settings = Settings.from_env()
        database_url, valkey_url = settings.database_url, settings.valkey_url
        if not (database_url and valkey_url):
            config.stash[_EMBEDDED] = embedded = EmbeddedServers(durable=False)
            embedded.start()
            database_url = database_url or embedded.database_url
            valkey_url = valkey_url or embedded.valkey_url
        config.stash[_SERVERS] = Servers(secrets.token_hex(4), database_url, valkey_url)
    return config.stash[_SERVERS]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist has no types
    """Tell each xdist worker where the controller's servers are."""
    servers = _servers_of(node.config)
    node.workerinput["escale"] = (servers.run, servers.database_url, servers.valkey_url)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop this run's databases, then stop the servers we started."""
    servers = config.stash.get(_SERVERS, None)
    if servers:
        run_async(databases.drop_all(servers.database_url, servers.run))
    embedded = config.stash.get(_EMBEDDED, None)
    if embedded:
        embedded.stop()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine lacks; in CI a browser test never skips, it fails."""
    if item.get_closest_marker("reference") and not Settings.from_env().escale_reference:
        pytest.skip("ESCALE_REFERENCE ne désigne pas les fichiers officiels")
    if item.get_closest_marker("browser") and not chromium():
        absent = "Chromium est absent : « apt install chromium »"
        if os.environ.get("CI") == "true":  # noqa: TID251 - set by CI itself, no setting of ours
            pytest.fail(absent)
        pytest.skip(absent)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of the official files, for tests marked `reference`."""
    return Path(Settings.from_env().escale_reference)


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    given = getattr(request.config, "workerinput", {}).get("escale")
    return Servers(*given) if given else _servers_of(request.config)


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    name = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    return str(name)


@pytest.fixture(scope="session")
def template_database(servers: Servers) -> str:
    """Name of the database built by the migrations, once a run, that the others are cloned from."""
    name = f"escale_test_template_{servers.run}"

    async def build() -> None:
        async with databases.one_at_a_time(servers.database_url, name):
            if not await databases.exists(servers.database_url, name):
                url = await databases.create(servers.database_url, name)
                await asyncio.to_thread(migrate.upgrade, url)

    run_async(build())
    return name


@pytest.fixture(scope="session")
def starter_template(servers: Servers, template_database: str) -> str:
    """Name of a migrated database with the starter data, once a run, to clone from."""
    name = f"escale_test_starter_{servers.run}"

    async def build() -> None:
        async with databases.one_at_a_time(servers.database_url, name):
            if not await databases.exists(servers.database_url, name):
                url = await databases.create(servers.database_url, name, template_database)
                await asyncio.to_thread(references.load_when_empty, Settings(database_url=url), _quiet)

    run_async(build())
    return name


@pytest.fixture(scope="session")
def database_url(servers: Servers, worker_name: str, template_database: str) -> str:
    """This worker's database, in the plain `postgresql://` form; dropped with the run."""
    name = f"escale_test_{servers.run}_{worker_name}"
    return run_async(databases.create(servers.database_url, name, template_database))


@pytest.fixture
def fresh_database(servers: Servers, worker_name: str, template_database: str) -> Iterator[str]:
    """A database of its own for a test that commits: a clone, dropped after it."""
    name = f"escale_test_{servers.run}_{worker_name}_{secrets.token_hex(4)}"
    yield run_async(databases.create(servers.database_url, name, template_database))
    run_async(databases.drop(servers.database_url, name))


@pytest.fixture(scope="session")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose commits are savepoints: everything is rolled back after the test."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await outer.rollback()


@pytest.fixture(scope="session")
def _valkey(servers: Servers, worker_name: str) -> str:
    number = 1 + int(worker_name.removeprefix("gw")) % 15
    mark = "&" if "?" in servers.valkey_url else "?"
    url = f"{servers.valkey_url}{mark}db={number}"
    with redis.Redis.from_url(url) as client:
        if client.dbsize():
            pytest.exit(
                f"Valkey : la base {number} de VALKEY_URL n’est pas vide, les tests n’y touchent pas."
            )
    return url


@pytest.fixture
def valkey_url(_valkey: str) -> Iterator[str]:
    """This worker's own numbered Valkey database, emptied after each test."""
    yield _valkey
    with redis.Redis.from_url(_valkey) as client:
        client.flushdb()


@pytest.fixture(scope="session")
def documents_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where this run's sealed files go: never the folder of whoever develops."""
    return (tmp_path_factory.mktemp("documents") / "files").as_uri()


@pytest.fixture
def settings(database_url: str, valkey_url: str, documents_url: str) -> Settings:
    """Settings of a test process on this worker's database; see `fresh_settings` to commit."""
    return Settings(
        environment="test", database_url=database_url, valkey_url=valkey_url, storage_url=documents_url
    )


@pytest.fixture
def fresh_settings(fresh_database: str, valkey_url: str, documents_url: str) -> Settings:
    """Settings on a database of the test's own: end-to-end tests, which commit."""
    return Settings(
        environment="test", database_url=fresh_database, valkey_url=valkey_url, storage_url=documents_url
    )


@pytest.fixture
def own_servers() -> Iterator[EmbeddedServers]:
    """Servers of the test's own, migrated, for tests that kill them: `own_servers.postgres.kill()`."""
    with EmbeddedServers() as servers:  # durable: what was committed outlives a kill
        in_thread(migrate.upgrade, servers.database_url)
        yield servers
