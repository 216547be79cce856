"""Signing in with ProConnect over HTTP: a browser's own cookies, a real local provider."""

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select

from api.app import create_app
from api.cookies import SESSION_COOKIE
from api.pages.proconnect import FLOW_COOKIE
from data.session import SessionMaker
from data.tables import oidc_flows, users
from settings import Settings, SettingsError
from tests.api.conftest import running
from tests.api.test_pages_account import now
from tests.clients.oidc_server import CLIENT, PERSON, SECRET, Provider, provider

SITE = "http://escale.test"


@pytest.fixture(scope="module")
def _started() -> Iterator[Provider]:
    with provider() as started:
        yield started


@pytest.fixture
def server(_started: Provider) -> Provider:
    """The provider, behaving, with a person nobody has seen."""
    _started.fault, _started.error, _started.down = "", "", False
    name = secrets.token_hex(6)
    _started.person = {**PERSON, "sub": name, "email": f"{name}@mission-locale.exemple.fr"}
    return _started


@pytest.fixture(scope="module")
async def app(api_settings: Settings, _started: Provider) -> AsyncIterator[Litestar]:
    told = {"proconnect_client_id": CLIENT, "proconnect_client_secret": SECRET, "public_url": SITE}
    app = create_app(replace(api_settings, proconnect_url=_started.url, **cast("Any", told)))
    async with running(app):
        yield app


@pytest.fixture
async def browser(app: Litestar, valkey_url: str) -> AsyncIterator[httpx.AsyncClient]:
    assert valkey_url
    transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=SITE, timeout=10) as one:
        yield one


async def at_provider(address: str) -> str:
    """What the provider sends the browser back to."""
    async with httpx.AsyncClient() as outside:
        back: str = (await outside.get(address)).headers["location"]
        return back


async def sign_in(browser: httpx.AsyncClient, suite: str = "/compte") -> httpx.Response:
    left = await browser.get("/connexion/proconnect", params={"suite": suite})
    assert left.status_code == httpx.codes.SEE_OTHER
    return await browser.get(await at_provider(left.headers["location"]))


async def count(app: Litestar, email: str) -> int:
    maker: SessionMaker = app.state.maker
    async with maker() as session:
        query = select(func.count()).select_from(users).where(users.c.email == email)
        return int(await session.scalar(query) or 0)


async def test_in_and_out(browser: httpx.AsyncClient, server: Provider, app: Litestar) -> None:
    page = await browser.get("/connexion?suite=/passeport")
    assert 'href="/connexion/proconnect?suite=/passeport"' in page.text
    entered = await sign_in(browser, "/passeport")
    assert entered.headers["location"] == "/passeport"
    assert FLOW_COOKIE not in browser.cookies
    account = (await browser.get("/compte")).text
    assert server.person["email"] in account
    assert 'value="Ana"' in account
    assert "par ProConnect" in account
    left = await browser.post("/deconnexion")
    assert SESSION_COOKIE not in browser.cookies
    address = left.text.split('href="http://127.0.0.1')[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(address).query)
    assert asked["post_logout_redirect_uri"] == [f"{SITE}/connexion/a-bientot"]
    assert asked["id_token_hint"][0].count(".") == len(["header", "claims"])
    assert asked["state"]
    back = await browser.get(await at_provider(f"http://127.0.0.1{address}"))
    assert "Vous êtes déconnecté" in back.text
    assert await count(app, server.person["email"]) == 1


async def test_an_account_is_found_by_its_subject_then_by_its_address(
    browser: httpx.AsyncClient, server: Provider, app: Litestar
) -> None:
    first = server.person["email"]
    async with app.state.maker() as session, session.begin():
        values = {"email": first, "first_name": "Léa", "created_at": now(), "seen_at": now()}
        await session.execute(users.insert().values(**values))
    await sign_in(browser)
    assert 'value="Léa"' in (await browser.get("/compte")).text
    server.person["email"] = f"x{first}"
    await sign_in(browser)
    account = (await browser.get("/compte")).text
    assert f">{first}<" in account
    assert await count(app, f"x{first}") == 0
    server.person |= {"sub": secrets.token_hex(6), "email": first}
    refused = await sign_in(browser)
    assert refused.status_code == httpx.codes.CONFLICT
    assert "autre identité" in refused.text
    assert 'name="email"' in refused.text


async def test_only_the_browser_that_started_comes_back_and_once(
    browser: httpx.AsyncClient, server: Provider, app: Litestar
) -> None:
    assert server.person
    left = await browser.get("/connexion/proconnect")
    cookie = left.headers["set-cookie"]
    for attribute in (f"{FLOW_COOKIE}=", "HttpOnly", "SameSite=lax", "Path=/connexion/proconnect"):
        assert attribute in cookie
    back = await at_provider(left.headers["location"])
    kept = browser.cookies[FLOW_COOKIE]
    browser.cookies.clear()
    stolen = await browser.get(back)
    assert stolen.status_code == httpx.codes.GONE
    assert "autre onglet" in stolen.text
    path = "/connexion/proconnect"
    browser.cookies.set(FLOW_COOKIE, kept, path=path)
    assert (await browser.get(back)).headers["location"] == "/compte"
    browser.cookies.clear()
    browser.cookies.set(FLOW_COOKIE, kept, path=path)
    replayed = await browser.get(back)
    assert replayed.status_code == httpx.codes.FORBIDDEN  # the code has served
    fresh = parse_qs(urlsplit(await at_provider(left.headers["location"])).query)["code"][0]
    browser.cookies.set(FLOW_COOKIE, kept, path=path)
    again = await browser.get(f"{path}/retour", params={"state": kept, "code": fresh})
    assert again.status_code == httpx.codes.GONE  # and so has the state
    assert SESSION_COOKIE not in browser.cookies
    async with app.state.maker() as session:
        assert await session.scalar(select(func.count()).select_from(oidc_flows)) == 0


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"error": "access_denied"}, httpx.codes.FORBIDDEN),
        ({"fault": "nonce"}, httpx.codes.FORBIDDEN),
        ({"fault": "signature"}, httpx.codes.FORBIDDEN),
        ({"fault": "userinfo_email"}, httpx.codes.FORBIDDEN),
    ],
)
async def test_what_fails_offers_the_mail(
    browser: httpx.AsyncClient, server: Provider, app: Litestar, wrong: dict[str, str], status: int
) -> None:
    for name, value in wrong.items():
        setattr(server, name, value)
    answer = await sign_in(browser)
    assert answer.status_code == status
    assert "Recommencez, ou recevez un lien par e-mail" in answer.text
    assert 'name="email"' in answer.text
    assert SESSION_COOKIE not in browser.cookies
    assert await count(app, server.person["email"]) == 0


async def test_a_provider_that_is_down_offers_the_mail(browser: httpx.AsyncClient, server: Provider) -> None:
    left = await browser.get("/connexion/proconnect")
    back = await at_provider(left.headers["location"])
    server.down = True
    answer = await browser.get(back)
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "ProConnect ne répond pas" in answer.text
    assert 'name="email"' in answer.text


async def test_nothing_of_it_shows_where_it_is_not_open(client: httpx.AsyncClient) -> None:
    assert "ProConnect" not in (await client.get("/connexion")).text
    assert (await client.get("/connexion/proconnect")).status_code == httpx.codes.NOT_FOUND
    assert (await client.get("/connexion/proconnect/retour")).status_code == httpx.codes.NOT_FOUND


def test_its_settings_come_together() -> None:
    with pytest.raises(SettingsError, match="PROCONNECT_CLIENT_ID"):
        Settings.from_env({"PROCONNECT_URL": "https://proconnect.example"})
