"""The demonstration’s mailbox: a letter of a request is answered there, as any answer by mail is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from api.app import create_app
from data.queries import discussions
from data.session import SessionMaker, create_engine, create_maker
from data.tables import discussion_messages, inbound_mails
from services.discussions import letters, relay
from settings import Settings
from tests.api.conftest import opened
from tests.factories.discussions import build_world
from tests.factories.reference import add_reference
from tests.services.post import Post, last_work, tools

DOMAIN = "reponse.escale.example"


@pytest.fixture
def demo(fresh_settings: Settings, tmp_path: Path) -> Settings:
    return replace(fresh_settings, relay_domain=DOMAIN, mailbox_path=str(tmp_path))


@pytest.fixture
async def maker(demo: Settings) -> AsyncIterator[SessionMaker]:
    engine = create_engine(demo.database_url)
    yield create_maker(engine)
    await engine.dispose()


@pytest.fixture
async def letter(maker: SessionMaker, tmp_path: Path) -> str:
    """The letter by which the company learns of a request."""
    post = Post()
    async with maker() as session, session.begin():
        await add_reference(session)
        assert await discussions.by_id(session, await (await build_world(session)).asked())
        job = "discussion.asked_company_mail"
        await letters.JOBS[job](session, tools(post, relay_domain=DOMAIN), await last_work(session, job))
    (tmp_path / "1-1.eml").write_bytes(post.sent[0].as_bytes())
    return "/boite-aux-lettres/1-1.eml/reponse"


async def test_a_letter_is_answered(demo: Settings, maker: SessionMaker, letter: str) -> None:
    async for client in opened(create_app(demo)):
        page = (await client.get("/boite-aux-lettres")).text
        assert f'action="{letter}"' in page
        answer = await client.post(letter, data={"message": "Oui, venez mardi."})
        assert (answer.status_code, answer.headers["location"]) == (303, "/boite-aux-lettres#recus")
        assert (await client.post(letter, data={"message": " "})).status_code == 422
    async with maker() as session, session.begin():
        work = await last_work(session, relay.PROCESS)
        await relay.process(session, tools(Post(), relay_domain=DOMAIN), work)
        assert (await session.execute(select(inbound_mails.c.status))).scalars().all() == ["delivered"]
        query = select(discussion_messages.c.body).where(discussion_messages.c.channel == "mail")
        assert (await session.execute(query)).scalars().all() == ["Oui, venez mardi."]


async def test_other_letters_are_not(
    demo: Settings, maker: SessionMaker, letter: str, tmp_path: Path
) -> None:
    assert maker
    content = (tmp_path / "1-1.eml").read_bytes()
    (tmp_path / "1-2.eml").write_bytes(content.replace(DOMAIN.encode(), b"ailleurs.example"))
    async for client in opened(create_app(demo)):
        other = letter.replace("1-1", "1-2")
        assert (await client.post(other, data={"message": "Oui"})).status_code == 404
        missing = letter.replace("1-1", "9-9")
        assert (await client.post(missing, data={"message": "Oui"})).status_code == 404
