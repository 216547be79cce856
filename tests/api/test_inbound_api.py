"""Answers by mail that the provider hands over: who may, what is kept, once however often they come."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select, text

from api.app import create_app
from clients.inbound_files import InboundFiles
from data.queries import discussions
from data.session import SessionMaker, create_engine, create_maker
from data.tables import discussion_files, discussion_messages, inbound_mails
from domain.inbound import MAX_MAIL, Outcome
from services.discussions import relay
from settings import Settings
from tests.api.conftest import opened
from tests.clients.http_server import Answer, serve
from tests.factories.discussions import build_world
from tests.factories.mails import JPEG
from tests.factories.reference import add_reference
from tests.services.post import Post, last_work, tools

URL = "/api/v1/webhooks/inbound-mail"
SECRET = "answers-by-the-provider"
DOMAIN = "reponse.escale.example"


@pytest.fixture
def relay_settings(fresh_settings: Settings) -> Settings:
    return replace(fresh_settings, inbound_secret=SECRET, relay_domain=DOMAIN, webhooks_per_minute=50)


@pytest.fixture
async def provider(relay_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async for client in opened(create_app(relay_settings)):
        client.headers["Authorization"] = f"Bearer {SECRET}"
        yield client


@pytest.fixture
async def maker(relay_settings: Settings) -> AsyncIterator[SessionMaker]:
    engine = create_engine(relay_settings.database_url)
    yield create_maker(engine)
    await engine.dispose()


@pytest.fixture
async def address(maker: SessionMaker) -> str:
    """Where the company writes to the candidate."""
    async with maker() as session, session.begin():
        await add_reference(session)
        asked = await (await build_world(session)).asked()
        row = await discussions.by_id(session, asked)
        assert row is not None
    return f"{row.candidate_address}@{DOMAIN}"


def item(to: str, **changes: object) -> dict[str, object]:
    """As https://developers.brevo.com/docs/inbound-parse-webhooks shows it."""
    known: dict[str, object] = {
        "Uuid": ["67d2c7c8-1d1f-4a4f-a0c8-5a7e3e2b0c11"],
        "MessageId": "<CAF@mail.gmail.com>",
        "InReplyTo": None,
        "From": {"Name": "Jean Martin", "Address": "Contact@exemple.com"},
        "To": [{"Name": None, "Address": to}],
        "Recipients": [to],
        "Cc": [],
        "ReplyTo": None,
        "SentAtDate": "Sat, 21 Nov 2026 10:00:00 +0100",
        "Subject": "Re: Demande",
        "Attachments": [],
        "Headers": {"Received": ["by a", "by b"], "Subject": "Re: Demande"},
        "SpamScore": 0.1,
        "ExtractedMarkdownMessage": "Oui, venez mardi.",
        "ExtractedMarkdownSignature": None,
        "RawHtmlBody": "<div>Oui, venez <b>mardi</b>.</div>",
        "RawTextBody": "Oui, venez mardi.\n\nLe 21 nov. 2026 à 10:00, Escale a écrit :\n> Bonjour\n",
    }
    return known | changes


async def kept(maker: SessionMaker) -> list[str]:
    async with maker() as session:
        return list((await session.execute(select(inbound_mails.c.status))).scalars())


async def process(maker: SessionMaker, files: InboundFiles | None = None) -> Outcome:
    async with maker() as session, session.begin():
        work = await last_work(session, relay.PROCESS)
        made = tools(Post(), relay_domain=DOMAIN)
        await relay.process(session, replace(made, inbound_files=files) if files else made, work)
        status = select(inbound_mails.c.status).where(inbound_mails.c.id == work.payload["inbound"])
        return Outcome((await session.execute(status)).scalar_one())


async def test_a_mail_is_kept_once_then_handed_on(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str
) -> None:
    for taken in (1, 0, 0):
        answer = await provider.post(URL, json={"items": [item(address.title())]})
        assert (answer.status_code, answer.json()) == (200, {"taken": taken})
    assert await kept(maker) == ["waiting"]
    assert await process(maker) is Outcome.DELIVERED
    async with maker() as session:
        query = select(discussion_messages.c.body).where(discussion_messages.c.channel == "mail")
        assert (await session.execute(query)).scalars().all() == ["Oui, venez mardi."]


