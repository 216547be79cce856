"""A mail server that delivers nothing: every message becomes a file the demo shows."""

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

_MAX_BYTES = 10_000_000


class Sink(Protocol):
    """What becomes of a message, as aiosmtpd asks it."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message whole, and answer the client."""


class _Folder:
    """Writes each message as `<nanoseconds>-<n>.eml`: names sort by arrival."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        content = envelope.original_content or b""
        draft = self._path / f".{next(self._numbers)}.part"
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.rename(self._path / f"{time.time_ns()}-{next(self._numbers)}.eml")
        return "250 OK"


@contextmanager
def mail_sink(folder: Path) -> Iterator[str]:
    """Serve SMTP while the block runs, each message a file of the folder; yields the server's address."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with smtp_server(_Folder(folder)) as url:
        yield url


@contextmanager
def smtp_server(handler: Sink) -> Iterator[str]:
    """Serve SMTP on a free local port while the block runs; yields `smtp://127.0.0.1:port`."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mail-sink", daemon=True)
    thread.start()

    async def serve() -> asyncio.Server:
        made = await loop.create_server(
            lambda: SMTP(handler, data_size_limit=_MAX_BYTES, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
        )
        return cast("asyncio.Server", made)  # the loop's own, which has its sockets too

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result()
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
