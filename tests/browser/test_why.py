"""« Pourquoi cette entreprise ? » before a real browser: by hand, by keyboard, on every width."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import NARROWEST, WIDTHS, check
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser

ASKED = "/recherche?metier=boulanger&lieu=Metz&competences=E0311&proches=1"
SUMMARY = ".hit-why > summary"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_panel_opens_and_adds_up(opened: Opener, site: Site, width: int) -> None:
    page = opened(ASKED, width=width, javascript=width > WIDTHS[0])
    hit = page.locator(f".hit:has(h3 a[href*='{site.volunteer}'])")
    summary = hit.locator("summary")
    expect(summary).to_have_accessible_name("Pourquoi cette entreprise ? Fournil des Roches")
    summary.click()
    expect(hit.get_by_role("table")).to_be_visible()
    points = [int(one) for one in hit.locator("tbody td").all_inner_texts()]
    assert sum(points) == int(hit.locator("tfoot td").inner_text())
    assert hit.locator("tfoot td").inner_text() == hit.locator(".score strong").inner_text()
    hit.get_by_role("link", name="Comment est fait ce classement ?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment les entreprises sont classées")


@pytest.mark.parametrize("width", WIDTHS)
def test_an_open_panel_is_like_any_page(opened: Opener, width: int) -> None:
    page = opened(ASKED, width=width)
    page.locator(SUMMARY).first.click()
    check(page, width)


def test_with_the_keyboard(opened: Opener) -> None:
    page = opened(ASKED)
    tab_to(page, SUMMARY)
    page.keyboard.press("Enter")
    expect(page.locator(".hit-why[open] table").first).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".hit-why[open]")).to_have_count(0)


@pytest.mark.parametrize("width", [NARROWEST, *WIDTHS])
def test_a_full_score_stands_on_one_line(opened: Opener, width: int) -> None:
    page = opened(ASKED, width=width)
    score = page.locator(".score").first
    height = score.evaluate("(one) => one.getBoundingClientRect().height")
    score.locator("strong").evaluate("(one) => { one.textContent = '100' }")
    assert score.inner_text().replace("\n", " ").startswith("100/100")
    assert score.evaluate("(one) => one.getBoundingClientRect().height") == height
    assert score.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
