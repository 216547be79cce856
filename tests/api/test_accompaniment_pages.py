"""The pages of accompanying: an agent starts, opens, closes, ends; strangers find nothing."""

import asyncio
import re

import httpx
import pytest

from api.cookies import SESSION_COOKIE
from data.session import create_engine, create_maker
from tests.api.callers import add_callers, token_of
from tests.conftest import in_thread


@pytest.fixture(scope="module")
def _callers(starter_database: str) -> None:
    async def write() -> None:
        engine = create_engine(starter_database, 1)
        async with create_maker(engine)() as session, session.begin():
            await add_callers(session)
        await engine.dispose()

    in_thread(lambda: asyncio.run(write()))


def signed(client: httpx.AsyncClient, name: str) -> httpx.AsyncClient:
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, token_of(name))
    return client


async def started(client: httpx.AsyncClient) -> str:
    page = await signed(client, "counsellor").get("/accompagnement/nouveau")
    agency = re.search(r'name="agency" value="(\d+)"', page.text)
    assert agency
    form = {"agency": agency[1], "first_name": "Zoé", "last_name": "Durand", "agreed": "1"}
    answer = await client.post("/accompagnement/nouveau", data=form)
    assert answer.status_code == httpx.codes.SEE_OTHER
    return answer.headers["location"]


@pytest.mark.usefixtures("_callers")
async def test_a_file_is_started_opened_and_closed(client: httpx.AsyncClient) -> None:
    path = await started(client)
    page = await client.get(path)
    assert "Zoé Durand" in page.text
    assert "no-store" in page.headers["cache-control"]
    opened = await client.post(f"{path}/ouvrir")
    assert opened.headers["location"] == "/passeport"
    assert "Dossier ouvert" in (await client.get("/passeport")).text
    closed = await client.post("/accompagnement/fermer")
    assert closed.headers["location"] == f"{path}?fait=ferme"
    assert "Dossier ouvert" not in (await client.get("/recherche")).text
    history = (await client.get(path)).text
    assert "dossier commencé avec la personne" in history
    assert "passeport ouvert" in history


@pytest.mark.usefixtures("_callers")
@pytest.mark.parametrize("name", ["viewer", "agency_admin", "candidate", "contact", "back_office"])
async def test_others_find_nothing_at_its_address(client: httpx.AsyncClient, name: str) -> None:
    path = await started(client)
    one = signed(client, name)
    assert (await one.get(path)).status_code == httpx.codes.NOT_FOUND
    assert (await one.post(f"{path}/ouvrir")).status_code == httpx.codes.NOT_FOUND
    assert (await one.get("/passeport")).text.count("Dossier ouvert") == 0


@pytest.mark.usefixtures("_callers")
async def test_a_faulty_form_says_what_to_do_and_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    page = await signed(client, "counsellor").get("/accompagnement/nouveau")
    agency = re.search(r'name="agency" value="(\d+)"', page.text)
    assert agency
    form = {"agency": agency[1], "first_name": "Zoé", "last_name": "", "email": "zoe@"}
    answer = await client.post("/accompagnement/nouveau", data=form)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'value="Zoé"' in answer.text
    for name in ("last_name", "email", "agreed"):
        assert f'href="#{name}"' in answer.text
        assert f'id="{name}-erreur"' in answer.text
    assert (await client.post("/accompagnement/nouveau", data={"agency": "x"})).status_code == 404
    asked = await client.post("/accompagnement/demande", data={"agency": agency[1], "person_email": "zoe"})
    assert 'href="#person_email"' in asked.text


@pytest.mark.usefixtures("_callers")
async def test_the_person_agrees_then_ends_it(client: httpx.AsyncClient) -> None:
    page = await signed(client, "counsellor").get("/accompagnement/nouveau")
    agency = re.search(r'name="agency" value="(\d+)"', page.text)
    assert agency
    form = {"agency": agency[1], "person_email": "candidate@walk.exemple.fr"}
    assert (await client.post("/accompagnement/demande", data=form)).status_code == httpx.codes.SEE_OTHER
    mine = (await signed(client, "candidate").get("/compte/accompagnement")).text
    number = re.search(r'action="(/compte/accompagnement/\d+)"', mine)
    assert number
    assert (await client.post(number[1], data={"reponse": "oui"})).status_code == httpx.codes.SEE_OTHER
    assert (await client.post(number[1], data={"reponse": "non"})).status_code == httpx.codes.CONFLICT
    people = (await signed(client, "counsellor").get("/accompagnement")).text
    file = re.search(r'class="person-name" href="(/accompagnement/[0-9a-f-]{36})">Léa Martin', people)
    assert file
    assert (await client.get(file[1])).status_code == httpx.codes.OK
    mine = (await signed(client, "candidate").get("/compte/accompagnement")).text
    assert "dossier consulté" in mine
    end = re.search(r'action="(/accompagnement/lien/\d+/fin)"', mine)
    assert end
    for _ in range(2):
        done = await client.post(end[1])
        assert done.headers["location"] == "/compte/accompagnement?fait=fin"
    assert (await signed(client, "counsellor").get(file[1])).status_code == httpx.codes.NOT_FOUND


async def test_a_wrong_link_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/dossier/reprendre/" + "x" * 43)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "Ce lien ne fonctionne pas" in answer.text
