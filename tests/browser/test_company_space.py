"""A company's space in a real browser: every page, and a day of its admin, without JavaScript."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from api.cookies import SESSION_COOKIE
from data.tables import companies
from tests.api.space_callers import People, add_people, database
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.conftest import run_async

pytestmark = pytest.mark.browser
BREST = (48.3904, -4.4861)
BAKERS_OF_BREST = "/recherche?metier=boulanger&lieu=Brest"


async def _made(url: str, *, banned: bool) -> People:
    async with database(url) as session:
        people = await add_people(session, BREST)
        if banned:
            mine = companies.c.id == people.company
            values = {"banned_at": companies.c.created_at, "ban_reason": "Demandes d’argent aux candidats."}
            await session.execute(update(companies).where(mine).values(**values))
    return people


def made(site: Site, *, banned: bool = False) -> People:
    return run_async(_made(site.database_url, banned=banned))


def sign_in(page: Page, site: Site, people: People, name: str) -> None:
    token = people.tokens[name]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["admin", "contact", "waiting", "stranger"])
def test_pages_of_each_role(opened: Opener, site: Site, width: int, name: str) -> None:
    people = made(site)
    page = opened("/connexion", width=width)
    sign_in(page, site, people, name)
    paths = ["/entreprise", "/entreprise/rejoindre", f"/entreprise/rejoindre/{people.siret}"]
    if name in {"admin", "contact"}:
        paths += [people.url, f"{people.url}/equipe"]
    if name == "admin":
        paths += [f"{people.url}/accueil"]
    for path in paths:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        for folded in page.locator("details > summary").all():
            folded.click()
        check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_a_banned_company(opened: Opener, site: Site, width: int) -> None:
    people = made(site, banned=True)
    page = opened("/connexion", width=width)
    sign_in(page, site, people, "admin")
    for path in ("/entreprise", people.url, f"{people.url}/equipe"):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_refused_forms_and_what_another_admin_changed(opened: Opener, site: Site, width: int) -> None:
    people = made(site)
    page = opened("/connexion", width=width)
    sign_in(page, site, people, "admin")
    page.goto(people.url)
    page.get_by_text("Mettre en pause").first.click()
    page.get_by_role("button", name="Mettre en pause").click()
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{people.url}/accueil")
    other = page.context.new_page()
    other.goto(f"{people.url}/accueil")
    other.get_by_label("Tenue").fill("Blouse prêtée")
    other.get_by_role("button", name="Enregistrer").click()
    other.wait_for_url("**fait=conditions")
    page.get_by_label("Tenue").fill("Chaussures fermées")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Sur la fiche maintenant")).to_be_visible()
    expect(page.get_by_text("Blouse prêtée")).to_be_visible()
    check(page, width)


def test_a_day_of_an_admin_without_javascript(opened: Opener, site: Site) -> None:
    people = made(site)
    page = opened("/connexion", javascript=False)
    sign_in(page, site, people, "admin")

    page.goto("/entreprise")
    page.get_by_role("link", name="Une personne demande à vous rejoindre").click()
    page.get_by_role("button", name="Accepter Waiting Martin").click()
    expect(page.get_by_role("status")).to_contain_text("a rejoint l’entreprise")
    expect(page.get_by_role("heading", name="Waiting Martin")).to_be_visible()

    page.goto(people.url)
    page.get_by_text("Mettre en pause").first.click()
    until = datetime.now(UTC).date() + timedelta(days=30)  # noqa: TID251 - the service has the real clock
    page.get_by_label("Jour où vous accueillez de nouveau").fill(until.isoformat())
    page.get_by_role("button", name="Mettre en pause").click()
    expect(page.get_by_role("status")).to_contain_text("en pause")
    _search_until(page, people.siret, found=False)

    page.goto(people.url)
    page.get_by_role("button", name="Reprendre maintenant").click()
    expect(page.get_by_role("status")).to_contain_text("de nouveau proposée")
    _search_until(page, people.siret, found=True)


def _search_until(page: Page, siret: str, *, found: bool) -> None:
    """The index follows the database within a moment."""
    for _ in range(30):
        page.goto(BAKERS_OF_BREST)
        if (page.locator(f"main a[href*='{siret}']").count() > 0) is found:
            return
        page.wait_for_timeout(200)
    pytest.fail(f"after six seconds, found is not {found}")


def test_the_team_by_keyboard(opened: Opener, site: Site) -> None:
    people = made(site)
    page = opened("/connexion")
    sign_in(page, site, people, "admin")
    page.goto(f"{people.url}/equipe")
    summary = page.locator("summary", has_text="Retirer").first
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Oui, retirer").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("ne fait plus partie")
