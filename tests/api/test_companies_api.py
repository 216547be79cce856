"""Companies by the API: registered, proved, read, withdrawn."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from data.queries import links
from data.session import create_engine, create_maker
from data.tables import companies, outbox, registrations
from services.links import Purpose
from settings import Settings
from tests.api.conftest import until

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def form(siret: str = "99977701400013") -> dict[str, object]:
    return {
        "siret": siret,
        "name": "Menuiserie du Port",
        "naf": "16.23Z",
        "headcount": "02",
        "places": [{"address": "1 quai du Port", "postal_code": "44000", "city": "Nantes"}],
        "offers": [{"rome": "H2206", "label": "Menuisière d’atelier"}],
        "contact": {"name": "Ana Petit", "job": "Gérante", "email": "ana@menuiserie-port.example"},
    }


@pytest.fixture
async def proof_token(api_settings: Settings, client: httpx.AsyncClient) -> str:
    """The token that the proof mail would carry: only its hash is kept, so one more is minted."""
    made = await client.post("/api/v1/companies", json=form())
    assert made.status_code == httpx.codes.ACCEPTED, made.text
    assert made.json()["status"] == "to_prove"
    engine = create_engine(api_settings.database_url)
    async with create_maker(engine)() as session, session.begin():
        query = select(registrations.c.id).where(registrations.c.siret == "99977701400013")
        registration: UUID = (
            await session.scalars(query.order_by(registrations.c.created_at.desc()))
        ).first()  # type: ignore[assignment]
        token = "proof-" + registration.hex
        await links.mint(session, token, Purpose.PROVE, str(registration), NOW, NOW + timedelta(days=365))
    await engine.dispose()
    return token


async def test_found_once_proved_then_gone_once_deleted(
    client: httpx.AsyncClient, api_settings: Settings, proof_token: str
) -> None:
    siret = "99977701400013"
    search = {"rome": ["H2206"], "lat": 47.2184, "lon": -1.5536, "radius_km": 30, "page_size": 50}

    async def found() -> bool:
        hits = (await client.post("/api/v1/search", json=search)).json()["hits"]
        return any(hit["company"]["siret"] == siret for hit in hits)

    assert not await found()
    proved = await client.post("/api/v1/companies/proof", json={"token": proof_token})
    assert proved.json() == {"siret": siret, "status": "published"}
    await until(found, seconds=1)
    again = await client.post("/api/v1/companies/proof", json={"token": proof_token})
    assert again.json()["status"] == "published"
    page = (await client.get(f"/api/v1/companies/{siret}")).json()
    assert page["name"] == "Menuiserie du Port"
    assert "ana" not in str(page).lower()
    second = await client.post("/api/v1/companies", json=form())
    assert second.status_code == httpx.codes.CONFLICT
    engine = create_engine(api_settings.database_url)
    async with create_maker(engine)() as session, session.begin():
        await session.execute(companies.delete().where(companies.c.siret == siret))
    await engine.dispose()

    async def gone() -> bool:
        return not await found()

    await until(gone, seconds=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"siret": "99977701400014"}, "siret"),
        ({"name": " "}, "name"),
        ({"naf": "04.99Z"}, "naf"),
        ({"offers": [{"rome": "N9999"}]}, "offers.0.rome"),
        ({"places": [{"postal_code": "00999", "city": "Nulle-Part"}]}, "places.0.city"),
        ({"contact": {"name": "Ana", "email": "ana"}}, "contact.email"),
        ({"contact": {"name": "Ana", "email": "a@b.example", "mode": "phone"}}, "contact.phone"),
        ({"contact": {"name": "Ana", "email": "a@b.example", "mode": "none"}}, "contact.mode"),
        ({"name": "Bou\u200blangerie"}, "name"),
        ({"name": "{{7*7}}"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"places": []}, "places"),
        ({"offers": [{"rome": "H2206"}] * 31}, "offers"),
        ({"rights": "admin"}, "rights"),
    ],
)
async def test_each_refusal_names_its_field(
    client: httpx.AsyncClient, changes: dict[str, object], field: str
) -> None:
    response = await client.post("/api/v1/companies", json={**form(), **changes})
    assert 400 <= response.status_code < 500
    problem = response.json()
    assert field in [error["field"] for error in problem["errors"]], problem


async def test_payloads_hold_ids_only(client: httpx.AsyncClient, api_settings: Settings) -> None:
    made = await client.post("/api/v1/companies", json=form("99977702200016"))
    assert made.status_code == httpx.codes.ACCEPTED, made.text
    engine = create_engine(api_settings.database_url)
    async with create_maker(engine)() as session:
        rows = (await session.scalars(select(outbox.c.payload))).all()
    await engine.dispose()
    assert rows
    assert all("@" not in str(row) and "Petit" not in str(row) for row in rows)


async def test_registrations_are_limited_and_say_when(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    refused = [await client.post("/api/v1/companies/99977701400013/edit-link") for _ in range(7)]
    codes = [one.status_code for one in refused]
    assert codes[: api_settings.mails_per_hour] == [httpx.codes.ACCEPTED] * api_settings.mails_per_hour
    assert codes[-1] == httpx.codes.TOO_MANY_REQUESTS
    assert int(refused[-1].headers["retry-after"]) > 0
    assert "Réessayez dans" in refused[-1].json()["detail"]


async def test_asking_for_a_link_tells_nothing(client: httpx.AsyncClient) -> None:
    known = await client.post("/api/v1/companies/99900440100017/edit-link")
    unknown = await client.post("/api/v1/companies/99977703000019/edit-link")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)


async def test_a_volunteer_does_not_leave_by_one_click(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/companies/99900440100017/opt-out")
    assert response.status_code == httpx.codes.CONFLICT


async def test_a_passport_lives_in_its_cookie(client: httpx.AsyncClient) -> None:
    skills = [one["ogr"] for one in (await client.get("/api/v1/skills?q=nettoyer&limit=2")).json()]
    made = await client.post("/api/v1/passports", json={"skills": [*skills, "ZZZ1"]})
    assert made.json()["unknown"] == ["ZZZ1"]
    cookie = made.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    current = (await client.get("/api/v1/passports/current")).json()
    assert [one["ogr"] for one in current["skills"]] == skills
    changed = await client.put("/api/v1/passports/current", json={"skills": skills[:1]})
    assert [one["ogr"] for one in changed.json()["skills"]] == skills[:1]
    assert (await client.delete("/api/v1/passports/current")).status_code == httpx.codes.NO_CONTENT
    client.cookies.clear()
    assert (await client.get("/api/v1/passports/current")).status_code == httpx.codes.NOT_FOUND


async def test_a_town_elsewhere_does_not_take_a_postal_codes_point(client: httpx.AsyncClient) -> None:
    place = {"address": "1 rue X", "postal_code": "57000", "city": "Nantes"}
    refused = await client.post("/api/v1/companies", json={**form("99977702200016"), "places": [place]})
    assert [error["field"] for error in refused.json()["errors"]] == ["places.0.city"]
    hamlet = {**place, "city": "Devant-les-Ponts"}
    accepted = await client.post("/api/v1/companies", json={**form("99977702200016"), "places": [hamlet]})
    assert accepted.status_code == httpx.codes.ACCEPTED, accepted.text


async def test_search_and_company_say_the_same_activity(client: httpx.AsyncClient) -> None:
    hit = (await client.post("/api/v1/search", json={"page_size": 1})).json()["hits"][0]["company"]
    company = (await client.get(f"/api/v1/companies/{hit['siret']}")).json()
    assert hit["naf_label"] == company["naf_label"] != ""
