"""Mail goes out through one SMTP server; what it refuses for good is told from what may pass later.

A mail is handed over in two steps, so that the caller may look around just before the second: the server
takes the recipient, then the content. Only a failure of the second leaves a doubt.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Iterator
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from domain.errors import UnavailableError

TIMEOUT_S = 10.0
"""For each exchange with the server but the last."""
_DATA_S = 20.0
"""For the last one. A server that took the mail and answers later makes us send it twice: RFC 5321,
4.5.3.2.6, advises patience; a job has 30 seconds."""
_IDLE_S = 20.0
"""A connection unused for longer is not trusted: servers hang up, most after some minutes, some sooner."""
MAX_CONNECTIONS = 8
_GOODBYE_S = 1.0
_PERMANENT = 500
_PORTS = {"smtp": 25, "smtps": 465}
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_DEAD = re.compile(r"5\.1\.\d+|5\.2\.1")
"""RFC 3463: the address does not exist, or its mailbox is disabled. The others (policy, a full mailbox,
our own relay) say nothing against the address."""


class MailRefusedError(Exception):
    """The server refuses this message, or its recipient, and will refuse it again.

    `reason` is its code only: what it writes often holds the address. `dead`: it is the recipient's
    address that leads nowhere.
    """

    def __init__(self, reason: str, *, dead: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.dead = dead


class Envelope:
    """A mail whose recipient the server has taken: its content is left to hand over."""

    def __init__(self, client: SMTP, timeout_s: float) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self.delivered = False

    async def deliver(self, content: bytes) -> None:
        """Hand the content over (7-bit, headers included); the mail is the server's from then on.

        Raises `MailRefusedError` when it will never pass, `UnavailableError` when it may pass later.
        """
        with _told():
            await self._client.data(content, timeout=self._timeout_s)
        self.delivered = True


class Mailer:
    """The server's client, one for a process; connections are kept between mails.

    `url` is `smtp://[user:password@]host[:port]` (STARTTLS when the server offers it, demanded when
    there is a password) or `smtps://…` (TLS from the first byte).
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("SMTP_URL: expected smtp://host:port or smtps://host:port")
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls = parts.scheme == "smtps"
        self._timeout_s = timeout_s
        self._data_s = 2 * timeout_s if timeout_s < TIMEOUT_S else _DATA_S
        self._idle: list[tuple[float, SMTP]] = []
        self._lanes = asyncio.Semaphore(MAX_CONNECTIONS)

    @contextlib.asynccontextmanager
    async def addressed(self, sender: str, recipient: str) -> AsyncIterator[Envelope]:
        """The server has taken sender and recipient; nothing is sent unless the block delivers.

        Raises `MailRefusedError` when it will never take them, `UnavailableError` when it may later.
        """
        async with self._lanes:
            client = await self._addressed(sender, recipient)
            envelope = Envelope(client, self._data_s)
            try:
                yield envelope
            finally:
                if envelope.delivered and client.is_connected:
                    self._idle.append((time.monotonic(), client))
                else:
                    client.close()

    async def _addressed(self, sender: str, recipient: str) -> SMTP:
        """A connection with a mail begun: on a kept one, else on a new one.

        A kept connection may be dead. Finding it out here costs nothing: nothing was sent yet.
        """
        while client := self._kept():
            with _closed_if_raised(client), contextlib.suppress(SMTPException, OSError, TimeoutError):
                await client.mail(sender)
                break
            client.close()
        else:
            client = self._new()
            with _told(), _closed_if_raised(client):
                await client.connect()
                await client.mail(sender)
        with _told(), _closed_if_raised(client):
            await client.rcpt(recipient)
        return client

    def _kept(self) -> SMTP | None:
        while self._idle:
            since, client = self._idle.pop()
            if time.monotonic() - since < _IDLE_S and client.is_connected:
                return client
            client.close()
        return None

    def _new(self) -> SMTP:
        return SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            start_tls=True if self._password and not self._tls else None,
            timeout=self._timeout_s,
        )

    async def close(self) -> None:
        """Say goodbye on the connections kept, without waiting for a server that does not answer."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_say_goodbye(client) for _, client in idle))


@contextlib.contextmanager
def _closed_if_raised(client: SMTP) -> Iterator[None]:
    """Hang up without another word when something fails: the state of the connection is not known."""
    try:
        yield
    except BaseException:
        client.close()
        raise


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what the library raises into our two refusals."""
    try:
        yield
    except SMTPRecipientRefused as error:
        raise _refusal(error, "recipient") from error
    except SMTPDataError as error:
        raise _refusal(error, "message") from error
    except (SMTPException, OSError, TimeoutError) as error:
        code = f" {error.code}" if isinstance(error, SMTPResponseException) else ""
        raise UnavailableError(f"SMTP {type(error).__name__}{code}") from error


def _refusal(error: SMTPResponseException, what: str) -> Exception:
    if error.code < _PERMANENT:
        return UnavailableError(f"SMTP {error.code}: {what} not taken now")
    said = _ENHANCED.match(error.message)
    dead = what == "recipient" and (said is None or _DEAD.fullmatch(said[1]) is not None)
    return MailRefusedError(f"SMTP {error.code}: {what} refused", dead=dead)


async def _say_goodbye(client: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError, TimeoutError):
        await client.quit(timeout=_GOODBYE_S)
    client.close()
