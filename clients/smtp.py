"""Mail goes out through one SMTP server; what it refuses for good is told from what may pass later."""

import asyncio
import contextlib
import time
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from domain.errors import UnavailableError

TIMEOUT_S = 10.0
"""For each exchange with the server; a mail takes five."""
_IDLE_S = 20.0
"""A connection unused for longer is not trusted: servers hang up, most after some minutes, some sooner."""
_MAX_IDLE = 8
_GOODBYE_S = 1.0
_PERMANENT = 500
_PORTS = {"smtp": 25, "smtps": 465}


class MailRefusedError(Exception):
    """The server refuses this message, or its recipient, and will refuse it again.

    `reason` is its code only: what it writes often holds the address.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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
        self._idle: list[tuple[float, SMTP]] = []

    async def send(self, message: EmailMessage) -> None:
        """Hand one message over.

        Raises `MailRefusedError` when it will never pass, `UnavailableError` when it may pass later.
        """
        client = None
        try:
            client = await self._connection()
            await client.send_message(message)
        except SMTPRecipientsRefused as error:
            _hang_up(client)
            codes = sorted({refused.code for refused in error.recipients})
            raise _refusal(codes[0], "recipient") from error
        except SMTPDataError as error:
            _hang_up(client)
            raise _refusal(error.code, "message") from error
        except (SMTPException, OSError, TimeoutError) as error:
            _hang_up(client)
            code = f" {error.code}" if isinstance(error, SMTPResponseException) else ""
            raise UnavailableError(f"SMTP {type(error).__name__}{code}") from error
        except BaseException:
            _hang_up(client)
            raise
        self._keep(client)

    async def _connection(self) -> SMTP:
        """A connection known to answer: an idle one that does, else a new one.

        What was sent on a dead one could not be told from what was not, so it is asked before.
        """
        while self._idle:
            since, client = self._idle.pop()
            if time.monotonic() - since < _IDLE_S and client.is_connected:
                with contextlib.suppress(SMTPException, OSError, TimeoutError):
                    await client.noop()
                    return client
            _hang_up(client)
        client = SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            start_tls=True if self._password and not self._tls else None,
            timeout=self._timeout_s,
        )
        await client.connect()
        return client

    def _keep(self, client: SMTP) -> None:
        if len(self._idle) < _MAX_IDLE and client.is_connected:
            self._idle.append((time.monotonic(), client))
        else:
            client.close()

    async def close(self) -> None:
        """Say goodbye on the connections kept, without waiting for a server that does not answer."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_say_goodbye(client) for _, client in idle))


def _refusal(code: int, what: str) -> Exception:
    if code >= _PERMANENT:
        return MailRefusedError(f"SMTP {code}: {what} refused")
    return UnavailableError(f"SMTP {code}: {what} not taken now")


async def _say_goodbye(client: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError, TimeoutError):
        await client.quit(timeout=_GOODBYE_S)
    client.close()


def _hang_up(client: SMTP | None) -> None:
    """Close without another word: the state of the connection is not known."""
    if client is not None:
        client.close()
