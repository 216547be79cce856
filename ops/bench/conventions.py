"""The desk of an agency that has thousands of conventions, as one API process serves its pages."""

import asyncio
import contextlib
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg

from data.queries.sessions import open_session
from data.session import create_engine, create_maker
from ops.bench.convention_rows import LAST_NAMES, fill
from ops.bench.database import bench_database
from ops.bench.index import Speeds
from ops.children import Child
from settings import Settings

CONVENTIONS = 10_000
_CALLS = 40
"""Of each kind of page, one after the other."""
_AGENTS = 8
_READY_S = 120.0
_DESK = "/accompagnement/conventions"
_AGENCY = """
    INSERT INTO agencies (kind, name, status, two_step, contact_email, source, created_at, updated_at,
        activated_at)
    VALUES ('mission_locale', 'Mission de mesure', 'active', true, 'mesure@mesure.example', 'form', now(),
        now(), now()) RETURNING id
"""
_USER = """
    INSERT INTO users (email, first_name, last_name, created_at, seen_at)
    VALUES ($1, 'Agent', $2, now(), now()) RETURNING id
"""
_RIGHT = """
    INSERT INTO agency_rights (agency_id, user_id, roles, asked_at, decided_at)
    VALUES ($1, $2, '{counsellor,validator,agency_admin}', now(), now())
"""


class BenchError(Exception):
    """The benchmark cannot run; the message says why in French."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What an agent asks: a link, or words that are posted."""

    kind: str
    query: dict[str, str]
    words: str = ""


def run(settings: Settings, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Ask the pages of the desk one after the other; milliseconds of all, and by kind of page."""
    with bench_database(settings, say) as ready, tempfile.TemporaryDirectory() as folder:
        say(f"{count} conventions inventées dans une seule structure")
        token, agents = asyncio.run(_prepare(ready.database_url, count))
        served = replace(ready, environment="test", port=free_port())
        with api_process(served, Path(folder) / "api.log"):
            times = _asked(served.port, token, _pages(agents[0]))
    every = Speeds.of([one for listed in times.values() for one in listed])
    desk: dict[str, Any] = {"p50_ms": every.p50, "p95_ms": every.p95, "p99_ms": every.p99}
    desk["pages"] = {
        kind: {"p50_ms": Speeds.of(one).p50, "p95_ms": Speeds.of(one).p95} for kind, one in times.items()
    }
    say(f"Une page de la liste : p50 {every.p50:g} ms, p95 {every.p95:g} ms")
    return {"conventions": count, "desk": desk}


async def _prepare(database_url: str, count: int) -> tuple[str, list[UUID]]:
    """An agency with its agents and its conventions; the session of the first agent."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            agency = await connection.fetchval(_AGENCY)
            agents = [
                await connection.fetchval(_USER, f"agent{at}@mesure.example", name)
                for at, name in enumerate(LAST_NAMES[:_AGENTS])
            ]
            await connection.executemany(_RIGHT, [(agency, one) for one in agents])
    finally:
        await connection.close()
    now = datetime.now(UTC)  # noqa: TID251 - the command has the clock
    await fill(database_url, count, agency, agents, now.date())
    token = secrets.token_urlsafe(32)
    engine = create_engine(database_url, 1)
    values = {
        "user_id": agents[0],
        "method": "mail",
        "created_at": now,
        "expires_at": now + timedelta(hours=2),
    }
    async with create_maker(engine)() as session, session.begin():
        await open_session(session, token, values)
    await engine.dispose()
    return token, agents


def _pages(agent: UUID) -> Iterator[_Page]:
    for at in range(_CALLS):
        name = LAST_NAMES[at % len(LAST_NAMES)]
        mistyped = name[:2] + name[3] + name[2] + name[4:]
        yield _Page("first", {})
        yield _Page("late", {"retard": "1"})
        yield _Page("status", {"statut": "validated"})
        yield _Page("deposit", {"depot": "due"})
        yield _Page("counsellor", {"conseil": str(agent)})
        yield _Page("words", {}, name)
        yield _Page("mistyped", {}, mistyped)
        yield _Page("far", {"apres": f"4.{63300 + 10 * at}.{UUID(int=0)}"})


def _asked(port: int, token: str, pages: Iterator[_Page]) -> dict[str, list[float]]:
    """Seconds of each page, by kind; the first of each kind warms up."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    times: dict[str, list[float]] = {}
    with contextlib.closing(connection):
        for page in pages:
            began = perf_counter()
            _ask(connection, token, page)
            times.setdefault(page.kind, []).append(perf_counter() - began)
    return {kind: listed[1:] for kind, listed in times.items()}


def _ask(connection: HTTPConnection, token: str, page: _Page) -> None:
    headers = {"Cookie": f"escale_session={token}", "Accept-Encoding": "gzip"}
    if page.words:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        connection.request("POST", _DESK, urlencode({**page.query, "q": page.words}), headers)
    else:
        connection.request("GET", f"{_DESK}?{urlencode(page.query)}", headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise BenchError(f"Une page de la liste a répondu {answer.status} : la mesure ne vaut rien.")


@contextlib.contextmanager
def api_process(settings: Settings, log: Path) -> Iterator[None]:
    """An API process that answers while the block runs; raises `BenchError` when it does not start."""
    child = Child("api", ["serve", "--port", str(settings.port)], settings, log)
    child.start()
    try:
        deadline = time.monotonic() + _READY_S
        while not _healthy(settings.port):
            if not child.running or time.monotonic() > deadline:
                raise BenchError(f"L’API n’a pas démarré :\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield
    finally:
        child.stop()


def _healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.suppress(OSError), contextlib.closing(connection):
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == HTTPStatus.OK
    return False


def free_port() -> int:
    """A port of this machine that nobody listens to now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
