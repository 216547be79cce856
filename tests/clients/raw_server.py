"""A small HTTP server of bytes, for the formats that are not JSON: each request is given to a function."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request; `target` is the path and query as they came, header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0

    def encoded(self, method: str) -> bytes:
        headers = {"Content-Length": str(len(self.body)), "Connection": "close"} | self.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        body = b"" if method == "HEAD" else self.body
        return f"HTTP/1.1 {self.status} X\r\n{lines}\r\n".encode() + body


@asynccontextmanager
async def serve_bytes(answer: Callable[[Asked], Reply]) -> AsyncIterator[str]:
    """Serve while the block runs; gives `host:port`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            named = (line.split(":", 1) for line in lines)
            headers = {name.lower(): value.strip() for name, value in named}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, target, _ = first.split()
            reply = answer(Asked(method=method, target=target, headers=headers, body=body))
            await asyncio.sleep(reply.after_s)
            writer.write(reply.encoded(method))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client gave up, as some tests want
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=32 * 1024 * 1024)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        server.close()
