"""A mail server that tells what it got, and answers as a test wants.

The handlers' names and parameters are aiosmtpd's.
"""

# ruff: noqa: ARG002 - parameters that aiosmtpd passes

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""Self-signed for 127.0.0.1, with its key: for these tests only, valid until 2126."""


@dataclass(slots=True)
class Sink:
    """What arrived, and what to answer: each `replies` entry serves once, then all is taken."""

    url: str = ""
    got: list[EmailMessage] = field(default_factory=list)
    sessions: int = 0
    logins: list[bytes] = field(default_factory=list)
    mail_replies: list[str] = field(default_factory=list)
    rcpt_replies: list[str] = field(default_factory=list)
    data_replies: list[str] = field(default_factory=list)
    delay_s: float = 0.0
    receiving: int = 0
    """Messages read whole whose answer has not been given."""
    protocols: list[SMTP] = field(default_factory=list)

    def cut(self) -> None:
        """Abort every connection, as a server that restarts."""
        for one in self.protocols:
            if isinstance(one.transport, asyncio.WriteTransport):
                one.transport.abort()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail_replies.pop(0) if self.mail_replies else "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.rcpt_replies.pop(0) if self.rcpt_replies else "250 OK"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.receiving += 1
        try:
            await asyncio.sleep(self.delay_s)
        finally:
            self.receiving -= 1
        reply = self.data_replies.pop(0) if self.data_replies else "250 OK"
        if reply.startswith("2"):
            parsed = message_from_bytes(envelope.original_content or b"", policy=default)
            assert isinstance(parsed, EmailMessage)
            self.got.append(parsed)
        return reply

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        good = (data.login, data.password) == (b"me", b"p@ss/word")
        self.logins.append(data.login)
        return AuthResult(success=good, handled=False)


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@asynccontextmanager
async def mail_server(kind: str = "plain", *, auth: bool = False) -> AsyncIterator[Sink]:
    """Serve while the block runs: `plain`, `starttls` or `tls` (from the first byte)."""
    sink = Sink()
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        one = SMTP(
            sink,
            loop=loop,
            tls_context=_tls() if kind == "starttls" else None,
            require_starttls=kind == "starttls",
            authenticator=sink.authenticate if auth else None,
            auth_require_tls=kind == "starttls",
        )
        sink.protocols.append(one)
        return one

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=_tls() if kind == "tls" else None)
    port = server.sockets[0].getsockname()[1]
    sink.url = f"{'smtps' if kind == 'tls' else 'smtp'}://127.0.0.1:{port}"
    try:
        yield sink
    finally:
        server.close()
        sink.cut()
        await asyncio.sleep(0)
