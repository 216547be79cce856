"""A company that said yes by the link of a mail begins the convention by it, known as the company."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from api.cookies import SESSION_COOKIE
from data.queries import links
from data.tables import conventions, discussions
from settings import Settings
from tests.api.space_callers import database
from tests.factories.discussions import World, add_request, build_world

OK, SEEN, NOT_FOUND, CONFLICT = (
    httpx.codes.OK,
    httpx.codes.SEE_OTHER,
    httpx.codes.NOT_FOUND,
    httpx.codes.CONFLICT,
)
_numbers = count(1)


class Made:
    """A request that waits, and the link of its company."""

    world: World
    request: UUID
    link: str

    @property
    def begin(self) -> str:
        return f"{self.link}/convention"


@pytest.fixture
async def made(api_settings: Settings) -> Made:
    made = Made()
    now = datetime.now(UTC)  # noqa: TID251 - the application has the real clock
    async with database(api_settings.database_url) as session:
        made.world = await build_world(session, now, prefix=f"yes{next(_numbers)}")
        made.request = await add_request(made.world, now - timedelta(days=1))
        token = f"begins-{next(_numbers):038}"
        until = now + timedelta(days=92)
        await links.mint(session, token, "discussion.answer", str(made.request), now, until)
    made.link = f"/reponse/{token}"
    return made


async def accept(client: httpx.AsyncClient, made: Made) -> None:
    answer = await client.post(made.link, data={"acte": "accepter", "told": "here"})
    assert answer.status_code == SEEN


async def of_request(settings: Settings, request: UUID) -> Sequence[UUID]:
    async with database(settings.database_url) as session:
        query = select(conventions.c.id).where(conventions.c.discussion_id == request)
        return (await session.scalars(query.order_by(conventions.c.created_at))).all()


async def test_who_accepts_by_a_link_begins_the_convention(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    assert made.begin not in (await client.get(made.link)).text
    assert (await client.get(made.begin)).status_code == CONFLICT
    assert (await client.post(made.begin)).status_code == CONFLICT
    await accept(client, made)
    assert f'href="{made.begin}"' in (await client.get(made.link)).text
    page = (await client.get(made.begin)).text
    assert "Ce que nous savons déjà" in page
    assert f'action="{made.begin}"' in page
    assert await of_request(api_settings, made.request) == []
    begun = await client.post(made.begin)
    assert begun.status_code == SEEN
    home = await client.get(begun.headers["location"])
    assert home.status_code == OK
    assert "contact@exemple.com" in (await client.get(f"{begun.headers['location']}/entreprise")).text
    assert len(await of_request(api_settings, made.request)) == 1
    again = await client.post(made.begin)
    assert "existe déjà" in (await client.get(made.begin)).text
    assert (await client.get(again.headers["location"])).status_code == OK
    assert len(await of_request(api_settings, made.request)) == 1
    await client.post(made.begin, data={"autre": "1"})
    assert len(await of_request(api_settings, made.request)) == 2


async def test_it_is_the_company_that_writes(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    """The person says their situation in their account: the company's link never shows it."""
    await accept(client, made)
    url = (await client.post(made.begin)).headers["location"]
    (convention,) = await of_request(api_settings, made.request)
    client.cookies.set(SESSION_COOKIE, made.world.tokens["person"])
    own = await client.get(f"/convention/{convention}/personne")
    assert 'name="beneficiary.situation"' in own.text
    client.cookies.clear()
    theirs = await client.get(f"{url}/personne")
    assert theirs.status_code == OK
    assert 'name="beneficiary.situation"' not in theirs.text
    assert "Elle n’est pas montrée à l’entreprise" in theirs.text


async def test_a_draft_that_went_to_another_company_is_not_opened(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    await accept(client, made)
    await client.post(made.begin)
    (convention,) = await of_request(api_settings, made.request)
    async with database(api_settings.database_url) as session:
        elsewhere = update(conventions).where(conventions.c.id == convention)
        await session.execute(elsewhere.values(company_id=None))
    assert "existe déjà" not in (await client.get(made.begin)).text
    await client.post(made.begin)
    assert len(await of_request(api_settings, made.request)) == 2


async def test_once_sent_it_is_signed_by_the_link_of_its_own_mail(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    await accept(client, made)
    await client.post(made.begin)
    (convention,) = await of_request(api_settings, made.request)
    async with database(api_settings.database_url) as session:
        sent = {"status": "to_sign", "agency_id": made.world.agency, "submitted_at": made.world.now}
        values = {**sent, "starts_on": made.world.now.date(), "ends_on": made.world.now.date()}
        whole = update(conventions).where(conventions.c.id == convention)
        await session.execute(whole.values(**values, terms_sha256=bytes(32)))
    assert "qui la signe a reçu un lien" in (await client.get(made.begin)).text
    answer = await client.post(made.begin)
    assert (answer.status_code, answer.headers["location"]) == (SEEN, made.begin)


async def test_nobody_begins_by_a_link_that_is_not_theirs(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    for method in ("GET", "POST"):
        unknown = await client.request(method, "/reponse/nothing-of-ours/convention")
        assert unknown.status_code == NOT_FOUND
    async with database(api_settings.database_url) as session:
        withdrawn = update(discussions).where(discussions.c.id == made.request)
        await session.execute(withdrawn.values(status="withdrawn"))
    assert (await client.post(made.begin)).status_code == CONFLICT
    assert await of_request(api_settings, made.request) == []
