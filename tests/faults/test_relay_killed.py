"""SIGKILL of what takes answers by mail and of what hands them on: each is in its thread once, told once.

Who hands them over does as a mail server does: a mail is sent again until it is answered « 250 ».
"""

import asyncio
import os
import random
import signal
import smtplib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from data.queries import discussions
from data.session import SessionMaker
from data.tables import discussion_messages, emails, inbound_mails
from domain.inbound import Outcome
from ops.children import Child
from settings import Settings
from tests.api.conftest import free_port
from tests.api.test_inbound_api import SECRET, URL, item
from tests.clients.smtp_server import Sink, mail_server
from tests.factories.discussions import build_world
from tests.factories.mails import mail
from tests.faults.between import between
from tests.faults.promises import settings_of
from tests.faults.test_api_killed import api
from tests.workers.worker_process import database, left, until, worker

DOMAIN = "reponse.escale.example"
COMPANY, PERSON = "contact@exemple.com", "person@exemple.fr"
MAILS, HANDS = 48, 4
KILLS = 2
"""Of the receiver, and as many of the worker meanwhile."""
_PATIENCE_S = 60.0
_AGAIN_S = 0.05


@dataclass(slots=True)
class Relay:
    """A request, the address that reaches its candidate, and what the mail server in front still holds."""

    maker: SessionMaker
    sink: Sink
    settings: Settings
    folder: Path
    address: str = ""
    accepted: list[int] = field(default_factory=list)
    worker_kills: int = 0

    async def ask(self) -> None:
        async with self.maker() as session, session.begin():
            row = await discussions.by_id(session, await (await build_world(session)).asked())
        assert row is not None
        self.address = f"{row.candidate_address}@{DOMAIN}"

    async def hand(self, numbers: Sequence[int]) -> None:
        """Hand these mails over one after the other by LMTP, each until it is accepted."""
        for number in numbers:
            content = mail(COMPANY, self.address, said(number), identity=f"{number}@mail.example").as_bytes()
            while not await asyncio.to_thread(self._handed, content):  # noqa: ASYNC110 - as mail servers do
                await asyncio.sleep(_AGAIN_S)
            self.accepted.append(number)

    def _handed(self, content: bytes) -> bool:
        host, port = self.settings.relay_listen.removeprefix("lmtp://").split(":")
        try:
            with smtplib.LMTP(host, int(port), timeout=20) as client:
                client.sendmail(COMPANY, [self.address], content)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    async def post(self, url: Sequence[str], numbers: Sequence[int]) -> None:
        """The same by the provider's webhook, at the address that answers then."""
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {SECRET}"}, timeout=20) as client:
            for number in numbers:
                told = item(self.address, MessageId=f"<{number}@p.example>", RawTextBody=said(number))
                told["RawHtmlBody"] = told["ExtractedMarkdownMessage"] = None
                while True:
                    try:
                        answer = await client.post(f"{url[-1]}{URL}", json={"items": [told]})
                    except httpx.TransportError:
                        await asyncio.sleep(_AGAIN_S)
                        continue
                    assert answer.status_code == httpx.codes.OK, answer.text
                    break
                self.accepted.append(number)

    async def settled(self) -> None:
        """All is handed on: each mail is in the thread once, and its notice went once, but for the kills."""

        async def done() -> bool:
            return await left(self.maker) == 0

        await until(done, "the end of the work", _PATIENCE_S)
        wanted = {said(number): 1 for number in self.accepted}
        async with self.maker() as session:
            by_mail = select(discussion_messages.c.body).where(discussion_messages.c.channel == "mail")
            assert Counter((await session.execute(by_mail)).scalars()) == wanted
            kept = select(inbound_mails.c.status, func.count()).group_by(inbound_mails.c.status)
            assert (await session.execute(kept)).all() == [(Outcome.DELIVERED.value, len(wanted))]
            noticed = select(func.count()).where(
                emails.c.template == "discussion_message_candidate", emails.c.sent_at.is_not(None)
            )
            assert await session.scalar(noticed) == len(wanted)
        told = [one for one in self.sink.got if one["To"] == PERSON and "Réponse" in words_of(one)]
        identities = {str(one["Message-ID"]) for one in told}
        assert {line for line in wanted for one in told if line in words_of(one)} == set(wanted)
        assert len(identities) == len(wanted), "a notice was lost, or written twice"
        assert len(told) - len(identities) <= self.worker_kills, "more repeats than kills"


