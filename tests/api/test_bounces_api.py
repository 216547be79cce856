"""The mail provider's reports: who may send them, what they change, once however often they are told."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from api.app import create_app
from data.session import SessionMaker, create_engine, create_maker
from data.tables import address_states, bounces
from services.addresses import address_hash, proved
from settings import Settings
from tests.api.conftest import opened

URL = "/api/v1/webhooks/bounces"
SECRET = "reports-of-the-provider"
ADDRESS = "Ana@Dupont.example"


def event(kind: str = "hard_bounce", **changes: object) -> dict[str, object]:
    """As https://developers.brevo.com/docs/transactional-webhooks shows it."""
    known = {
        "event": kind,
        "email": ADDRESS,
        "id": 26224,
        "date": "2020-10-09 00:00:00",
        "ts": 1604933619,
        "message-id": "<201798300811.5787683@relay.domain.com>",
        "ts_event": 1604933654,
        "subject": "My first Transactional",
        "X-Mailin-custom": "some_custom_header",
        "sending_ip": "185.41.28.109",
        "template_id": 22,
        "tags": ["transac_messages"],
        "reason": "server is down",
        "ts_epoch": 1604933653,
    }
    return known | changes


@pytest.fixture
def bounce_settings(fresh_settings: Settings) -> Settings:
    return replace(fresh_settings, bounce_secret=SECRET, webhooks_per_minute=20)


@pytest.fixture
async def provider(bounce_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async for client in opened(create_app(bounce_settings)):
        client.headers["Authorization"] = f"Bearer {SECRET}"
        yield client


@pytest.fixture
async def maker(bounce_settings: Settings) -> AsyncIterator[SessionMaker]:
    engine = create_engine(bounce_settings.database_url)
    yield create_maker(engine)
    await engine.dispose()


async def soft(maker: SessionMaker) -> int:
    async with maker() as session:
        return int((await session.execute(select(address_states.c.soft_bounces))).scalar_one())


async def dead(maker: SessionMaker, settings: Settings) -> bool:
    async with maker() as session:
        hashed = address_hash(settings.secret_key, ADDRESS.lower())
        query = select(address_states.c.unreachable_at).where(address_states.c.address_hash == hashed)
        return await session.scalar(query) is not None


async def test_a_hard_bounce_is_acted_on_once(
    provider: httpx.AsyncClient, maker: SessionMaker, bounce_settings: Settings
) -> None:
    answers = [await provider.post(URL, json=event()) for _ in range(3)]
    assert [answer.json() for answer in answers] == [{"news": True}, {"news": False}, {"news": False}]
    assert await dead(maker, bounce_settings)
    later = await provider.post(URL, json=event(ts_event=1604999999))
    assert later.json() == {"news": True}
    async with maker() as session, session.begin():
        await proved(session, bounce_settings.secret_key, f" {ADDRESS} ")
    assert not await dead(maker, bounce_settings)


async def test_an_address_that_never_existed_is_dead_too(
    provider: httpx.AsyncClient, maker: SessionMaker, bounce_settings: Settings
) -> None:
    await provider.post(URL, json=event("invalid_email"))
    assert await dead(maker, bounce_settings)


async def test_soft_ones_are_counted_only(
    provider: httpx.AsyncClient, maker: SessionMaker, bounce_settings: Settings
) -> None:
    for moment in (1, 1, 2, 3):
        await provider.post(URL, json=event("soft_bounce", ts_event=moment))
    assert await soft(maker) == 3
    assert not await dead(maker, bounce_settings)


@pytest.mark.parametrize("kind", ["delivered", "blocked", "spam", "deferred", "error", "unsubscribed"])
async def test_what_says_nothing_of_the_address_is_forgotten(
    provider: httpx.AsyncClient, maker: SessionMaker, kind: str
) -> None:
    assert (await provider.post(URL, json=event(kind))).json() == {"news": False}
    async with maker() as session:
        assert (await session.execute(select(address_states))).all() == []
        assert (await session.execute(select(bounces))).all() == []


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer wrong", SECRET, f"Basic {SECRET}", f"Bearer {SECRET}é"]
)
async def test_only_the_provider_may_report(
    provider: httpx.AsyncClient, maker: SessionMaker, bounce_settings: Settings, said: str
) -> None:
    refused = await provider.post(URL, json=event(), headers=[(b"authorization", said.encode())])
    assert refused.status_code == httpx.codes.FORBIDDEN
    assert not await dead(maker, bounce_settings)


async def test_without_a_secret_nobody_may(bounce_settings: Settings) -> None:
    async for client in opened(create_app(replace(bounce_settings, bounce_secret=""))):
        answer = await client.post(URL, json=event(), headers={"Authorization": "Bearer "})
        assert answer.status_code == httpx.codes.FORBIDDEN


async def test_too_many_reports_are_told_when_to_come_back(provider: httpx.AsyncClient) -> None:
    answers = [await provider.post(URL, json=event(ts_event=at)) for at in range(21)]
    assert [answer.status_code for answer in answers[:20]] == [httpx.codes.OK] * 20
    assert answers[20].status_code == httpx.codes.TOO_MANY_REQUESTS
    assert 0 < int(answers[20].headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    "broken", [{"email": ""}, {"event": None}, {"ts_event": "soon"}, {"message-id": "\u0000"}]
)
async def test_what_is_no_report_is_refused(provider: httpx.AsyncClient, broken: dict[str, object]) -> None:
    answer = await provider.post(URL, json=event() | broken)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
