"""PostgreSQL or Valkey gone: 503 with Retry-After where they are needed, and back by itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from api.app import create_app
from data.reference.starter import load_starter
from data.session import create_engine, create_maker
from ops.embedded import EmbeddedServers
from settings import ROOT, Settings
from tests.api.conftest import opened

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BACK_S = 15


@pytest.fixture
async def own_client(own_servers: EmbeddedServers) -> AsyncIterator[httpx.AsyncClient]:
    engine = create_engine(own_servers.database_url)
    async with create_maker(engine)() as session, session.begin():
        await load_starter(session, ROOT / "data" / "starter", NOW)
    await engine.dispose()
    settings = Settings(
        environment="test",
        database_url=own_servers.database_url,
        valkey_url=own_servers.valkey_url,
        sirene_url="http://127.0.0.1:9",
        sirene_timeout_s=0.2,
    )
    async for client in opened(create_app(settings)):
        yield client


def registration() -> dict[str, object]:
    return {
        "siret": "99977701400013",
        "name": "Menuiserie du Port",
        "places": [{"address": "1 quai du Port", "postal_code": "44000", "city": "Nantes"}],
        "offers": [{"rome": "H2206"}],
        "contact": {
            "mode": "email",
            "name": "Ana Petit",
            "job": "Gérante",
            "email": "ana@menuiserie-port.example",
        },
    }


def assert_away(response: httpx.Response) -> None:
    assert response.status_code == httpx.codes.SERVICE_UNAVAILABLE, response.text[:300]
    assert int(response.headers["retry-after"]) > 0


async def until(client: httpx.AsyncClient, path: str, status: int) -> None:
    deadline = time.monotonic() + BACK_S
    while (found := await client.get(path)).status_code != status:
        assert time.monotonic() < deadline, f"{path} still answers {found.status_code}"
        await asyncio.sleep(0.1)


async def test_postgresql_gone_and_back(own_client: httpx.AsyncClient, own_servers: EmbeddedServers) -> None:
    before = (await own_client.post("/api/v1/search", json={})).json()
    await asyncio.to_thread(own_servers.postgres.kill)
    # A search that needs no SQL answers until the listener has read that its connection is lost.
    await until(own_client, "/api/v1/search", httpx.codes.SERVICE_UNAVAILABLE)
    for path in (
        "/api/v1/health",
        "/api/v1/search",
        "/recherche?lieu=Nantes",
        "/api/v1/companies/99900440100017",
    ):
        assert_away(await own_client.get(path))
    assert_away(await own_client.post("/api/v1/companies", json=registration()))
    page = await own_client.get("/recherche?lieu=Nantes")
    assert page.headers["content-type"].startswith("text/html")
    await asyncio.to_thread(own_servers.postgres.start)
    await until(own_client, "/api/v1/health", httpx.codes.OK)
    after = await own_client.post("/api/v1/search", json={})
    assert after.json().get("hits") == before["hits"], after.text[:300]


async def test_valkey_gone_and_back(own_client: httpx.AsyncClient, own_servers: EmbeddedServers) -> None:
    await asyncio.to_thread(own_servers.valkey.kill)
    for path in ("/", "/recherche", "/api/v1/search", "/api/v1/skills?q=vendre", "/comment-ca-marche"):
        assert (await own_client.get(path)).status_code == httpx.codes.OK, path
    health = await own_client.get("/api/v1/health")
    assert health.json()["counters"] == "away"
    assert_away(await own_client.post("/api/v1/companies", json=registration()))
    await asyncio.to_thread(own_servers.valkey.start)
    deadline = time.monotonic() + BACK_S
    while (made := await own_client.post("/api/v1/companies", json=registration())).status_code >= 500:
        assert time.monotonic() < deadline, made.text
        await asyncio.sleep(0.1)
    assert made.status_code == httpx.codes.ACCEPTED, made.text
