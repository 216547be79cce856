"""Browsers of a benchmark: some keep-alive connections to the site, on bare asyncio sockets.

What a library would add to each request is not what is measured.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode

_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answered, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


class Browsers:
    """Some connections; whoever asks waits for a free one, which is not counted in the answer's time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def get(self, path: str) -> Answer:
        """A page."""
        return await self._ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    async def post(self, path: str, words: Mapping[str, str], session: str = "") -> Answer:
        """A form sent from a page of the site, signed in when a session is given."""
        body = urlencode(words).encode()
        cookie = f"Cookie: escale_session={session}\r\n" if session else ""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}Sec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return await self._ask(head.encode() + body)

    async def _ask(self, request: bytes) -> Answer:
        reader, writer = await self._free.get()
        if reader.at_eof():  # the site hangs up on who says nothing for some seconds
            writer.close()
            reader, writer = await self._connected()
        began = perf_counter()
        async with asyncio.timeout(_TIMEOUT_S):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, after = head.partition(b"content-length: ")
            body = await reader.readexactly(int(after.split(b"\r\n", 1)[0] or 0))
        answer = Answer(int(head[9:12]), body, perf_counter() - began)
        self._free.put_nowait((reader, writer))
        return answer

    async def open(self, connections: int) -> None:
        """Open that many."""
        for _ in range(connections):
            self._free.put_nowait(await self._connected())

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self) -> None:
        """Hang up those that are free."""
        while not self._free.empty():
            _, writer = self._free.get_nowait()
            writer.close()


@asynccontextmanager
async def browsers(port: int, connections: int) -> AsyncIterator[Browsers]:
    """That many connections to a site of this machine while the block runs."""
    web = Browsers(port)
    await web.open(connections)
    try:
        yield web
    finally:
        await web.close()
