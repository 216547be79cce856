"""Between a process and PostgreSQL: all goes through, but the answer to one commit, which is held."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

_SSL_REQUEST = bytes.fromhex("00000008 04d2162f")
_COMMIT = b"COMMIT;"
_CHUNK = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Between:
    """Holds the answer to the first commit of a connection that said `words`; `held` is then set."""

    def __init__(self, database_url: str, words: bytes) -> None:
        self._parts = urlsplit(database_url)
        self._words = words
        self.held = asyncio.Event()

    def through(self, port: int) -> str:
        """The database's address by way of this port of ours."""
        login, at, _ = self._parts.netloc.rpartition("@")
        return f"postgresql://{login}{at}127.0.0.1:{port}{self._parts.path}"

    async def _server(self) -> Streams:
        folder = parse_qs(self._parts.query).get("host", [""])[0]
        port = self._parts.port or 5432
        if folder.startswith("/"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self._parts.hostname or "127.0.0.1", port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        server_reader, server_writer = await self._server()
        holding = asyncio.Event()
        try:
            await asyncio.gather(
                self._ask(reader, writer, server_writer, holding),
                self._answer(server_reader, writer, holding),
            )
        finally:
            server_writer.close()
            writer.close()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server: asyncio.StreamWriter,
        holding: asyncio.Event,
    ) -> None:
        said = False
        while chunk := await reader.read(_CHUNK):
            if chunk == _SSL_REQUEST:
                writer.write(b"N")  # what goes through must be readable
                continue
            said = said or self._words in chunk
            if said and _COMMIT in chunk:
                holding.set()
            server.write(chunk)
        server.close()

    async def _answer(
        self, server: asyncio.StreamReader, writer: asyncio.StreamWriter, holding: asyncio.Event
    ) -> None:
        while chunk := await server.read(_CHUNK):
            if holding.is_set():
                self.held.set()  # PostgreSQL has committed; who asked will never know
                return
            writer.write(chunk)
        writer.close()


@asynccontextmanager
async def between(database_url: str, words: bytes) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """The address that leads through here while the block runs, and what is set once a commit is held."""
    one = Between(database_url, words)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    try:
        yield one.through(server.sockets[0].getsockname()[1]), one.held
    finally:
        server.close()
