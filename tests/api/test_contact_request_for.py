"""For whom a request is made, and what goes along: the person whose file is open, their passport."""

import asyncio
import secrets

import httpx
import pytest
from sqlalchemy import select

from api.cookies import PASSPORT_COOKIE
from api.deps import provide_now
from data.queries.passports import create
from data.session import create_engine, create_maker
from data.tables import beneficiaries, consents, contact_drafts, discussions, offers
from settings import Settings
from tests.api.callers import add_callers
from tests.api.space_callers import METZ, People, add_people, database
from tests.api.test_accompaniment_pages import started
from tests.api.test_contact_request import form
from tests.conftest import in_thread

SKILL = "100023"


@pytest.fixture(scope="module")
def _callers(starter_database: str) -> None:
    async def write() -> None:
        engine = create_engine(starter_database, 1)
        async with create_maker(engine)() as session, session.begin():
            await add_callers(session)
        await engine.dispose()

    in_thread(lambda: asyncio.run(write()))


async def company(url: str) -> tuple[People, int]:
    async with database(url) as session:
        people = await add_people(session, METZ)
        query = select(offers.c.id).where(offers.c.company_id == people.company)
        return people, (await session.execute(query)).scalar_one()


@pytest.mark.usefixtures("_callers")
async def test_an_agent_asks_for_the_person_whose_file_is_open(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    people, offer = await company(api_settings.database_url)
    path = await started(client)
    await client.post(f"{path}/ouvrir")
    page = (await client.get(f"/demande/{offer}")).text
    assert "Vous faites cette demande pour Zoé Durand" in page
    assert 'value="Zoé"' in page
    assert 'name="email"' not in page
    sent = await client.post(f"/demande/{offer}", data=form(api_settings, offer))
    async with database(api_settings.database_url) as session:
        query = (
            select(discussions.c.id, discussions.c.agent_id, beneficiaries.c.first_name)
            .join(beneficiaries, beneficiaries.c.id == discussions.c.beneficiary_id)
            .where(discussions.c.company_id == people.company)
        )
        made = (await session.execute(query)).one()
    assert sent.headers["location"] == f"/demandes/{made.id}"
    assert made.agent_id is not None
    assert made.first_name == "Zoé"


async def test_the_passport_goes_along_by_choice_alone(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    _, offer = await company(api_settings.database_url)
    url = f"/demande/{offer}"
    assert 'name="share_passport"' not in (await client.get(url)).text
    token = secrets.token_urlsafe(32)
    async with database(api_settings.database_url) as session:
        await create(session, token, [SKILL], provide_now())
    client.cookies.set(PASSPORT_COOKIE, token)
    page = (await client.get(url)).text
    assert 'name="share_passport" value="1">' in page
    await client.post(url, data=form(api_settings, offer, action="garder", share_passport="1"))
    assert 'name="share_passport" value="1" checked>' in (await client.get(url)).text
    async with database(api_settings.database_url) as session:
        query = select(contact_drafts.c.data).where(contact_drafts.c.offer_id == offer)
        data = (await session.execute(query)).scalar_one()
    assert data["request"]["share_passport"] is True
    assert data["passport"] is not None
    assert token not in str(data)


async def test_what_is_shared_is_taken_back(client: httpx.AsyncClient, api_settings: Settings) -> None:
    people, offer = await company(api_settings.database_url)
    people.sign_in(client, "stranger")
    sent = await client.post(f"/demande/{offer}", data=form(api_settings, offer, share_passport="1"))
    path = sent.headers["location"]
    assert "est montré à cette entreprise" in (await client.get(path)).text
    for _ in range(2):
        done = await client.post(path, data={"acte": "ne-plus-montrer"})
        assert done.status_code == httpx.codes.SEE_OTHER
    page = (await client.get(done.headers["location"])).text
    assert "ne voit plus le passeport" in page
    assert "est montré à cette entreprise" not in page
    async with database(api_settings.database_url) as session:
        query = select(consents.c.revoked_at).where(consents.c.target == str(people.company))
        assert [row.revoked_at is not None for row in await session.execute(query)] == [True]
