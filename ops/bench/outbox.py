"""Mails promised all at once, sent by real worker processes to the local sink: how fast, how exactly."""

import asyncio
import contextlib
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
from aiosmtpd.smtp import SMTP, Envelope, Session

from ops.bench.database import bench_database, fill
from ops.bench.index import resident_mb
from ops.bench.sample import World, sample_of
from ops.children import Child
from ops.mailbox import smtp_server
from settings import Settings

MAILS = 10_000
WORKERS = (1, 2)
_JOB = "company.edit_mail"
"""A mail like most others: it reads a company, mints a link and keeps its row."""
_SPARE = 1.25
"""Companies made for a mail: one in ten of the sample is a « potentiel », which gets none."""
_LOOK_S = 0.2
_STALL_S = 180.0
_LEFT = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND parked_at IS NULL"
_UNTRIED = f"{_LEFT} AND tries = 0"
_PROMISE = """
    INSERT INTO outbox (job, payload)
    SELECT $1, jsonb_build_object('company', id) FROM companies WHERE proof = 'proved' ORDER BY id LIMIT $2
"""


_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)


class BenchError(Exception):
    """The benchmark cannot run; the message says why in French."""


class _Counter:
    """A sink that keeps what tells messages apart, in memory: its disk is not what is measured."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        found = _MESSAGE_ID.search(envelope.original_content or b"")
        self.seen.append(found[1] if found else b"")
        return "250 OK"


def run(
    settings: Settings, mails: int, say: Callable[[str], None], workers: tuple[int, ...] = WORKERS
) -> dict[str, Any]:
    """Send that many mails with each number of workers; the top level is that of the first.

    The clock runs from the commit that promises them all to the last one's arrival.
    """
    found: dict[str, dict[str, Any]] = {}
    with bench_database(settings, say) as ready:
        asyncio.run(
            fill(ready.database_url, World.starter(), sample_of(World.starter(), round(mails * _SPARE)))
        )
        for count in workers:
            found[str(count)] = one = _measured(ready, mails, count)
            say(
                f"{count} processus : {one['rate_per_s']:g} messages par seconde, "
                f"{one['lost']} perdus, {one['repeated']} répétés"
            )
    return {**found[str(workers[0])], "mails": mails, "rss_mb": resident_mb(), "workers": found}


def _measured(settings: Settings, mails: int, workers: int) -> dict[str, Any]:
    sink = _Counter()
    with tempfile.TemporaryDirectory() as name, smtp_server(sink) as url:
        sunk = replace(settings, environment="test", mail_allow="*", smtp_url=url)
        with _working(sunk, workers, Path(name)):
            asyncio.run(_until_idle(settings.database_url))
            seconds = asyncio.run(_send(settings.database_url, mails, sink))
    seen = Counter(sink.seen)
    return {
        "rate_per_s": round(mails / seconds, 1),
        "lost": mails - len(seen),
        "repeated": sum(seen.values()) - len(seen),
        "seconds": round(seconds, 2),
    }


@contextlib.contextmanager
def _working(settings: Settings, workers: int, folder: Path) -> Iterator[None]:
    children = [
        Child(f"worker {number}", ["worker"], settings, folder / f"worker-{number}.log")
        for number in range(workers)
    ]
    try:
        for child in children:
            child.start()
        yield
    finally:
        for child in children:
            child.stop()


async def _until_idle(database_url: str) -> None:
    """Wait until the workers have done what their clock planned, or tried: they are then at work."""
    connection = await asyncpg.connect(database_url)
    try:
        deadline = time.monotonic() + _STALL_S
        while not await connection.fetchval("SELECT count(*) FROM outbox") or await connection.fetchval(
            _UNTRIED
        ):
            if time.monotonic() > deadline:
                raise BenchError("Les processus de travail ne démarrent pas.")
            await asyncio.sleep(_LOOK_S)
    finally:
        await connection.close()


async def _send(database_url: str, mails: int, sink: _Counter) -> float:
    """Seconds from the promise to the last arrival."""
    connection = await asyncpg.connect(database_url)
    try:
        promised = await connection.execute(_PROMISE, _JOB, mails)
        await connection.execute("SELECT pg_notify('outbox', '')")
        began = last = time.monotonic()
        arrived = 0
        while await connection.fetchval(_LEFT):
            count = len(sink.seen)
            if count > arrived:
                arrived, last = count, time.monotonic()
            elif time.monotonic() - last > _STALL_S:
                break
            await asyncio.sleep(_LOOK_S)
        seconds = time.monotonic() - began
    finally:
        await connection.close()
    if promised != f"INSERT 0 {mails}":
        raise BenchError(f"Des messages n’ont pas pu être promis : {promised}.")
    return seconds
