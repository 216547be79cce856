"""Real worker processes, as `escale worker` runs them, on short times."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from data.session import SessionMaker, create_engine, create_maker
from ops.children import environment_of
from services.registrations import register
from settings import ROOT, Settings
from tests.factories.forms import NOW, a_form
from tests.factories.reference import add_reference

PATIENCE_S = 120.0
"""A loaded machine takes tens of seconds to start a worker: waiting ends as soon as the thing is so."""
_SCRIPT = """
from datetime import timedelta
from settings import Settings
from workers.run import main
from workers.settings import Limits
limits = Limits(job_s=4, handed=timedelta(seconds=6), sweep_s=2, grace_s=2, first_wait_s=0.2)
main(Settings.from_env(), limits)
"""


@dataclass(slots=True)
class WorkerProcess:
    """One worker; its log is JSON lines."""

    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, then its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


@contextmanager
def worker(settings: Settings, folder: Path) -> Iterator[WorkerProcess]:
    """A worker that runs during the block, and is killed at the end if it still does."""
    log = folder / f"worker-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT],
            cwd=ROOT,
            env=environment_of(settings) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    one = WorkerProcess(process, log)
    try:
        yield one
    finally:
        if process.poll() is None:
            one.kill()


async def until(
    ready: Callable[[], bool] | Callable[[], Awaitable[bool]], what: str, patience_s: float = PATIENCE_S
) -> None:
    """Wait until something is so; fail with what it was."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        answer = ready()
        if await answer if isinstance(answer, Awaitable) else answer:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited for {what}")


@asynccontextmanager
async def database(url: str, *, reference: bool = True) -> AsyncIterator[SessionMaker]:
    """A maker of real transactions, with the small referential."""
    engine = create_engine(url)
    maker = create_maker(engine)
    if reference:
        async with maker() as session, session.begin():
            await add_reference(session)
    yield maker
    await engine.dispose()


async def register_some(maker: SessionMaker, count: int) -> None:
    """So many registrations, each in its own transaction: as many proof mails are promised."""
    for _ in range(count):
        async with maker() as session, session.begin():
            await register(session, a_form(), NOW)


async def left(maker: SessionMaker) -> int:
    """Rows of the outbox neither done nor parked, scheduled runs included."""
    async with maker() as session:
        query = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND parked_at IS NULL"
        return int((await session.execute(text(query))).scalar_one())
