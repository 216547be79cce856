"""The pages of accompanying: an agent starts, opens, closes, ends; strangers find nothing."""

import asyncio
import html
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from api.cookies import SESSION_COOKIE
from api.deps import provide_now
from data.session import create_engine, create_maker
from data.tables import referrals, users
from domain.french import french_date
from domain.roles import Role
from tests.api.callers import add_callers, token_of
from tests.api.space_callers import database
from tests.conftest import in_thread
from tests.factories.people import add_active_agency, add_right, add_user


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
    passport = (await client.get("/passeport")).text
    assert "Dossier ouvert" in passport
    assert "le passeport de <strong>Zoé Durand</strong>" in passport
    assert "60 jours" not in passport, "that is for the passport of a browser"
    await client.post("/passeport", data={"action": "wish", "wish": "boulangère"})
    for query, said in (
        ("lieu=Metz", "Recherche avec le passeport de Zoé Durand\xa0: ses souhaits."),
        ("lieu=Metz&sans_passeport=1", "Recherche sans le passeport de Zoé Durand."),
    ):
        shown = html.unescape((await client.get(f"/recherche?{query}")).text)
        assert said in shown
        assert "otre passeport" not in shown
        assert "Voir son passeport" in shown
    closed = await client.post("/accompagnement/fermer")
    assert closed.headers["location"] == f"{path}?fait=ferme"
    assert "Dossier ouvert" not in (await client.get("/recherche")).text
    history = (await client.get(path)).text
    assert "Dossier commencé avec la personne, par vous" in history
    assert "Passeport ouvert" in history


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
    assert "Dossier consulté, par Léa Martin" in mine
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


@pytest.mark.usefixtures("_callers")
async def test_a_search_made_with_a_person_is_kept_for_both(client: httpx.AsyncClient) -> None:
    path = await started(client)
    await client.get("/recherche", params={"metier": "boulanger", "lieu": "Brest"})
    assert "Aucune pour l’instant" in (await client.get(path)).text, "made for nobody: not kept"
    await client.post(f"{path}/ouvrir")
    await client.get("/recherche")
    await client.get("/recherche", params={"metier": "zzzzzzzz"})
    assert "Aucune pour l’instant" in (await client.get(path)).text, "nothing was searched"
    asked = {"metier": "boulanger", "lieu": "Metz", "contact": "phone"}
    for page in ("1", "2"):
        await client.get("/recherche", params=asked | {"page": page})
    await client.get("/recherche", params={"rome": "D1102"})
    seen = (await client.get(path)).text
    links = re.findall(r'<a href="(/recherche\?[^"]+)">([^<]+)</a>', seen)
    assert [words for _, words in links] == [
        "Boulanger / Boulangère",
        "Boulanger, autour de Metz, 30 km, 1 filtre",
    ]
    again = await client.get(html.unescape(links[1][0]))
    assert "autour de Metz" in again.text
    await client.post("/accompagnement/fermer")


@pytest.mark.usefixtures("_callers")
async def test_what_waits_today_leads_to_pages_that_open(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    ends = provide_now().date() + timedelta(days=40)
    long_ago = provide_now() - timedelta(days=9)
    async with database(starter_database) as session:
        admin = (
            await session.execute(select(users.c.id).where(users.c.email.like("agency_admin@%")))
        ).scalar_one()
        number = await add_active_agency(session, admin, name="Maison de l’emploi", delegation_ends_on=ends)
        await add_right(session, number, await add_user(session, "new@walk.exemple.fr"), (Role.TO_REVIEW,))
        await add_user(session, "silent@walk.exemple.fr", first_name="Sacha", last_name="Roy")
    signed(client, "agency_admin")
    await client.post(
        "/accompagnement/demande", data={"agency": str(number), "person_email": "silent@walk.exemple.fr"}
    )
    async with database(starter_database) as session:
        await session.execute(update(referrals).where(referrals.c.agency_id == number).values(since=long_ago))
    page = (await client.get("/accompagnement")).text
    tasks = re.search(r'aria-labelledby="jour-titre">(.*?)</section>', page, re.DOTALL)
    assert tasks
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', tasks[1])
    words = " ".join(text for _, text in links)
    for said in ("demande à rejoindre Maison de l’emploi", "Sacha Roy n’a pas répondu", french_date(ends)):
        assert said in words
    for link, _ in links:
        where, _, anchor = link.partition("#")
        opened = await client.get(where)
        assert opened.status_code == httpx.codes.OK, link
        assert not anchor or f'id="{anchor}"' in opened.text, link
