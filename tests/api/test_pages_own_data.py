"""A person's copy of what is held about them, and the end of their account, over HTTP."""

import httpx
import pytest
from sqlalchemy import select

from api.cookies import SESSION_COOKIE
from api.limits import HOUR_S
from data.session import SessionMaker
from data.tables import outbox, users
from domain.own_data import Held
from settings import Settings
from tests.api.test_pages_account import email, maker, sign_in

__all__ = ["email", "maker"]
ROOT = "/compte/donnees"
JSON, PDF = (f"{ROOT}/mes-donnees-escale.{kind}" for kind in ("json", "pdf"))


@pytest.mark.parametrize("path", [ROOT, JSON, PDF, "/compte/supprimer"])
async def test_only_for_the_account_that_asks(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["location"].startswith("/connexion?suite=")


async def test_the_copy_holds_what_the_person_wrote(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await sign_in(client, maker, email)
    await client.post("/compte", data={"first_name": "Léa", "last_name": "Martin"})
    await client.post("/compte/dossier", data={"rqth": "1", "consent.rqth": "1"})
    await client.put("/api/v1/passports/current", json={"skills": ["E0311"]})
    await client.post("/passeport", data={"action": "objective", "objective": "discover"})
    page = (await client.get(ROOT)).text
    assert f'href="{JSON}"' in page
    assert f'href="{PDF}"' in page
    answer = await client.get(JSON)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="mes-donnees-escale.json"'
    copy = answer.json()
    assert set(copy) == {"made_at", *Held.__slots__, "passport"}
    assert (copy["account"]["email"], copy["account"]["first_name"]) == (email, "Léa")
    assert copy["private"]["rqth"] is True
    assert copy["passport"]["objective"] == "discover"
    assert [one["purpose"] for one in copy["consents"]] == ["private_lines"]
    assert [one["method"] for one in copy["sessions"]] == ["mail"]
    assert client.cookies[SESSION_COOKIE] not in answer.text


async def test_the_document_is_a_pdf(client: httpx.AsyncClient, maker: SessionMaker, email: str) -> None:
    await sign_in(client, maker, email)
    answer = await client.get(PDF)
    assert answer.status_code == httpx.codes.OK
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")


async def test_copies_are_counted(
    client: httpx.AsyncClient, maker: SessionMaker, email: str, api_settings: Settings
) -> None:
    await sign_in(client, maker, email)
    for _ in range(api_settings.exports_per_hour):
        assert (await client.get(JSON)).status_code == httpx.codes.OK
    refused = await client.get(PDF)
    assert refused.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert 0 < int(refused.headers["retry-after"]) <= HOUR_S


async def test_the_account_is_deleted_once_sure(
    client: httpx.AsyncClient, maker: SessionMaker, email: str
) -> None:
    await sign_in(client, maker, email)
    async with maker() as session:
        user = await session.scalar(select(users.c.id).where(users.c.email == email))
    refused = await client.post("/compte/supprimer", data={})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="sure-erreur"' in refused.text
    done = await client.post("/compte/supprimer", data={"sure": "1"})
    assert done.headers["location"] == "/compte/supprime"
    assert SESSION_COOKIE not in client.cookies
    assert "Votre compte est supprimé" in (await client.get("/compte/supprime")).text
    assert (await client.get("/compte")).status_code == httpx.codes.SEE_OTHER
    async with maker() as session:
        assert await session.scalar(select(users.c.id).where(users.c.email == email)) is None
        found = await session.scalars(select(outbox.c.payload).where(outbox.c.job == "account.deleted"))
        assert {"user": str(user)} in found.all()
