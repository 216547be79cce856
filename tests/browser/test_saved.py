"""Searches kept and favourites in a real browser: kept from a search, looked at, taken away."""

from datetime import UTC, datetime
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from api.cookies import SESSION_COOKIE
from tests.api.space_callers import database
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async
from tests.factories.discussions import World, build_world

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)  # noqa: TID251 - the server under test has the real clock
BAKERS = "/recherche?metier=boulanger&lieu=Nantes"
_worlds = count(1)


async def _made(url: str) -> World:
    async with database(url) as session:
        return await build_world(session, NOW, f"s{next(_worlds)}-")


def signed(page: Page, site: Site) -> None:
    world = run_async(_made(site.database_url))
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": world.tokens["person"], "url": site.url}])


@pytest.mark.parametrize("width", WIDTHS)
def test_kept_from_a_search_and_looked_at(opened: Opener, site: Site, width: int) -> None:
    page = opened("/connexion", width=width)
    signed(page, site)
    for path in ("/recherches-enregistrees", "/favoris"):
        page.goto(path)
        check(page, width)
        page.set_viewport_size({"width": width, "height": 800})
    page.goto(BAKERS)
    page.get_by_role("button", name="Enregistrer cette recherche").click()
    expect(page.get_by_role("status")).to_contain_text("La recherche est enregistrée")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Nantes (44) à 30 km")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(BAKERS)
    page.locator(".hits a").first.click()
    page.get_by_role("button", name="Mettre de côté").click()
    expect(page.get_by_role("status")).to_contain_text("mise de côté")
    check(page, width)
    with page.expect_download() as file:
        page.get_by_role("link", name="tableur (CSV)").click()
    assert file.value.path().read_bytes().startswith("\ufeffEntreprise;".encode())
    with page.expect_download() as printed:
        page.get_by_role("link", name="imprimer (PDF)").click()
    assert printed.value.path().read_bytes().startswith(b"%PDF-")


def test_a_search_is_forgotten_with_the_keyboard(opened: Opener, site: Site) -> None:
    page = opened("/connexion", javascript=False)
    signed(page, site)
    page.goto(BAKERS)
    tab_to(page, "form[action='/recherches-enregistrees'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "button[value=effacer]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("La recherche est effacée")
