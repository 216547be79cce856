"""The pages of the back office, on real rows, by a member of the staff."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert

from api.cookies import SESSION_COOKIE
from api.deps import provide_now
from api.pages.back_office_service import TASKS
from data.session import create_engine, create_maker
from data.tables import audit, scheduled_runs
from domain.roles import Role
from tests.api.callers import add_callers, token_of
from tests.api.space_callers import database
from tests.conftest import in_thread
from tests.factories.convention_rows import add_convention, add_document
from tests.factories.people import add_active_agency, add_agency, add_right, add_user
from workers.schedule import SCHEDULE


@pytest.fixture(scope="module")
def agency(starter_database: str) -> int:
    """An agency to review, with an admin who may validate."""

    async def write() -> int:
        engine = create_engine(starter_database, 1)
        async with create_maker(engine)() as session, session.begin():
            await add_callers(session)
            user = await add_user(session, "chef@structure.exemple.fr")
            number = await add_agency(session, name="Cap emploi de Rezé", kind="cap_emploi")
            await add_right(session, number, user, (Role.AGENCY_ADMIN, Role.VALIDATOR))
        await engine.dispose()
        return number

    return in_thread(lambda: asyncio.run(write()))


@pytest.fixture
def staff(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.cookies.set(SESSION_COOKIE, token_of("back_office"))
    return client


PAGES = (
    "",
    "/structures",
    "/entreprises",
    "/comptes",
    "/envois",
    "/scellements",
    "/horloge",
    "/options",
    "/journal",
)


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_opens(staff: httpx.AsyncClient, path: str) -> None:
    page = await staff.get(f"/gestion{path}")
    assert page.status_code == httpx.codes.OK
    assert page.headers["cache-control"] == "no-store"


async def test_an_agency_is_refused_with_a_reason_or_activated(staff: httpx.AsyncClient, agency: int) -> None:
    assert "Cap emploi de Rezé" in (await staff.get("/gestion/structures")).text
    refused = await staff.post(f"/gestion/structures/{agency}/refuser", data={"reason": " "})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert f'id="raison-{agency}-erreur"' in refused.text
    done = await staff.post(f"/gestion/structures/{agency}/activer")
    assert done.headers["location"] == "/gestion/structures?fait=activee"
    assert (await staff.post(f"/gestion/structures/{agency}/activer")).status_code == httpx.codes.CONFLICT


@pytest.mark.usefixtures("agency")
async def test_an_active_agency_is_found_and_closed(staff: httpx.AsyncClient, starter_database: str) -> None:
    async with database(starter_database) as session:
        admin = await add_user(session, "fin@structure.exemple.fr")
        number = await add_active_agency(session, admin, name="PLIE du Marais")
    assert "PLIE du Marais" not in (await staff.get("/gestion/structures")).text
    found = await staff.get("/gestion/structures", params={"q": "plie marais"})
    assert f'action="/gestion/structures/{number}/fermer"' in found.text
    done = await staff.post(f"/gestion/structures/{number}/fermer", data={"transfer_to": ""})
    assert done.headers["location"] == "/gestion/structures?fait=fermee"
    gone = await staff.get("/gestion/structures", params={"q": "plie marais"})
    assert "Aucune structure active de ce nom" in gone.text


@pytest.mark.usefixtures("agency")
async def test_what_the_clock_ran_is_said(staff: httpx.AsyncClient, starter_database: str) -> None:
    began = provide_now()
    run = {"job": "retention.run", "planned_for": began, "started_at": began, "treated": 12345}
    async with database(starter_database) as session:
        ended = began + timedelta(milliseconds=1_240)
        await session.execute(insert(scheduled_runs).values(**run, ended_at=ended, outcome="done"))
        user = await add_user(session, "role@structure.exemple.fr")
        number = await add_active_agency(session, user)
        line = {"role": "", "object_kind": "account", "object_id": str(user), "agency_id": number}
        said = {"action": "agency_right.granted", "detail": "counsellor,validator"}
        await session.execute(insert(audit).values(**line, **said, at=began, actor_id=user))
    page = (await staff.get("/gestion/horloge")).text
    for words in ("Effacer ce qui a fait son temps", "12\u202f345 traités", "1,2 s"):
        assert words in page
    assert "conseiller ou conseillère, valideur ou valideuse" in (await staff.get("/gestion/journal")).text


async def test_a_document_without_its_time_is_listed(
    staff: httpx.AsyncClient, starter_database: str, agency: int
) -> None:
    assert "Aucun document n’a été scellé sans heure" in (await staff.get("/gestion/scellements")).text
    assert "Aucun document scellé sans heure" in (await staff.get("/gestion")).text
    now = provide_now()
    async with database(starter_database) as session:
        ids = [await add_convention(session, agency_id=agency) for _ in range(3)]
        timed = await add_document(session, ids[0], now)
        late = await add_document(session, ids[1], now, without_time="no answer to use: ConnectError")
        old = await add_document(session, ids[2], now - timedelta(days=8), without_time="TimeoutError")
    page = (await staff.get("/gestion/scellements")).text
    assert "2 documents ont été scellés" in page
    assert page.index(f"/verifier/{late}") < page.index(f"/verifier/{old}")
    assert timed not in page
    assert "no answer to use: ConnectError" in page
    assert "1 document scellé sans heure certifiée depuis 7 jours" in (await staff.get("/gestion")).text


def test_every_task_of_the_clock_is_said_in_french() -> None:
    assert {planned.job for planned in SCHEDULE} <= set(TASKS)


@pytest.mark.usefixtures("agency")
async def test_a_company_is_banned_and_let_back(staff: httpx.AsyncClient) -> None:
    found = await staff.get("/gestion/entreprises", params={"q": "boulangerie"})
    number = re.search(r"/gestion/entreprises/(\d+)/bannir", found.text)
    siret = re.search(r'href="/entreprises/(\d{14})"', found.text)
    assert number
    assert siret
    path = f"/gestion/entreprises/{number[1]}"
    empty = await staff.post(f"{path}/bannir", data={"reason": "", "q": "boulangerie"})
    assert empty.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert f'id="raison-{number[1]}-erreur"' in empty.text
    await staff.post(f"{path}/bannir", data={"reason": "Offres trompeuses."})
    assert (await staff.get(f"/entreprises/{siret[1]}")).status_code == httpx.codes.NOT_FOUND
    assert "Offres trompeuses." in (await staff.get("/gestion/entreprises")).text
    await staff.post(f"{path}/retablir")
    assert (await staff.get(f"/entreprises/{siret[1]}")).status_code == httpx.codes.SEE_OTHER


@pytest.mark.usefixtures("agency")
async def test_an_account_is_found_and_the_audit_tells_it(staff: httpx.AsyncClient) -> None:
    found = await staff.post("/gestion/comptes", data={"q": "candidate@walk"})
    path = re.search(r'href="(/gestion/comptes/[0-9a-f-]{36})"', found.text)
    assert path
    assert "candidate@walk.exemple.fr" in (await staff.get(path[1])).text
    lines = await staff.post("/gestion/journal", data={"action": "account.read", "since": "2026-13-45"})
    assert "Compte consulté" in lines.text


@pytest.mark.usefixtures("agency")
async def test_an_option_is_closed_then_opened(staff: httpx.AsyncClient) -> None:
    for value, word in (("0", "Fermé"), ("1", "En service")):
        answer = await staff.post("/gestion/options/referrals", data={"ouvre": value})
        assert answer.status_code == httpx.codes.SEE_OTHER
        page = await staff.get("/gestion/options")
        assert re.search(rf"Nouveaux accompagnements <span [^>]+>{word}<", page.text)
    assert (await staff.post("/gestion/options/autre", data={"ouvre": "1"})).status_code == 404


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("option", "page", "form", "caller"),
    [
        ("company_registration", "/entreprises/inscription", "/entreprises/inscription", "candidate"),
        ("agency_registration", "/structures/inscription", "/structures/inscription/fiche", "candidate"),
        ("referrals", "/accompagnement/nouveau", "/accompagnement/nouveau", "counsellor"),
    ],
)
async def test_what_is_closed_says_so_kindly(
    staff: httpx.AsyncClient, option: str, page: str, form: str, caller: str
) -> None:
    async def seen() -> tuple[httpx.Response, httpx.Response]:
        staff.cookies.set(SESSION_COOKIE, token_of(caller))
        opened = await staff.get(page)
        agency = re.search(r'name="agency" value="(\d+)"', opened.text)
        values = {"siret": "73282932000074", "agency": agency[1] if agency else numbers[-1]}
        numbers.append(values["agency"])
        sent = await staff.post(form, data=values)
        staff.cookies.set(SESSION_COOKIE, token_of("back_office"))
        return opened, sent

    numbers = ["0"]
    opened, sent = await seen()
    assert "Revenez demain" not in opened.text + sent.text
    await staff.post(f"/gestion/options/{option}", data={"ouvre": "0"})
    try:
        opened, sent = await seen()
    finally:
        await staff.post(f"/gestion/options/{option}", data={"ouvre": "1"})
    assert (opened.status_code, sent.status_code) == (httpx.codes.OK, httpx.codes.CONFLICT)
    assert "Revenez demain" in opened.text
    assert "novalidate" not in opened.text, "no form that would be refused"
    assert "C’est fermé pour le moment" in sent.text
    assert "Revenez demain" in sent.text
