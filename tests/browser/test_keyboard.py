"""The two main paths with the keyboard alone: find a company, register one."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, Site
from tests.factories.companies import a_siret

pytestmark = pytest.mark.browser

MOST_TABS = 60
OPTION = ".combo-list:not([hidden]) [role=option]"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element is reached, and see that its focus is visible."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            outlined = """() => { const style = getComputedStyle(document.activeElement);
                const card = document.activeElement.closest('.hit');
                return [style, card && getComputedStyle(card)].some(
                    (one) => one && one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2); }"""
            assert page.evaluate(outlined), f"no visible focus on {selector}"
            return
    pytest.fail(f"{selector} is not reached in {MOST_TABS} tabs")


def test_skip_link_comes_first(opened: Opener) -> None:
    page = opened("/comment-ca-marche")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_from_home_to_an_offer(opened: Opener, site: Site) -> None:
    page = opened("/")
    tab_to(page, "#metier")
    page.keyboard.type("boulang")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tab_to(page, "#lieu")
    page.keyboard.type("Metz")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche?**")
    tab_to(page, f".hit h3 a[href*='{site.volunteer}']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fournil des Roches")
    expect(page.get_by_role("heading", name="Pourquoi cette entreprise ?")).to_be_visible()


def test_choosing_a_skill_searches(opened: Opener) -> None:
    page = opened("/recherche?lieu=Metz")
    tab_to(page, "#savoir-faire summary")
    page.keyboard.press("Enter")
    tab_to(page, "#q_competence")
    page.keyboard.type("tenir une caisse")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    active = page.locator("#q_competence").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url("**competences=**")
    expect(page.locator("#competences-choisies input:checked")).to_have_count(1)
    expect(page.locator("#annonce")).to_contain_text("entreprise")


def test_a_company_registers(opened: Opener) -> None:
    page = opened("/entreprises/inscription")
    tab_to(page, "#siret")
    page.keyboard.type(a_siret())
    page.keyboard.press("Enter")
    page.wait_for_url("**/identite**")
    tab_to(page, "#name")
    page.keyboard.type("Menuiserie du Lac")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lieux")
    tab_to(page, "#places-0-postal_code")
    page.keyboard.type("57000")
    tab_to(page, "#places-0-city")
    page.keyboard.type("Metz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/metiers")
    tab_to(page, "#nouveau")
    page.keyboard.type("menuisier")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Intitulé montré")).to_be_visible()
    tab_to(page, ".actions button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact")
    tab_to(page, "#contact-name")
    page.keyboard.type("Ana Petit")
    tab_to(page, "#contact-email")
    page.keyboard.type("ana@menuiserie-du-lac.example")
    tab_to(page, ".actions button")
    page.keyboard.press("Space")
    page.wait_for_url("**/resume")
    tab_to(page, ".actions button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/merci")
    expect(page.get_by_text("ana@menuiserie-du-lac.example")).to_be_visible()


def test_map_points_are_reached(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz")
    page.locator(".map-pin").first.wait_for()
    tab_to(page, ".map-pin")
    page.keyboard.press("Enter")
    link = page.locator(".map-popup a").first
    expect(link).to_be_visible()
    link.click()
    assert page.locator(".hit:target").count() == 1
