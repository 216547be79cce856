"""Writing a convention over HTTP: its parts, what is wrong in them, two people at once, sending it."""

import re

import httpx
import pytest
from litestar import Litestar

from data.queries import conventions
from data.queries.conventions import ConventionRow
from data.session import SessionMaker
from data.tables import conventions as conventions_table
from tests.api.convention_forms import OK, SEEN, begin, fill
from tests.api.space_callers import sign_up
from tests.factories.people import add_active_agency

VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest.fixture
def maker(api_app: Litestar) -> SessionMaker:
    found: SessionMaker = api_app.state.maker
    return found


@pytest.fixture
async def agency(maker: SessionMaker) -> int:
    async with maker() as session, session.begin():
        user, _, _ = await sign_up(session, "validates")
        return await add_active_agency(session, user)


async def latest(maker: SessionMaker) -> ConventionRow:
    async with maker() as session:
        query = conventions_table.select().order_by(conventions_table.c.created_at.desc()).limit(1)
        row = (await session.execute(query)).one()
        found = await conventions.by_id(session, row.id)
    assert found is not None
    return found


async def send(client: httpx.AsyncClient, url: str) -> httpx.Response:
    page = await client.get(f"{url}/relire")
    found = VERSION.search(page.text)
    assert found, page.text
    return await client.post(f"{url}/relire", data={"version": found[1]})


async def test_from_nothing_to_sent(client: httpx.AsyncClient, maker: SessionMaker, agency: int) -> None:
    assert (await client.get("/convention/nouvelle")).status_code == OK
    url = await begin(client)
    home = await client.get(url)
    assert home.status_code == OK
    assert home.text.count("À remplir") == 5
    await fill(client, url, agency)
    recap = await client.get(f"{url}/relire")
    assert "Boulangerie du Port" in recap.text
    assert "à compléter avant l’envoi" not in recap.text
    answer = await send(client, url)
    assert answer.status_code == SEEN, answer.text
    sent = await client.get(answer.headers["location"])
    assert "Zoé Durand-Lefèvre" in sent.text
    assert "Anne Martin" in sent.text
    row = await latest(maker)
    assert (row.status, row.document.schedule.minutes) == ("to_sign", 10 * 7 * 60)
    again = await client.get(url)
    assert again.headers["location"] == f"{url}/envoyee"
