"""Mails that the mail server in front hands over: refused at once, kept before they are answered."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from data.queries import discussions
from data.queries.discussions import DiscussionRow
from data.session import SessionMaker
from data.tables import inbound_mails
from domain.inbound import MAX_MAIL
from settings import Settings, SettingsError
from tests.api.conftest import free_port
from tests.conftest import in_thread
from tests.factories.discussions import build_world
from tests.factories.mails import mail
from tests.workers.worker_process import database, until
from workers import receiver

DOMAIN = "reponse.escale.example"
SENDER = "contact@exemple.com"


@pytest.fixture
async def maker(fresh_settings: Settings) -> AsyncIterator[SessionMaker]:
    async with database(fresh_settings.database_url) as made:
        yield made


@pytest.fixture
async def row(maker: SessionMaker) -> DiscussionRow:
    async with maker() as session, session.begin():
        found = await discussions.by_id(session, await (await build_world(session)).asked())
    assert found is not None
    return found


async def _open(settings: Settings) -> AsyncIterator[Settings]:
    stop = asyncio.Event()
    serving = asyncio.create_task(receiver.serve(settings, stop))
    _, host, port = receiver.listening(settings.relay_listen)

    async def listens() -> bool:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return False
        writer.close()
        return True

    await until(listens, "the receiver")
    yield settings
    stop.set()
    await serving


@pytest.fixture
async def lmtp(fresh_settings: Settings, row: DiscussionRow) -> AsyncIterator[Settings]:
    assert row.reached_at
    url = f"lmtp://127.0.0.1:{free_port()}"
    async for one in _open(replace(fresh_settings, relay_domain=DOMAIN, relay_listen=url)):
        yield one


@pytest.fixture
async def smtp(fresh_settings: Settings, row: DiscussionRow) -> AsyncIterator[Settings]:
    assert row.reached_at
    url = f"smtp://127.0.0.1:{free_port()}"
    async for one in _open(replace(fresh_settings, relay_domain=DOMAIN, relay_listen=url)):
        yield one


def _handed(settings: Settings, sender: str, to: list[str], content: bytes) -> dict[str, int]:
    """What each recipient that is refused was answered."""
    protocol, host, port = receiver.listening(settings.relay_listen)
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    with kind(host, port, timeout=60) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(sender)
        codes = {one: client.rcpt(one)[0] for one in to}
        taken = [one for one, code in codes.items() if code < 300]
        if taken:
            codes[taken[0]] = client.data(content)[0]
            for one in taken[1:] if protocol == "lmtp" else ():
                codes[one] = client.getreply()[0]
    return {one: code for one, code in codes.items() if code >= 300}


async def handed(settings: Settings, to: list[str], content: bytes, sender: str = SENDER) -> dict[str, int]:
    return await asyncio.to_thread(_handed, settings, sender, to, content)


async def kept(maker: SessionMaker) -> list[tuple[str, bool]]:
    async with maker() as session:
        columns = (inbound_mails.c.recipient, inbound_mails.c.null_sender)
        query = select(*columns).order_by(inbound_mails.c.id)
        return [(one[0], one[1]) for one in await session.execute(query)]


async def test_each_recipient_is_answered(lmtp: Settings, maker: SessionMaker, row: DiscussionRow) -> None:
    known, unknown = f"{row.candidate_address.upper()}@{DOMAIN}", f"personne@{DOMAIN}"
    other = f"{row.company_address}@{DOMAIN}"
    content = mail(SENDER, known).as_bytes()
    elsewhere = f"{row.candidate_address}@ailleurs.example"
    assert await handed(lmtp, [known, unknown, other, elsewhere], content) == {unknown: 550, elsewhere: 550}
    assert sorted(await kept(maker)) == sorted([(row.candidate_address, False), (row.company_address, False)])
    assert await handed(lmtp, [known], content) == {}
    assert len(await kept(maker)) == 2


async def test_a_mail_that_nobody_sends_is_a_bounce(
    smtp: Settings, maker: SessionMaker, row: DiscussionRow
) -> None:
    to = f"{row.candidate_address}@{DOMAIN}"
    assert await handed(smtp, [to], mail(SENDER, to).as_bytes(), sender="") == {}
    assert await kept(maker) == [(row.candidate_address, True)]


async def test_too_long_a_mail_is_refused_by_the_protocol(
    smtp: Settings, maker: SessionMaker, row: DiscussionRow
) -> None:
    to = f"{row.candidate_address}@{DOMAIN}"
    long = mail(SENDER, to).as_bytes() + (b"a" * 70 + b"\r\n") * (MAX_MAIL // 70)
    assert await handed(smtp, [to], long) == {to: 552}
    assert await kept(maker) == []


async def test_while_postgresql_is_away_the_server_keeps_it(
    smtp: Settings, maker: SessionMaker, row: DiscussionRow
) -> None:
    to = f"{row.candidate_address}@{DOMAIN}"
    async with maker() as session, session.begin():
        await session.execute(text("ALTER TABLE inbound_mails RENAME TO away"))
    assert await handed(smtp, [to], mail(SENDER, to).as_bytes()) == {to: 451}
    async with maker() as session, session.begin():
        await session.execute(text("ALTER TABLE away RENAME TO inbound_mails"))
    assert await handed(smtp, [to], mail(SENDER, to).as_bytes()) == {}
    assert len(await kept(maker)) == 1


def test_what_is_not_set_is_said(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="RELAY_DOMAIN"):
        receiver.main(settings)
    for url in ("http://x:1", "lmtp://x", "smtp://:25"):
        with pytest.raises(SettingsError, match="RELAY_LISTEN"):
            in_thread(receiver.main, replace(settings, relay_domain=DOMAIN, relay_listen=url))