async def test_files_are_fetched_with_their_token(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str
) -> None:
    named = {
        "Name": "plan.jpg",
        "ContentType": "image/jpeg",
        "ContentLength": len(JPEG),
        "DownloadToken": "a/b",
    }
    sent = item(address, Attachments=[named, {**named, "DownloadToken": "gone"}])
    assert (await provider.post(URL, json={"items": [sent]})).json() == {"taken": 1}
    answers = [Answer(body=JPEG), Answer(status=404, body={})]
    async with serve(*answers) as api:
        files = InboundFiles(f"{api.url}/v3", "key-of-the-account")
        assert await process(maker, files) is Outcome.DELIVERED
        await files.close()
    assert [path for path, _ in api.asked] == [
        "/v3/inbound/attachments/a%2Fb",
        "/v3/inbound/attachments/gone",
    ]
    assert api.headers[0]["api-key"] == "key-of-the-account"
    async with maker() as session:
        (row,) = (await session.execute(select(discussion_files))).all()
        assert (row.name, row.content) == ("plan.jpg", JPEG)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": "", "X-Escale-Signature": "sha256=" + "0" * 64},
        {"Authorization": "", "X-Escale-Signature": hmac.new(b"", b"{}", hashlib.sha256).hexdigest()},
    ],
)
async def test_a_forged_report_changes_nothing(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str, headers: dict[str, str]
) -> None:
    answer = await provider.post(URL, json={"items": [item(address)]}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "Ce message n’est pas remis par le fournisseur de messagerie."
    assert await kept(maker) == []


async def test_a_signature_is_that_of_the_bytes(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str
) -> None:
    body = json.dumps({"items": [item(address)]}, indent=3).encode()
    signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Authorization": "",
        "X-Escale-Signature": f"sha256={signed}",
        "Content-Type": "application/json",
    }
    changed = body.replace(b"mardi", b"jeudi")
    assert (await provider.post(URL, content=changed, headers=headers)).status_code == 403
    assert (await provider.post(URL, content=body, headers=headers)).json() == {"taken": 1}
    assert await kept(maker) == ["waiting"]


async def test_without_a_secret_nobody_is_let_in(relay_settings: Settings) -> None:
    async for client in opened(create_app(replace(relay_settings, inbound_secret=""))):
        for said in ("Bearer ", "Bearer", ""):
            answer = await client.post(URL, json={"items": []}, headers={"Authorization": said})
            assert answer.status_code == 403


async def test_mails_for_nobody_here_are_forgotten(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str
) -> None:
    others = [item("x@ailleurs.example"), item(f"inconnue@{DOMAIN}"), item("pas une adresse"), item("")]
    assert (await provider.post(URL, json={"items": others})).json() == {"taken": 0}
    several = item(address, Recipients=[address, address.upper(), "x@ailleurs.example"], MessageId=None)
    assert (await provider.post(URL, json={"items": [several]})).json() == {"taken": 1}
    assert await kept(maker) == ["waiting"]


async def test_a_mail_that_is_too_long_is_refused(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str
) -> None:
    long = item(address, RawTextBody="a" * 4_900_000, RawHtmlBody="a" * 4_900_000)
    assert (await provider.post(URL, json={"items": [long]})).json() == {"taken": 1}
    assert await process(maker) is Outcome.TOO_LONG
    body = json.dumps({"items": [item(address, Subject="a" * MAX_MAIL)]}).encode()
    sent = await provider.post(URL, content=body, headers={"Content-Type": "application/json"})
    assert sent.status_code == 413
    async with maker() as session:
        explained = text("SELECT count(*) FROM outbox WHERE job = 'inbound.explain_mail'")
        assert (await session.execute(explained)).scalar_one() == 1


async def test_a_machine_is_told_by_the_headers_of_the_item(
    provider: httpx.AsyncClient, maker: SessionMaker, address: str
) -> None:
    away = item(address, Headers={"Auto-Submitted": "auto-replied", "From": "Jean <contact@exemple.com>"})
    assert (await provider.post(URL, json={"items": [away]})).json() == {"taken": 1}
    assert await process(maker) is Outcome.AUTOMATIC
