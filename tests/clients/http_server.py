"""A small HTTP server whose answers a test scripts: good, slow, broken, or none."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = dict[str, str]


@dataclass(slots=True, kw_only=True)
class Answer:
    """One answer; `raw` replaces the whole of it, `after_s` delays it."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    raw: bytes | None = None

    def encoded(self) -> bytes:
        if self.raw is not None:
            return self.raw
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | self.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} X\r\n{lines}Connection: close\r\n\r\n".encode() + body


@dataclass(slots=True)
class Api:
    """The server: its address, what it was asked, and what it answers (the last answer repeats)."""

    url: str
    answers: list[Answer]
    asked: list[tuple[str, Query]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    """The JSON of each request that has one."""

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _handler(api: Api) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            parts = urlsplit(head.split()[1].decode())
            api.asked.append(
                (parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})
            )
            headers = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:-2])
            api.headers.append(headers)
            if length := int(headers.get("content-length", 0)):
                api.bodies.append(json.loads(await reader.readexactly(length)))
            answer = api.next()
            await asyncio.sleep(answer.after_s)
            writer.write(answer.encoded())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client gave up, as some tests want
        finally:
            writer.close()

    return handle


@asynccontextmanager
async def serve(*answers: Answer) -> AsyncIterator[Api]:
    """Serve while the block runs."""
    api = Api("", list(answers))
    server = await asyncio.start_server(_handler(api), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    api.url = f"http://{host}:{port}"
    try:
        yield api
    finally:
        server.close()


async def closed_port() -> int:
    """A port where nobody answers."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()
    return port
