"""Mail handed to a real SMTP server: plain, TLS, refusals for now and for good, silence, hang-ups."""

import asyncio
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from clients.smtp import Mailer, MailRefusedError
from domain.errors import UnavailableError
from tests.clients.http_server import closed_port
from tests.clients.smtp_server import CERTIFICATE, mail_server


async def send(mailer: Mailer, to: str = "ana@dupont.example") -> None:
    message = EmailMessage(SMTP)
    message["From"], message["To"], message["Subject"] = "Escale <x@escale.example>", to, "Été"
    message.set_content("Bonjour,\n.\nà bientôt\n", cte="quoted-printable")
    async with mailer.addressed("x@escale.example", to) as envelope:
        await envelope.deliver(message.as_bytes())


async def test_a_message_arrives_whole() -> None:
    async with mail_server() as sink:
        mailer = Mailer(sink.url)
        await send(mailer)
        await mailer.close()
    (got,) = sink.got
    assert got["Subject"] == "Été"
    assert got.get_content().splitlines() == ["Bonjour,", ".", "à bientôt"]


async def test_connections_are_kept_between_mails() -> None:
    async with mail_server() as sink:
        mailer = Mailer(sink.url)
        for _ in range(5):
            await send(mailer)
        assert sink.sessions == 1
        await asyncio.gather(*(send(mailer) for _ in range(5)))
        assert len(sink.got) == 10
        await mailer.close()


async def test_a_dead_connection_is_replaced_without_losing_or_repeating() -> None:
    async with mail_server() as sink:
        mailer = Mailer(sink.url)
        await send(mailer)
        sink.cut()
        await send(mailer)
        assert (len(sink.got), sink.sessions) == (2, 2)
        await mailer.close()


@pytest.mark.parametrize(
    ("rcpt", "data", "error", "told"),
    [
        ("550 5.1.1 <ana@dupont.example> unknown", None, MailRefusedError, "SMTP 550"),
        ("450 4.2.1 mailbox busy", None, UnavailableError, "SMTP 450"),
        (None, "554 5.7.1 rejected", MailRefusedError, "SMTP 554"),
        (None, "451 4.3.0 try again", UnavailableError, "SMTP 451"),
    ],
)
async def test_for_good_is_told_from_for_now(
    rcpt: str | None, data: str | None, error: type[Exception], told: str
) -> None:
    async with mail_server() as sink:
        sink.rcpt_replies = [rcpt] if rcpt else []
        sink.data_replies = [data] if data else []
        mailer = Mailer(sink.url)
        with pytest.raises(error, match=told) as refused:
            await send(mailer)
        assert "ana@dupont" not in str(refused.value)
        await send(mailer)
        assert len(sink.got) == 1
        await mailer.close()


@pytest.mark.parametrize(
    ("rcpt", "dead"),
    [
        ("550 5.1.1 <ana@dupont.example> unknown", True),
        ("550 5.1.10 null MX", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 no such user here", True),
        ("550 5.7.1 relaying denied", False),
        ("552 5.2.2 mailbox full", False),
        ("554 5.7.26 unauthenticated sender", False),
        ("550 5.4.1 recipient domain not served", False),
    ],
)
async def test_a_dead_address_is_told_from_a_refusal(rcpt: str, dead: bool) -> None:
    async with mail_server() as sink:
        sink.rcpt_replies = [rcpt]
        mailer = Mailer(sink.url)
        with pytest.raises(MailRefusedError) as refused:
            await send(mailer)
        assert refused.value.dead is dead
        await mailer.close()


async def test_nothing_goes_unless_it_is_delivered() -> None:
    async with mail_server() as sink:
        mailer = Mailer(sink.url)
        async with mailer.addressed("x@escale.example", "ana@dupont.example"):
            pass
        with pytest.raises(RuntimeError):
            async with mailer.addressed("x@escale.example", "ana@dupont.example"):
                raise RuntimeError
        await send(mailer)
        assert len(sink.got) == 1
        await mailer.close()


async def test_a_server_that_closes_an_idle_connection_is_asked_on_another() -> None:
    async with mail_server() as sink:
        mailer = Mailer(sink.url)
        await send(mailer)
        sink.mail_replies = ["421 4.4.2 timeout"]
        await send(mailer)
        assert (len(sink.got), sink.sessions) == (2, 2)
        await mailer.close()


async def test_a_slow_server_is_unavailable_in_time() -> None:
    async with mail_server() as sink:
        sink.delay_s = 5
        mailer = Mailer(sink.url, timeout_s=0.2)
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            await send(mailer)
        assert time.monotonic() - began < sink.delay_s
        await mailer.close()


async def test_down_is_unavailable() -> None:
    mailer = Mailer(f"smtp://127.0.0.1:{await closed_port()}", timeout_s=0.5)
    with pytest.raises(UnavailableError, match="SMTP"):
        await send(mailer)
    await mailer.close()


async def test_what_does_not_speak_smtp_is_unavailable() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mailer = Mailer(f"smtp://127.0.0.1:{port}", timeout_s=0.5)
    with pytest.raises(UnavailableError):
        await send(mailer)
    await mailer.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("kind", ["tls", "starttls"])
async def test_tls_with_a_password(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with mail_server(kind, auth=True) as sink:
        mailer = Mailer(sink.url.replace("://", "://me:p%40ss%2Fword@"), timeout_s=2)
        await send(mailer)
        await mailer.close()
    assert (len(sink.got), sink.logins) == (1, [b"me"])


@pytest.mark.parametrize("kind", ["tls", "starttls"])
async def test_a_certificate_nobody_vouches_for_is_refused(kind: str) -> None:
    async with mail_server(kind) as sink:
        mailer = Mailer(sink.url, timeout_s=2)
        with pytest.raises(UnavailableError):
            await send(mailer)
        await mailer.close()
    assert sink.got == []


async def test_a_password_never_goes_in_clear() -> None:
    async with mail_server("plain", auth=True) as sink:
        mailer = Mailer(sink.url.replace("://", "://me:p%40ss%2Fword@"), timeout_s=2)
        with pytest.raises(UnavailableError):
            await send(mailer)
        await mailer.close()
    assert sink.logins == []


async def test_a_wrong_password_is_ours_to_mend_so_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with mail_server("tls", auth=True) as sink:
        mailer = Mailer(sink.url.replace("://", "://me:no@"), timeout_s=2)
        with pytest.raises(UnavailableError, match="535"):
            await send(mailer)
        await mailer.close()


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "localhost:25"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        Mailer(url)
