"""A double of the mail server for use cases: what it was given, or failing as told."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clients.geocoding import Geocoder
from clients.seal import DocumentSeal
from clients.seal_keys import developers_key
from clients.smtp import Envelope, Mailer, MailRefusedError
from clients.storage import FolderStorage
from data.tables import outbox
from domain.errors import UnavailableError
from services.work import Tools, Work
from tests.factories.forms import NOW

SITE = "https://escale.example"
SEAL = DocumentSeal(developers_key("k" * 32))
_NOWHERE = FolderStorage(Path("/dev/null/nowhere"))
"""A test of files gives its own folder."""


class Post(Mailer):
    """The client's double: keeps what it is given, or fails as told."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failing = self.dead = False

    @asynccontextmanager
    async def addressed(self, sender: str, recipient: str) -> AsyncIterator[Envelope]:
        if self.failing:
            raise UnavailableError("SMTP 421")
        if self.dead:
            raise MailRefusedError("SMTP 550: recipient refused", dead=True)
        yield _Kept(self, sender, recipient)


class _Kept(Envelope):
    def __init__(self, post: Post, sender: str, recipient: str) -> None:
        self.post, self.between = post, (sender, recipient)

    async def deliver(self, content: bytes) -> None:
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        assert self.between == ("ne-pas-repondre@escale.example", message["To"])
        self.post.sent.append(message)


def tools(post: Post, reply_to: str = "", **changes: Any) -> Tools:  # noqa: ANN401 - fields of Tools
    made = Tools(
        mailer=post,
        geocoder=Geocoder("http://127.0.0.1:9"),
        seal=SEAL,
        storage=_NOWHERE,
        public_url=SITE,
        mail_from="Escale <ne-pas-repondre@escale.example>",
        mail_reply_to=reply_to,
        secret_key="k" * 32,
    )
    return replace(made, **changes)


async def last_work(session: AsyncSession, job: str) -> Work:
    query = select(outbox).where(outbox.c.job == job).order_by(outbox.c.id.desc()).limit(1)
    row = (await session.execute(query)).one()
    return Work(id=row.id, payload=row.payload, created_at=row.created_at, now=NOW)


def parts(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML."""
    listed = [part.get_content() for part in message.iter_parts() if isinstance(part, EmailMessage)]
    return str(listed[0]), str(listed[1])


def path_in(message: EmailMessage) -> str:
    found = re.search(rf"{SITE}(/\S+)", parts(message)[0])
    assert found
    return found[1]
