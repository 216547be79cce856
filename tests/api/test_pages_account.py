"""Signing in by mail, and the account's page, over HTTP."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from api.cookies import SESSION_COOKIE
from api.limits import HOUR_S, limit_sign_ins
from clients.valkey import Counters
from data.queries import links
from data.session import SessionMaker
from data.tables import sign_ins, users
from domain.account import SESSION_LIFE
from domain.errors import TooManyError
from services.links import KINDS, Purpose
from settings import Settings

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36"}


@pytest.fixture
def maker(api_app: Litestar) -> SessionMaker:
    found: SessionMaker = api_app.state.maker
    return found


@pytest.fixture
def email() -> str:
    """An address nobody has used yet."""
    return f"page-{secrets.token_hex(6)}@exemple.fr"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock


async def link_for(maker: SessionMaker, email: str, *, age: timedelta = timedelta()) -> str:
    """The path of the link that the mail to that address would carry."""
    async with maker() as session, session.begin():
        query = select(sign_ins.c.id).where(sign_ins.c.email == email).order_by(sign_ins.c.created_at.desc())
        sign_in = str((await session.scalars(query)).first())
        minted = now() - age
        life = KINDS[Purpose.SIGN_IN].life
        await links.mint(session, f"page-{sign_in}", Purpose.SIGN_IN, sign_in, minted, minted + life)
    return f"/connexion/lien/page-{sign_in}"


async def sign_in(client: httpx.AsyncClient, maker: SessionMaker, email: str, suite: str = "/compte") -> None:
    asked = await client.post("/connexion", data={"email": email, "suite": suite})
    assert asked.status_code == httpx.codes.OK
    entered = await client.post(await link_for(maker, email))
    assert (entered.status_code, entered.headers["location"]) == (httpx.codes.SEE_OTHER, suite)


async def test_from_a_page_that_asks_an_account_and_back(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    refused = await client.get("/compte")
    assert refused.headers["location"] == "/connexion?suite=%2Fcompte"
    page = await client.get(refused.headers["location"])
    assert 'name="suite" value="/compte"' in page.text
    assert "Se connecter" in (await client.get("/")).text
    await sign_in(client, maker, email)
    home = await client.get("/")
    assert "Mon compte" in home.text
    assert home.headers["cache-control"] == "no-store"
    account = await client.get("/compte")
    assert email in account.text
    assert (await client.get("/connexion?suite=/passeport")).headers["location"] == "/passeport"
    assert "Mon compte" in (await client.get("/nulle-part")).text


async def test_the_answer_is_the_same_for_all(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    unknown = await client.post("/connexion", data={"email": email})
    async with maker() as session, session.begin():
        await session.execute(users.insert().values(email=f"x{email}", created_at=now(), seen_at=now()))
    known = await client.post("/connexion", data={"email": f"x{email}"})
    assert known.text.replace(f"x{email}", email) == unknown.text
    assert known.status_code == unknown.status_code == httpx.codes.OK


async def test_a_wrong_address_is_said_next_to_its_field(client: httpx.AsyncClient) -> None:
    answer = await client.post("/connexion", data={"email": "léa", "suite": "//ailleurs.example"})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="email-erreur"' in answer.text
    assert "ailleurs.example" not in answer.text


async def test_the_cookie_is_for_the_server_alone(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await client.post("/connexion", data={"email": email})
    path = await link_for(maker, email)
    for _ in range(3):  # what a mail filter does
        shown = await client.get(path)
        assert "Me connecter" in shown.text
        assert email not in shown.text
        assert "set-cookie" not in shown.headers
    cookie = (await client.post(path)).headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    for attribute in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={int(SESSION_LIFE.total_seconds())}"):
        assert attribute in cookie


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_old_link_says_why_and_offers_another(
    client: httpx.AsyncClient, maker: SessionMaker, email: str, method: str
) -> None:
    await client.post("/connexion", data={"email": email})
    path = await link_for(maker, email, age=KINDS[Purpose.SIGN_IN].life)
    answer = await client.request(method, path)
    assert answer.status_code == httpx.codes.GONE
    assert "il a dépassé sa durée" in answer.text
    assert 'name="email"' in answer.text
    assert SESSION_COOKIE not in client.cookies
    unknown = await client.request(method, "/connexion/lien/inconnu")
    assert unknown.status_code == httpx.codes.NOT_FOUND
    assert 'name="email"' in unknown.text


async def test_a_used_link_says_so(client: httpx.AsyncClient, maker: SessionMaker, email: str) -> None:
    await client.post("/connexion", data={"email": email})
    path = await link_for(maker, email)
    await client.post(path)
    again = await client.post(path)
    assert again.status_code == httpx.codes.GONE
    assert "déjà servi" in again.text


async def test_signing_out_ends_the_session(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await sign_in(client, maker, email)
    token = client.cookies[SESSION_COOKIE]
    left = await client.post("/deconnexion")
    assert left.headers["location"] == "/connexion/a-bientot"
    assert SESSION_COOKIE not in client.cookies
    client.cookies.set(SESSION_COOKIE, token)
    assert (await client.get("/compte")).status_code == httpx.codes.SEE_OTHER


async def test_names_are_changed_and_refused(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await sign_in(client, maker, email)
    kept = await client.post(
        "/compte", data={"first_name": "Léa", "last_name": "<b>", "phone": "06 12 34 56 78"}
    )
    assert kept.headers["location"].startswith("/compte?fait=profil")
    page = (await client.get("/compte")).text
    assert 'value="Léa"' in page
    assert 'value="&lt;b&gt;"' in page
    assert "06 12 34 56 78" in page
    refused = await client.post("/compte", data={"first_name": "Ana", "phone": "12"})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'value="Ana"' in refused.text
    assert 'value="Léa"' in (await client.get("/compte")).text


async def test_a_session_is_ended_from_another_browser(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await sign_in(client, maker, email)
    here = client.cookies[SESSION_COOKIE]
    client.headers.update(PHONE)
    await sign_in(client, maker, email)  # rotation: what this browser held is ended
    client.cookies.set(SESSION_COOKIE, here)
    assert (await client.get("/compte")).status_code == httpx.codes.SEE_OTHER
    client.cookies.clear()
    await sign_in(client, maker, email)
    page = (await client.get("/compte")).text
    assert page.count("Chrome sur Android") >= len(["here", "there"])
    other = page.split('action="/compte/appareils/')[1].split('"')[0]
    assert UUID(other)
    ended = await client.post(f"/compte/appareils/{other}")
    assert ended.headers["location"] == "/compte?fait=appareil#appareils"
    assert (await client.post(f"/compte/appareils/{other}")).status_code == httpx.codes.NOT_FOUND
    assert 'action="/compte/appareils/' not in (await client.get("/compte")).text
    assert (await client.post("/compte/appareils")).status_code == httpx.codes.SEE_OTHER


async def test_links_are_counted_for_an_address_and_for_a_place(
    client: httpx.AsyncClient, api_settings: Settings, email: str
) -> None:
    most = api_settings.sign_ins_per_email_per_hour
    for _ in range(most):
        assert (await client.post("/connexion", data={"email": email.upper()})).status_code == httpx.codes.OK
    answer = await client.post("/connexion", data={"email": email})
    assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert 0 < int(answer.headers["retry-after"]) <= HOUR_S
    assert "Réessayez dans 60 minutes" in answer.text
    assert (await client.post("/connexion", data={"email": f"x{email}"})).status_code == httpx.codes.OK


async def test_at_once_no_more_get_through(valkey_url: str) -> None:
    settings = Settings(sign_ins_per_ip_per_hour=20, sign_ins_per_email_per_hour=5)
    counters = Counters(valkey_url, "k" * 32)

    async def ask(number: int) -> bool:
        try:
            await limit_sign_ins(counters, settings, "192.0.2.1", f"{number % 2}@exemple.fr")
        except TooManyError:
            return False
        return True

    assert sum(await asyncio.gather(*(ask(number) for number in range(30)))) == len(["a", "b"]) * 5
    assert not await ask(3)
    await counters.close()
