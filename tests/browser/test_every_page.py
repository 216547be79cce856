"""Every page, on a phone and on a computer: axe, no sideways scroll, one title, large targets."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from settings import ROOT
from tests.browser import company_form
from tests.browser.conftest import BAKER, Opener, Site

pytestmark = pytest.mark.browser

WIDTHS = (360, 1280)
NARROWEST = 320
PATHS = (
    "/",
    "/recherche",
    "/recherche?metier=boulanger&lieu=Metz",
    "/recherche?metier=boulangé&lieu=Saint-Denis&competences=E0311&volontaires=1",
    "/recherche?q_competence=tenir+une+caisse&lieu=Metz",
    "/recherche?metier=zzzzzzzz&lieu=qqqqqq",
    "/recherche?lieu=Metz&rayon=100&page=2",
    "/recherche?lieu=Metz&secteur=U&contact=phone&rayon=5",
    "/entreprises/{volunteer}",
    "/entreprises/{volunteer_offer}?metier=boulanger&lieu=Metz&competences=E0311",
    "/entreprises/{potentiel}",
    "/entreprises/{potentiel}/retrait",
    "/entreprises/inscription",
    "/entreprises/preuve/abcdefghijklmnopqrstuvwxyz",
    "/entreprises/modifier",
    "/entreprises/modifier/abcdefghijklmnopqrstuvwxyz",
    "/entreprises/adresse/abcdefghijklmnopqrstuvwxyz",
    "/entreprises/a-jour/abcdefghijklmnopqrstuvwxyz",
    "/passeport",
    "/passeport/imprimer",
    "/passeport/effacer",
    "/connexion",
    "/connexion/lien/abcdefghijklmnopqrstuvwxyz",
    "/connexion/a-bientot",
    "/convention/nouvelle",
    "/comment-ca-marche",
    "/classement",
    "/mentions-legales",
    "/donnees-personnelles",
    "/accessibilite",
    "/plan-du-site",
    "/boite-aux-lettres",
    "/une-page-qui-manque",
)
TARGETS = (
    "button, .btn, select, summary, textarea, input:not([type=hidden], .form-check-input), .form-check, nav a"
)
SMALL_TARGETS = """(targets) => [...document.querySelectorAll(targets)]
  .filter((one) => one.checkVisibility() && !one.closest('.visually-hidden, .note'))
  .filter((one) => one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML.slice(0, 120))"""
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text
FRENCH = (ROOT / "node_modules" / "axe-core" / "locales" / "fr.json").read_text


def violations(page: Page) -> list[str]:
    """What axe finds, in French, with the element concerned."""
    page.evaluate(AXE())  # a script element would be refused by the page's own policy
    page.evaluate("(locale) => axe.configure({ locale })", json.loads(FRENCH()))
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes']]}" for one in found]


def check(page: Page, width: int) -> None:
    """Everything that holds of every page."""
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL_TARGETS, TARGETS) == []
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title().endswith(" – Escale")
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PATHS)
def test_page(opened: Opener, site: Site, path: str, width: int) -> None:
    address = path.format(
        volunteer=site.volunteer,
        potentiel=site.potentiel,
        volunteer_offer=f"{site.volunteer}/{site.volunteer_place}/{BAKER}",
    )
    check(opened(address, width=width), width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("step", range(5))
def test_step_of_the_registration(opened: Opener, width: int, step: int) -> None:
    page = opened(width=width)
    company_form.up_to(page, step)
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("step", range(4))
def test_refused_step(opened: Opener, width: int, step: int) -> None:
    """An empty step is refused: the summary has the focus and leads to the field."""
    page = opened(width=width)
    company_form.up_to(page, step)
    page.locator(company_form.GO_ON).click()
    summary = page.locator(".error-summary")
    assert summary.evaluate("(one) => one === document.activeElement")
    check(page, width)
    link = summary.locator("a").first
    target = page.locator(str(link.get_attribute("href")))
    link.click()
    assert target.evaluate("(one) => one.contains(document.activeElement)")


@pytest.mark.parametrize("width", WIDTHS)
def test_thanks_and_resuming(opened: Opener, width: int) -> None:
    page = opened(width=width)
    company_form.up_to(page, 4)
    page.get_by_role("button", name="Envoyer l’inscription").click()
    page.wait_for_url("**/merci")
    check(page, width)
    page.goto("/entreprises/inscription")
    check(page, width)


def test_titles_are_unique(opened: Opener, site: Site) -> None:
    page = opened()
    named = {}
    for path in PATHS:
        if "?" not in path:
            page.goto(path.format(volunteer=site.volunteer, potentiel=site.potentiel))
            named[path] = page.title()
    assert len(set(named.values())) == len(named), named
