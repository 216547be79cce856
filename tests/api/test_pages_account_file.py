"""The candidate's file over HTTP: consents next to their lines, nothing of it in a search."""

import httpx
import pytest

from api.cookies import PASSPORT_COOKIE
from data.session import SessionMaker
from tests.api.test_pages_account import email, maker, sign_in

__all__ = ["email", "maker"]
ROOT = "/compte/dossier"


async def test_lines_are_kept_with_their_consent(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await sign_in(client, maker, email)
    refused = await client.post(ROOT, data={"rqth": "1", "situation": "rsa", "consent.situation": "1"})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="consent-rqth-erreur"' in refused.text
    assert 'href="#consent-rqth"' in refused.text
    assert 'id="rqth" name="rqth" value="1" checked' in refused.text
    kept = await client.post(
        ROOT, data={"rqth": "1", "consent.rqth": "1", "situation": "rsa", "consent.situation": "1"}
    )
    assert kept.headers["location"] == f"{ROOT}?fait=lignes"
    page = (await client.get(ROOT)).text
    assert 'name="rqth" value="1" checked' in page
    assert 'name="consent.rqth" value="1" checked' in page
    assert 'value="rsa" selected' in page
    search = await client.get("/api/v1/search?lat=49.1193&lon=6.1757&radius_km=50")
    assert "rqth" not in search.text
    assert "rqth" not in (await client.get("/passeport/export.json")).text
    await client.post(ROOT, data={})
    assert 'name="rqth" value="1" checked' not in (await client.get(ROOT)).text


@pytest.mark.parametrize("said", ["nothing", "<script>", ""])
async def test_an_unknown_situation_is_none(
    client: httpx.AsyncClient, maker: SessionMaker, email: str, said: str
) -> None:
    await sign_in(client, maker, email)
    kept = await client.post(ROOT, data={"situation": said})
    assert kept.status_code == httpx.codes.SEE_OTHER


async def test_the_browsers_passport_is_put_in_the_account(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await client.post("/api/v1/passports", json={"skills": ["E0311"]})
    await sign_in(client, maker, email)
    assert "Ce navigateur garde un passeport" in (await client.get(ROOT)).text
    claimed = await client.post(f"{ROOT}/passeport")
    assert claimed.headers["location"] == f"{ROOT}?fait=passeport"
    assert PASSPORT_COOKIE not in client.cookies
    held = (await client.get("/api/v1/passports/current")).json()["skills"]
    assert [one["ogr"] for one in held] == ["E0311"]
    assert (await client.post(f"{ROOT}/passeport")).headers["location"] == ROOT
