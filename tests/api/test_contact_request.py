"""Asking for an immersion over HTTP: the form, its draft, its guards, the link, what refuses it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import Row, func, select, update

from api.cookies import SESSION_COOKIE
from api.pages.contact_inputs import OPENED, UNSEEN, is_machine, opened_mark
from api.pages.forms import DRAFTS_COOKIE
from data.queries import links
from data.session import SessionMaker
from data.tables import companies, company_places, contact_drafts, discussion_files, discussions, offers
from services.links import KINDS, Purpose
from settings import Settings
from tests.api.space_callers import METZ, People, add_people
from tests.clients.test_pdf import pdf, script_at_opening
from tests.factories.companies import add_place

MESSAGE = "Je voudrais découvrir le métier de boulangère chez vous."
OK, SEEN = httpx.codes.OK, httpx.codes.SEE_OTHER
UNPROCESSABLE = httpx.codes.UNPROCESSABLE_ENTITY


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock


@pytest.fixture
def maker(api_app: Litestar) -> SessionMaker:
    found: SessionMaker = api_app.state.maker
    return found


@pytest.fixture
async def people(maker: SessionMaker) -> People:
    async with maker() as session, session.begin():
        return await add_people(session, METZ)


@pytest.fixture
async def offer(maker: SessionMaker, people: People) -> int:
    async with maker() as session:
        found = await session.scalar(select(offers.c.id).where(offers.c.company_id == people.company))
    return int(found or 0)


@pytest.fixture
def email(people: People) -> str:
    return f"zoe-{people.company}@exemple.fr"


def form(settings: Settings, offer: int, **values: str) -> dict[str, str]:
    """What a person posts, a minute after they opened the page."""
    typed = {
        "first_name": "Zoé",
        "last_name": "Durand",
        "objective": "discover",
        "message": MESSAGE,
        "action": "envoyer",
        OPENED: opened_mark(settings.secret_key, offer, now() - timedelta(minutes=1)),
    }
    return typed | values


async def link_of(maker: SessionMaker, email: str, *, age: timedelta = timedelta()) -> str:
    """The path of the link that the mail to that address would carry."""
    async with maker() as session, session.begin():
        draft = str(
            await session.scalar(
                select(contact_drafts.c.id).where(func.lower(contact_drafts.c.email) == email)
            )
        )
        minted = now() - age
        life = KINDS[Purpose.REQUEST].life
        await links.mint(session, f"ask-{draft}", Purpose.REQUEST, draft, minted, minted + life)
    return f"/demande/preuve/ask-{draft}"


async def made(maker: SessionMaker, people: People) -> list[UUID]:
    async with maker() as session:
        query = select(discussions.c.id).where(discussions.c.company_id == people.company)
        return list(await session.scalars(query))


async def standing_of(maker: SessionMaker, discussion: UUID) -> Row[Any, Any]:
    columns = select(discussions.c.shown_terms, discussions.c.shown_position)
    async with maker() as session:
        return (await session.execute(columns.where(discussions.c.id == discussion))).one()


async def drafts_of(maker: SessionMaker, offer: int) -> list[Mapping[str, Any]]:
    async with maker() as session:
        query = select(contact_drafts).where(contact_drafts.c.offer_id == offer)
        return [dict(row) for row in (await session.execute(query)).mappings()]


async def test_from_the_offer_to_the_company_without_an_account(
    client: httpx.AsyncClient,
    maker: SessionMaker,
    api_settings: Settings,
    people: People,
    offer: int,
    email: str,
) -> None:
    seen = await client.get(f"/entreprises/{people.siret}", follow_redirects=True)
    assert f'href="/demande/{offer}"' in seen.text
    page = await client.get(f"/demande/{offer}?metier=boulanger&lieu=Metz&objectif=confirm")
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    assert 'value="confirm" checked' in page.text
    assert f'action="/demande/{offer}?metier=boulanger&amp;lieu=Metz&amp;objectif=confirm"' in page.text
    typed = form(api_settings, offer, email=email.capitalize())
    sent = await client.post(f"/demande/{offer}?metier=boulanger&lieu=Metz", data=typed)
    assert (sent.status_code, sent.headers["location"]) == (SEEN, f"/demande/{offer}/envoyee")
    cookie = sent.headers["set-cookie"]
    for attribute in (f"{DRAFTS_COOKIE}=", "HttpOnly", "Path=/demande", "SameSite=lax", "Max-Age=2592000"):
        assert attribute in cookie
    told = await client.get(sent.headers["location"])
    assert email.capitalize() in told.text
    assert await made(maker, people) == []

    path = await link_of(maker, email)
    for _ in range(3):  # what a mail filter does
        seen = await client.get(path)
        assert MESSAGE in seen.text
        assert "set-cookie" not in seen.headers
    proved = await client.post(path)
    (discussion,) = await made(maker, people)
    assert (proved.status_code, proved.headers["location"]) == (SEEN, f"/demandes/{discussion}")
    shown = await standing_of(maker, discussion)
    assert shown.shown_terms is not None
    assert shown.shown_terms["wish"] == 1
    assert 0 < shown.shown_terms["distance"] <= 1
    assert shown.shown_position >= 1
    assert SESSION_COOKIE in client.cookies
    assert (await client.get(f"/demandes/{discussion}")).status_code == OK
    assert (await client.post(path)).status_code == httpx.codes.GONE
    assert (await client.get(path)).status_code == httpx.codes.GONE
    assert len(await made(maker, people)) == 1


async def test_an_account_asks_at_once_and_finds_its_names(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, people: People, offer: int
) -> None:
    people.sign_in(client, "stranger")
    page = (await client.get(f"/demande/{offer}")).text
    assert 'value="Stranger"' in page
    assert people.emails["stranger"] in page
    assert 'name="email"' not in page
    typed = form(api_settings, offer)
    sent = await client.post(f"/demande/{offer}", data=typed)
    (discussion,) = await made(maker, people)
    assert sent.headers["location"] == f"/demandes/{discussion}"
    assert tuple(await standing_of(maker, discussion)) == (None, None)  # it comes from no search
    assert await drafts_of(maker, offer) == []
    again = await client.post(f"/demande/{offer}", data=typed)
    assert again.headers["location"] == f"/demandes/{discussion}"
    early = update(discussions).where(discussions.c.id == discussion).values(created_at=now() - timedelta(1))
    async with maker() as session, session.begin():
        await session.execute(early)
    refused = await client.post(f"/demande/{offer}", data=typed)
    assert refused.status_code == httpx.codes.CONFLICT
    assert f'href="/demandes/{discussion}"' in refused.text
    assert "La retrouver" in (await client.get(f"/demande/{offer}")).text


async def test_of_several_places_one_is_chosen_and_shown_on_both_sides(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, people: People, offer: int
) -> None:
    people.sign_in(client, "stranger")
    assert 'name="place"' not in (await client.get(f"/demande/{offer}")).text
    async with maker() as session, session.begin():
        second = await add_place(session, people.company, *METZ)
        named = update(company_places).where(company_places.c.id == second)
        await session.execute(named.values(address="8 rue des Clercs", postal_code="57000", city="Metz"))
    assert f"?place={second}" in (await client.get(f"/entreprises/{people.siret}/{second}/D1102")).text
    page = (await client.get(f"/demande/{offer}?place={second}")).text
    assert f'value="{second}" checked' in page
    assert "Peu importe" in page
    gone = await client.post(f"/demande/{offer}", data=form(api_settings, offer, place="987654321"))
    assert gone.status_code == UNPROCESSABLE
    assert "n’accueille plus à cette adresse" in gone.text
    sent = await client.post(f"/demande/{offer}", data=form(api_settings, offer, place=str(second)))
    assert "8 rue des Clercs, 57000 Metz" in (await client.get(sent.headers["location"])).text
    (discussion,) = await made(maker, people)
    people.sign_in(client, "admin")
    read = await client.get(f"{people.url}/demandes/{discussion}")
    assert read.text.count("8 rue des Clercs, 57000 Metz") == 2  # of the request, and proposed for a visit


async def test_typing_is_kept_and_found_by_this_browser_alone(
    client: httpx.AsyncClient, maker: SessionMaker, offer: int
) -> None:
    typed = {"first_name": "Zoé", "message": "Bon", "start": "31/02/2027", "half_days": ["mon_am", "nope"]}
    kept = await client.post(f"/demande/{offer}/brouillon", data=typed)
    assert (kept.status_code, kept.content) == (httpx.codes.NO_CONTENT, b"")
    await client.post(f"/demande/{offer}/brouillon", data=typed | {"message": "Bonjour"})
    (row,) = await drafts_of(maker, offer)
    assert row["data"]["request"]["availability"]["half_days"] == ["mon_am"]
    page = (await client.get(f"/demande/{offer}")).text
    assert "Bonjour" in page
    assert 'value="Zoé"' in page
    client.cookies.clear()
    assert "Bonjour" not in (await client.get(f"/demande/{offer}")).text
    saved = await client.post(f"/demande/{offer}", data=typed | {"start": "", "action": "garder"})
    assert saved.headers["location"] == f"/demande/{offer}?fait=garde"
    assert "enregistré" in (await client.get(saved.headers["location"])).text


async def test_each_fault_is_told_next_to_its_field(
    client: httpx.AsyncClient, api_settings: Settings, offer: int
) -> None:
    faulty = {
        "first_name": "",
        "email": "zoe@yopmail.com",
        "phone": "12",
        "message": "Bonjour",
        "objective": "",
    }
    answer = await client.post(f"/demande/{offer}", data=form(api_settings, offer, start="hier", **faulty))
    assert answer.status_code == UNPROCESSABLE
    for name in ("first_name", "email", "phone", "objective", "message", "start"):
        assert f'id="{name}-erreur"' in answer.text
    assert "ne dure pas" in answer.text
    assert DRAFTS_COOKIE in answer.headers["set-cookie"]


async def test_coordinates_are_pointed_out_before_sending(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, people: People, offer: int
) -> None:
    people.sign_in(client, "stranger")
    typed = form(api_settings, offer, message=f"{MESSAGE} Appelez-moi au 06 12 34 56 78.")
    warned = await client.post(f"/demande/{offer}", data=typed)
    assert warned.status_code == UNPROCESSABLE
    assert '<strong class="text-break">06 12 34 56 78</strong>' in warned.text
    assert await made(maker, people) == []
    sent = await client.post(f"/demande/{offer}", data=typed | {"action": "quand-meme"})
    assert sent.status_code == SEEN
    assert len(await made(maker, people)) == 1


@pytest.mark.parametrize(
    "change", [{UNSEEN: "x"}, {OPENED: ""}, {OPENED: "1700000000.0000"}, {OPENED: "now"}, {OPENED: "other"}]
)
async def test_a_machine_is_answered_like_a_success_and_nothing_is_kept(
    client: httpx.AsyncClient,
    maker: SessionMaker,
    api_settings: Settings,
    offer: int,
    email: str,
    change: dict[str, str],
) -> None:
    marks = {
        "now": opened_mark(api_settings.secret_key, offer, now()),
        "other": opened_mark(api_settings.secret_key, offer + 1, now() - timedelta(minutes=1)),
    }
    change = {name: marks.get(value, value) for name, value in change.items()}
    sent = await client.post(f"/demande/{offer}", data=form(api_settings, offer, email=email) | change)
    assert (sent.status_code, sent.headers["location"]) == (SEEN, f"/demande/{offer}/envoyee")
    assert (await client.get(sent.headers["location"])).status_code == OK
    assert await drafts_of(maker, offer) == []


def test_a_person_who_takes_their_time_is_no_machine() -> None:
    opened = now()
    mark = {OPENED: opened_mark("k", 7, opened)}
    assert is_machine(mark, "k", 7, opened + timedelta(seconds=1))
    for waited in (timedelta(seconds=5), timedelta(days=3)):
        assert not is_machine(mark, "k", 7, opened + waited)


async def test_who_comes_back_to_a_draft_sends_it_at_once(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, offer: int, email: str
) -> None:
    await client.post(f"/demande/{offer}", data=form(api_settings, offer, email=email, action="garder"))
    page = (await client.get(f"/demande/{offer}")).text
    mark = re.search(rf'name="{OPENED}" value="([^"]+)"', page)
    assert mark
    await client.post(f"/demande/{offer}", data=form(api_settings, offer, email=email) | {OPENED: mark[1]})
    (row,) = await drafts_of(maker, offer)
    assert row["sent_at"] is not None


async def test_a_cv_is_kept_shown_replaced_removed(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, offer: int
) -> None:
    url = f"/demande/{offer}"
    add = form(api_settings, offer, action="ajouter-cv")
    file = {"cv": ("C:\\mes documents\\CV Zoé.pdf", pdf(), "text/html")}
    added = await client.post(url, data=add, files=file)
    assert added.headers["location"] == f"{url}?fait=cv"
    assert "CV Zoé.pdf" in (await client.get(url)).text
    for content, said in (
        (b"MZ", "pas un PDF"),
        (pdf(script_at_opening), "programme"),
        (b"%PDF-" + b"0" * (5 * 1024 * 1024), "5 Mo"),
    ):
        wrong = await client.post(url, data=add, files={"cv": ("cv.pdf", content, "application/pdf")})
        assert wrong.status_code == UNPROCESSABLE
        assert 'id="cv-erreur"' in wrong.text
        assert said in wrong.text
        assert "CV Zoé.pdf" in wrong.text
    none = await client.post(url, data=add)
    assert none.status_code == UNPROCESSABLE
    huge = {"cv": ("cv.pdf", b"%PDF-" + b"0" * 13_000_000, "application/pdf")}
    assert (await client.post(url, data=add, files=huge)).status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    removed = await client.post(url, data=add | {"action": "retirer-cv"})
    assert removed.headers["location"] == f"{url}?fait=cv-retire"
    async with maker() as session:
        (row,) = await drafts_of(maker, offer)
        mine = discussion_files.c.draft_id == row["id"]
        assert await session.scalar(select(func.count()).select_from(discussion_files).where(mine)) == 0


async def test_a_company_that_takes_none_says_what_to_do_instead(
    client: httpx.AsyncClient, maker: SessionMaker, people: People, offer: int
) -> None:
    mine = companies.c.id == people.company
    async with maker() as session, session.begin():
        await session.execute(update(companies).where(mine).values(max_contacts_per_month=0))
    refused = await client.get(f"/demande/{offer}?metier=boulanger&lieu=Metz")
    assert refused.status_code == httpx.codes.CONFLICT
    assert 'href="/recherche?metier=boulanger&amp;lieu=Metz#resultats"' in refused.text
    near = re.search(r'href="(/recherche\?rome=D1102[^"]*)"', (await client.get(f"/demande/{offer}")).text)
    assert near
    async with maker() as session, session.begin():
        await session.execute(update(companies).where(mine).values(banned_at=now(), ban_reason="x"))
    assert (await client.get(f"/demande/{offer}")).status_code == httpx.codes.NOT_FOUND
    assert (await client.post(f"/demande/{offer}", data={})).status_code == httpx.codes.NOT_FOUND


async def test_too_many_are_told_when_to_try_again_and_lose_nothing(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, offer: int, email: str
) -> None:
    typed = form(api_settings, offer, email=email)
    most = api_settings.requests_per_person_per_hour
    for _ in range(most):
        assert (await client.post(f"/demande/{offer}", data=typed)).status_code == SEEN
    refused = await client.post(f"/demande/{offer}", data=typed | {"message": f"{MESSAGE} Merci."})
    assert refused.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert int(refused.headers["retry-after"]) > 3000
    assert "Réessayez dans" in refused.text
    (row,) = await drafts_of(maker, offer)
    assert row["data"]["request"]["message"].endswith("Merci.")


async def test_what_is_refused_once_proved_is_corrected_in_the_new_account(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, offer: int, email: str
) -> None:
    await client.post(f"/demande/{offer}", data=form(api_settings, offer, email=email))
    path = await link_of(maker, email)
    (row,) = await drafts_of(maker, offer)
    late = row["data"] | {"request": row["data"]["request"] | {"availability": {"start": "2020-01-01"}}}
    async with maker() as session, session.begin():
        mine = contact_drafts.c.id == row["id"]
        await session.execute(update(contact_drafts).where(mine).values(data=late))
    client.cookies.clear()
    proved = await client.post(path)
    assert proved.headers["location"] == f"/demande/{offer}?fait=prouve"
    page = (await client.get(proved.headers["location"])).text
    assert 'id="start-erreur"' in page
    assert MESSAGE in page
    assert "compte est ouvert" in page


async def test_an_old_link_says_so(
    client: httpx.AsyncClient, maker: SessionMaker, api_settings: Settings, offer: int, email: str
) -> None:
    await client.post(f"/demande/{offer}", data=form(api_settings, offer, email=email))
    path = await link_of(maker, email, age=KINDS[Purpose.REQUEST].life)
    for method in ("GET", "POST"):
        answer = await client.request(method, path)
        assert answer.status_code == httpx.codes.GONE
        assert "Refaites votre demande" in answer.text
    assert SESSION_COOKIE not in client.cookies
