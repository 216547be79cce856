"""The passport before a real browser: filled without JavaScript, checked as every page, by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import WIDTHS, check

pytestmark = pytest.mark.browser

SENTENCE = "je sais tailler les haies et tenir une caisse"


def fill(page: Page) -> str:
    """A passport with something in each part, by its forms alone; the label of a skill confirmed."""
    page.get_by_label("Métier", exact=True).fill("boulanger")
    page.get_by_label("Années").fill("2")
    page.get_by_role("button", name="Ajouter cette expérience").click()
    expect(page.locator(".note-leaf")).to_contain_text("Expérience ajoutée")
    page.get_by_label("Dites-le avec vos mots").fill(SENTENCE)
    page.get_by_role("button", name="Trouver mes savoir-faire").click()
    expect(page.locator(".passport-said legend")).to_contain_text(SENTENCE)
    ticked = page.locator(".passport-said input[name=skills]").first
    ticked.check()
    page.locator(".passport-said").get_by_role("button", name="Ajouter les savoir-faire cochés").click()
    page.get_by_label("Mon niveau").first.select_option("Je maîtrise")
    page.get_by_role("button", name="Enregistrer mes niveaux").click()
    expect(page.locator(".note-leaf")).to_contain_text("Niveaux enregistrés")
    page.get_by_label("Je pars de").fill("Metz")
    page.get_by_label("À vélo").check()
    page.get_by_label("Jusqu’à combien de kilomètres").fill("100")
    page.get_by_role("button", name="Enregistrer mes déplacements").click()
    expect(page.get_by_label("Je pars de")).to_have_value("Metz (57)")
    return page.locator("#levels .passport-skill strong").first.inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_filled_printed_refused(opened: Opener, width: int) -> None:
    page = opened("/passeport", width=width)
    fill(page)
    page.locator("details.passport-more summary").first.click()
    page.get_by_label("Dites-le avec vos mots").fill("coudre un ourlet et servir un repas")
    page.get_by_role("button", name="Trouver mes savoir-faire").click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="Ajouter cette expérience").click()
    expect(page.locator("#job-erreur")).to_be_in_viewport()
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#job")
    check(page, width)
    page.goto("/passeport/imprimer")
    expect(page.locator(".passport-paper")).to_contain_text("Je maîtrise")
    check(page, width)


def test_without_javascript_then_searched_and_deleted(opened: Opener) -> None:
    page = opened("/", width=360, javascript=False)
    page.get_by_role("link", name="Passeport", exact=True).click()
    skill = fill(page)
    page.get_by_role("link", name="Chercher avec mon passeport").click()
    expect(page.locator("#competences-choisies")).to_contain_text(skill)
    expect(page.locator("#compte")).to_contain_text("autour de Metz")
    page.goto("/recherche?lieu=Metz")
    page.get_by_role("link", name="Chercher sans").click()
    expect(page.locator(".note").first).to_contain_text("sans votre passeport")
    page.goto("/passeport")
    page.get_by_role("link", name="L’effacer").click()
    page.get_by_role("button", name="Effacer mon passeport").click()
    expect(page.locator(".note-leaf")).to_contain_text("est effacé")
    expect(page.locator("#levels")).to_have_count(0)
