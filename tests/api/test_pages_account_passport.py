"""The passport's pages and the searches of an account: its own passport, never what the browser holds."""

import httpx

from api.cookies import PASSPORT_COOKIE, SESSION_COOKIE
from data.session import SessionMaker
from tests.api.test_pages_account import email, link_for, maker, sign_in

__all__ = ["email", "maker"]
SKILL = "E0311"


async def claimed(client: httpx.AsyncClient, maker: SessionMaker, email: str) -> str:
    """Fill a passport, then sign in with it; the token it had."""
    made = await client.post("/api/v1/passports", json={"skills": [SKILL]})
    token: str = made.json()["id"]
    await client.post("/connexion", data={"email": email})
    path = await link_for(maker, email)
    assert 'name="passeport"' in (await client.get(path)).text
    await client.post(path, data={"passeport": "1"})
    return token


async def test_a_claimed_passport_follows_its_person(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    token = await claimed(client, maker, email)
    assert PASSPORT_COOKIE not in client.cookies
    held = await client.get("/api/v1/passports/current")
    assert [one["ogr"] for one in held.json()["skills"]] == [SKILL]
    page = await client.get("/passeport")
    assert "set-cookie" not in page.headers
    search = (await client.get("/recherche?lieu=Metz")).text
    assert "passeport" in search
    ranked = await client.get("/api/v1/search?lat=49.1193&lon=6.1757&radius_km=50")
    assert any(hit["skills_matched"] for hit in ranked.json()["hits"])
    changed = await client.post("/passeport", data={"action": "objective", "objective": "discover"})
    assert changed.headers["location"].startswith("/passeport?fait=but")
    assert "set-cookie" not in changed.headers
    assert (await client.get("/passeport/export.json")).json()["objective"] == "discover"
    assert (await client.put("/api/v1/passports/current", json={"skills": []})).status_code == httpx.codes.OK
    assert (await client.get("/api/v1/passports/current/export")).json()["skills"] == []

    client.cookies.clear()
    client.cookies.set(PASSPORT_COOKIE, token)
    assert (await client.get("/api/v1/passports/current")).status_code == httpx.codes.NOT_FOUND
    client.cookies.clear()
    await sign_in(client, maker, email)
    assert (await client.get("/passeport/export.json")).json()["objective"] == "discover"
    gone = await client.post("/passeport/effacer")
    assert gone.headers["location"] == "/passeport?fait=efface"
    assert (await client.get("/passeport/export.json")).status_code == httpx.codes.NOT_FOUND


async def test_a_session_never_opens_what_the_browser_holds(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await client.post("/api/v1/passports", json={"skills": [SKILL]})
    await sign_in(client, maker, email)
    assert PASSPORT_COOKIE in client.cookies
    assert (await client.get("/api/v1/passports/current")).status_code == httpx.codes.NOT_FOUND
    made = await client.post("/api/v1/passports", json={"skills": ["E0101"]})
    assert "id" not in made.json()
    assert "set-cookie" not in made.headers
    client.cookies.delete(SESSION_COOKIE)
    held = (await client.get("/api/v1/passports/current")).json()["skills"]
    assert [one["ogr"] for one in held] == [SKILL]
