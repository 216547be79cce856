"""Lists and pages of conventions in a real browser: looked at, by keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from api.cookies import SESSION_COOKIE
from tests.api import convention_callers
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async

pytestmark = pytest.mark.browser
DESK = "/accompagnement/conventions"


def made(site: Site, status: str) -> convention_callers.Site:
    return run_async(convention_callers.made(site.database_url, status, "bc"))


def sign_in(page: Page, site: Site, one: convention_callers.Site, name: str) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": one.world.tokens[name], "url": site.url}])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("status", ["submitted", "signed", "validated"])
def test_every_page_of_conventions(opened: Opener, site: Site, status: str, width: int) -> None:
    one = made(site, status)
    page = opened("/connexion", width=width)
    for name, paths in (
        ("person", ("/conventions", one.url, "/compte/supprimer")),
        ("owner", (f"/entreprise/{one.world.company}/conventions", one.url)),
        ("counsellor", (DESK, f"{DESK}?retard=1", one.url, f"{one.url}?structure=structure")),
    ):
        sign_in(page, site, one, name)
        for path in paths:
            page.goto(path)
            for more in page.locator("main summary").all():
                more.click()
            check(page, width)
            page.set_viewport_size({"width": width, "height": 800})


def test_a_decision_without_javascript(opened: Opener, site: Site) -> None:
    one = made(site, "signed")
    page = opened("/connexion", javascript=False)
    sign_in(page, site, one, "counsellor")
    page.goto(one.url)
    page.get_by_role("button", name="Pré-valider la convention").click()
    expect(page.get_by_role("status")).to_contain_text("est pré-validée")
    sign_in(page, site, one, "stranger")
    page.goto(one.url)
    page.locator("summary", has_text="Refuser").click()
    page.get_by_role("button", name="Refuser la convention").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez la raison")
    page.get_by_label("Pourquoi refusez-vous cette convention ?").fill("Les horaires ne vont pas.")
    page.get_by_role("button", name="Refuser la convention").click()
    expect(page.get_by_role("status")).to_contain_text("Tout le monde reçoit la raison")
    expect(page.locator("main")).to_contain_text("Les horaires ne vont pas.")


def test_two_agents_with_the_same_page(opened: Opener, site: Site) -> None:
    """One pre-approves; the other, whose page is older, is told and reads the new state."""
    one = made(site, "signed")
    first = opened("/connexion")
    sign_in(first, site, one, "counsellor")
    first.goto(one.url)
    second = opened("/connexion")
    sign_in(second, site, one, "staff")
    second.goto(one.url)
    with first.expect_navigation():
        first.get_by_role("button", name="Pré-valider la convention").click()
    second.locator("summary", has_text="Refuser").click()
    second.get_by_label("Pourquoi refusez-vous cette convention ?").fill("Non")
    with second.expect_navigation():
        second.get_by_role("button", name="Refuser la convention").click()
    expect(second.get_by_role("alert")).to_contain_text("a changé depuis")
    expect(second.locator("#suite")).to_contain_text("Pré-validée")


def test_the_desk_with_the_keyboard_alone(opened: Opener, site: Site) -> None:
    one = made(site, "submitted")
    page = opened("/connexion")
    sign_in(page, site, one, "counsellor")
    page.goto(DESK)
    tab_to(page, "#q")
    page.keyboard.type(one.terms.beneficiary.last_name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert one.terms.beneficiary.last_name not in page.url
    tab_to(page, f"#choix-{one.convention}")
    page.keyboard.press("Space")
    tab_to(page, "form#rappels button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("personnes sont relancées")
    tab_to(page, f"a[href='{one.url}']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(one.terms.beneficiary.last_name)


def test_the_file_is_downloaded(opened: Opener, site: Site) -> None:
    one = made(site, "signed")
    page = opened("/connexion")
    sign_in(page, site, one, "viewer")
    page.goto(DESK)
    for button, name in (("Pour un tableur", "conventions.xlsx"), ("En CSV", "conventions.csv")):
        with page.expect_download() as found:
            page.get_by_role("button", name=button).click()
        assert found.value.suggested_filename == name