def said(number: int) -> str:
    return f"Réponse {number:03}."


def words_of(message: object) -> str:
    part = next(iter(message.iter_parts()))  # type: ignore[attr-defined]
    return str(part.get_content())


@pytest.fixture
async def relay(fresh_settings: Settings, tmp_path: Path) -> AsyncIterator[Relay]:
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = replace(
            settings_of(fresh_settings, sink.url),
            relay_domain=DOMAIN,
            relay_listen=f"lmtp://127.0.0.1:{free_port()}",
            inbound_secret=SECRET,
            webhooks_per_minute=100_000,
        )
        made = Relay(maker, sink, settings, tmp_path)
        await made.ask()
        yield made


@contextmanager
def receiver(settings: Settings, folder: Path) -> Iterator[Child]:
    """A real receiver, as `escale relay` runs it."""
    child = Child("relay", ["relay"], settings, folder / "relay.log")
    child.start()
    try:
        yield child
    finally:
        child.kill()


async def some_more(relay: Relay, count: int) -> None:
    """Wait until that many more are accepted, and a moment: any will do."""
    wanted = min(len(relay.accepted) + count, MAILS)
    await until(lambda: len(relay.accepted) >= wanted, "mails accepted", _PATIENCE_S)
    await asyncio.sleep(random.random() / 20)  # noqa: S311 - any moment will do


async def test_receivers_and_workers_at_random_moments(relay: Relay) -> None:
    handing = asyncio.gather(*(relay.hand(range(first, MAILS, HANDS)) for first in range(HANDS)))
    for _ in range(KILLS):
        with receiver(relay.settings, relay.folder), worker(relay.settings, relay.folder) as process:
            await some_more(relay, 12)
            process.kill()
        relay.worker_kills += 1
    with receiver(relay.settings, relay.folder), worker(relay.settings, relay.folder):
        await asyncio.wait_for(handing, _PATIENCE_S)
        await relay.settled()
    assert sorted(relay.accepted) == list(range(MAILS))


async def test_the_receiver_between_commit_and_answer(relay: Relay) -> None:
    """PostgreSQL has kept the mail, its server never hears of it, and sends it again."""
    async with between(relay.settings.database_url, b"INSERT INTO inbound_mails") as (through, held):
        with receiver(replace(relay.settings, database_url=through), relay.folder) as child:
            handing = asyncio.create_task(relay.hand([1]))
            await asyncio.wait_for(held.wait(), _PATIENCE_S)
            child.kill()
    async with relay.maker() as session:
        assert await session.scalar(select(func.count()).select_from(inbound_mails)) == 1
    assert relay.accepted == []
    with receiver(relay.settings, relay.folder), worker(relay.settings, relay.folder):
        await asyncio.wait_for(handing, _PATIENCE_S)
        await relay.settled()


async def test_the_api_that_the_provider_calls(relay: Relay) -> None:
    urls = [f"http://127.0.0.1:{free_port()}"]
    posting = asyncio.gather(*(relay.post(urls, range(first, MAILS, HANDS)) for first in range(HANDS)))
    with worker(relay.settings, relay.folder):
        async with api(relay.settings, relay.folder) as (url, process):
            urls.append(url)
            await some_more(relay, 12)
            os.kill(process.pid, signal.SIGKILL)
        async with api(relay.settings, relay.folder) as (url, _):
            urls.append(url)
            await asyncio.wait_for(posting, _PATIENCE_S)
        await relay.settled()
    assert sorted(relay.accepted) == list(range(MAILS))
