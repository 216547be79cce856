"""Answers by mail, taken from the mail server in front of us (LMTP or SMTP), kept before they are answered.

The mail server, which has the domain's MX, filters, checks SPF, DKIM and DMARC, and waits while we are away.
A mail is answered « 250 » once it is committed, and no sooner: a process that is killed loses nothing.
"""

import asyncio
import signal
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Connection

from data.session import SessionMaker, create_engine, create_maker
from domain.inbound import MAX_MAIL
from logs import configure_logs
from services.discussions.relay import Arrived, address_in, is_known, take
from settings import Settings, SettingsError
from workers.jobs import describe, now, transaction

log = structlog.get_logger()
CONNECTIONS = 8
"""To PostgreSQL: as many mails are kept at once."""
_MOST_RECIPIENTS = 20
_UNKNOWN = "550 5.1.1 This address reaches nobody"
_MANY = "452 4.5.3 Too many recipients"
_AGAIN = "451 4.3.0 Try again later"
_PROTOCOLS: dict[str, type[SMTP]] = {"lmtp": LMTP, "smtp": SMTP}


class Receiver:
    """Says which addresses are ours, and keeps what comes for them."""

    def __init__(self, maker: SessionMaker, relay_domain: str, *, each: bool) -> None:
        self._maker = maker
        self._relay_domain = relay_domain
        self._each = each
        """Whether the protocol wants one answer a recipient (LMTP: RFC 2033, 4.2)."""

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _connection: Connection, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse at once what reaches nobody: its sender's server says so."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return _MANY
        try:
            local = address_in(address, self._relay_domain)
            async with transaction(self._maker) as session:
                if not local or not await is_known(session, local):
                    return _UNKNOWN
        except Exception as error:  # noqa: BLE001 - whatever fails, the mail must stay with its server
            log.warning("inbound.not_asked", error=describe(error))
            return _AGAIN
        envelope.rcpt_tos.append(local)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _connection: Connection, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail for each recipient, in one transaction."""
        try:
            async with transaction(self._maker) as session:
                for recipient in sorted(set(envelope.rcpt_tos)):
                    arrived = Arrived(
                        source="mime",
                        recipient=recipient,
                        content=envelope.original_content or b"\r\n",
                        null_sender=not (envelope.mail_from or "").strip("<> "),
                    )
                    await take(session, arrived, now())
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("inbound.not_kept", error=describe(error))
            return self._answer(envelope, _AGAIN)
        return self._answer(envelope, "250 2.0.0 Kept")

    def _answer(self, envelope: Envelope, line: str) -> str:
        return "\r\n".join([line] * (len(envelope.rcpt_tos) if self._each else 1))


def listening(url: str) -> tuple[str, str, int]:
    """Protocol, host and port of `RELAY_LISTEN`; raises `SettingsError`."""
    parts = urlsplit(url)
    if parts.scheme not in _PROTOCOLS or not parts.hostname or not parts.port:
        raise SettingsError("RELAY_LISTEN: expected lmtp://host:port or smtp://host:port")
    return parts.scheme, parts.hostname, parts.port


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Take mails until `stop` is set; those being taken are ended or left to their server."""
    protocol, host, port = listening(settings.relay_listen)
    engine = create_engine(settings.database_url, CONNECTIONS)
    receiver = Receiver(create_maker(engine), settings.relay_domain, each=protocol == "lmtp")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_connection(receiver, protocol, loop), host, port)
    log.info("relay.started", protocol=protocol)
    try:
        await stop.wait()
    finally:
        server.close()
        await engine.dispose()
    log.info("relay.stopped")


def _connection(receiver: Receiver, protocol: str, loop: asyncio.AbstractEventLoop) -> Callable[[], SMTP]:
    kind = _PROTOCOLS[protocol]
    return lambda: kind(
        receiver, data_size_limit=MAX_MAIL, enable_SMTPUTF8=True, hostname="escale", ident="Escale", loop=loop
    )


async def _serve_until_told(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


def main(settings: Settings) -> None:
    """Run the receiver until SIGTERM or SIGINT; raises `SettingsError` without `RELAY_DOMAIN`."""
    if not settings.relay_domain:
        raise SettingsError("RELAY_DOMAIN: set the domain that answers by mail are sent to")
    listening(settings.relay_listen)
    configure_logs()
    asyncio.run(_serve_until_told(settings))
