"""A company answers in a real browser: by a mail’s link, by keyboard, two at once, several at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, update

from api.cookies import SESSION_COOKIE
from data.queries import links
from data.tables import companies, consents, discussion_files, passports, users
from tests.api.space_callers import database
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.conftest import run_async
from tests.factories.discussions import World, add_request, build_world

pytestmark = pytest.mark.browser
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Received:
    """A company with three requests, the first with a passport and a CV; the links of its mails."""

    world: World
    requests: tuple[UUID, ...]
    link: str
    back: str

    @property
    def url(self) -> str:
        return f"/entreprise/{self.world.company}"


async def _received(url: str) -> Received:
    now = datetime.now(UTC)  # noqa: TID251 - the service has the real clock
    number = next(_numbers)
    async with database(url) as session:
        world = await build_world(session, now, prefix=f"browse{number}")
        days = (timedelta(days=4), timedelta(days=1), timedelta(hours=3))
        requests = tuple([await add_request(world, now - one, phone="+33612345678") for one in days])
        token, back = (f"{name}-{number:034}" for name in ("answer", "return"))
        until = now + timedelta(days=92)
        await links.mint(session, token, "discussion.answer", str(requests[0]), now, until)
        await links.mint(session, back, "company.come_back", str(world.company), now, until)
        kept = {"token_hash": requests[0].bytes * 2, "created_at": now, "seen_at": now}
        skills = ["E0311"]
        await session.execute(
            insert(passports).values(beneficiary_id=world.beneficiary, skills=skills, **kept)
        )
        given = {"purpose": "passport_to_company", "target": str(world.company), "given_at": now}
        await session.execute(insert(consents).values(beneficiary_id=world.beneficiary, **given))
        cv = {"kind": "cv", "name": "cv.pdf", "media_type": "application/pdf", "content": b"%PDF-1.4"}
        file = insert(discussion_files).values(discussion_id=requests[0], added_at=now, **cv)
        await session.execute(file)
    return Received(world, requests, f"/reponse/{token}", f"/entreprises/retour/{back}")


@pytest.fixture
def received(site: Site) -> Received:
    return run_async(_received(site.database_url))


def sign_in(page: Page, site: Site, received: Received, name: str) -> None:
    token = received.world.tokens[name]
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_a_link_at_each_step(opened: Opener, received: Received, width: int) -> None:
    page = opened(received.link, width=width)
    for folded in page.locator("details > summary").all():
        folded.click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    press(page, "Refuser la demande")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_label("Je lui ai téléphoné").check()
    press(page, "Accepter la demande")
    expect(page.get_by_role("status")).to_contain_text("Vous acceptez")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    with page.expect_navigation():
        page.get_by_role("link", name="Préparer la convention").click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    press(page, "Commencer la convention")
    expect(page.get_by_role("heading", level=1)).to_contain_text("onvention")
    check(page, width)
    page.goto("/reponse/une-adresse-mal-copiee")
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_companys_list_and_its_pages(opened: Opener, site: Site, received: Received, width: int) -> None:
    page = opened("/connexion", width=width)
    sign_in(page, site, received, "owner")
    one = f"{received.url}/demandes/{received.requests[0]}"
    for path in ("/entreprise", received.url, one, f"{received.url}/demandes"):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_text("Donner la même réponse à plusieurs").click()
    press(page, "Envoyer cette réponse")
    check(page, width)


async def _set_aside(url: str, received: Received) -> None:
    async with database(url) as session:
        mine = companies.c.id == received.world.company
        values = {"unresponsive_at": received.world.now}
        await session.execute(update(companies).where(mine).values(**values))


@pytest.mark.parametrize("width", WIDTHS)
def test_back_in_search_in_one_click(opened: Opener, site: Site, received: Received, width: int) -> None:
    run_async(_set_aside(site.database_url, received))
    page = opened("/connexion", width=width)
    sign_in(page, site, received, "owner")
    page.goto(received.url)
    expect(page.get_by_text("Plusieurs demandes sont restées sans réponse")).to_be_visible()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.context.clear_cookies()
    page.goto(received.back)
    check(page, width)
    press(page, "Revenir dans la recherche")
    expect(page.get_by_role("heading", name="de nouveau proposée")).to_be_visible()
    check(page, width)


def test_no_by_keyboard_alone_without_javascript(opened: Opener, received: Received) -> None:
    page = opened(received.link, javascript=False)
    page.locator("summary", has_text="Dire non").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Nous ne pouvons pas accueillir")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Nous ne faisons pas ou plus ce métier")).to_be_checked()
    page.get_by_label("Un mot pour la personne").focus()
    page.keyboard.type("Bon courage.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Votre réponse est envoyée")
    expect(page.get_by_text("Bon courage.")).to_be_visible()
    assert page.get_by_role("button", name="Accepter la demande").count() == 0


def test_two_people_before_the_same_request(opened: Opener, site: Site, received: Received) -> None:
    first, second = opened(received.link, javascript=False), opened("/connexion")
    sign_in(second, site, received, "contact")
    second.goto(f"{received.url}/demandes/{received.requests[0]}")
    press(first, "Accepter la demande")
    second.locator("summary", has_text="Dire non").click()
    second.get_by_label("Nous ne pouvons pas accueillir").check()
    press(second, "Refuser la demande")
    expect(second.get_by_role("alert")).to_contain_text("Votre réponse n’est pas enregistrée")
    expect(second.get_by_text("Vous avez accepté le")).to_be_visible()
    check(second, 1280)


def test_the_same_answer_to_two_without_javascript(opened: Opener, site: Site, received: Received) -> None:
    page = opened("/connexion", javascript=False)
    sign_in(page, site, received, "contact")
    page.goto(f"{received.url}/demandes")
    expect(page.get_by_role("heading", name="À répondre (3)")).to_be_visible()
    for request in received.requests[:2]:
        page.locator(f"#choix-{request}").check()
    page.get_by_text("Donner la même réponse à plusieurs").click()
    page.get_by_label("Refuser : nous ne pouvons pas").check()
    press(page, "Envoyer cette réponse")
    expect(page.get_by_role("status")).to_have_text("2 demandes ont reçu votre réponse.")
    expect(page.get_by_role("heading", name="À répondre (1)")).to_be_visible()
    expect(page.get_by_role("heading", name="Répondues ou closes (2)")).to_be_visible()


async def _appoint(url: str, received: Received) -> None:
    async with database(url) as session:
        mine = users.c.id == received.world.ids["stranger"]
        await session.execute(update(users).where(mine).values(back_office=True))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_is_read_by_the_back_office(
    opened: Opener, site: Site, received: Received, width: int
) -> None:
    run_async(_appoint(site.database_url, received))
    page = opened(received.link, width=width)
    page.get_by_text("Signaler cette demande").click()
    page.get_by_label("Qu’est-ce qui ne va pas ?").fill("C’est une publicité.")
    press(page, "Signaler")
    expect(page.get_by_role("status")).to_contain_text("Notre équipe va lire")
    sign_in(page, site, received, "stranger")
    page.goto("/gestion/signalements")
    expect(page.get_by_text("C’est une publicité.").first).to_be_visible()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    with page.expect_navigation():
        page.get_by_role("button", name="Marquer comme traité").first.click()
    expect(page.get_by_role("status")).to_contain_text("traité")
