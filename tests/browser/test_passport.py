"""The passport before a real browser: filled without JavaScript, checked as every page, by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import OPTION, tab_to

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
    page.get_by_label("Ce qui le montre").first.select_option("J’ai un diplôme ou un certificat")
    page.get_by_role("button", name="Enregistrer la liste").click()
    expect(page.locator(".note-leaf")).to_contain_text("Liste enregistrée")
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
    expect(page.locator("#erreurs")).to_be_in_viewport()
    expect(page.locator("#erreurs a")).to_have_attribute("href", "#job")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_label("Ou cherchez un savoir-faire").fill("tenire une caise")
    page.get_by_role("button", name="Ajouter ce savoir-faire").click()
    expect(page.locator("#savoir-faire button[name=choix]").first).to_be_visible()
    check(page, width)
    page.locator("#levels").get_by_role("button", name="Retirer").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retirer «")
    check(page, width)
    page.goto("/passeport/imprimer")
    expect(page.locator(".passport-paper")).to_contain_text("Je maîtrise")
    expect(page.locator(".passport-paper")).to_contain_text("J’ai un diplôme")
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


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_refused_has_the_focus(opened: Opener, *, javascript: bool) -> None:
    """The summary first, then the field that its link names, without JavaScript too."""
    page = opened("/passeport", width=360, javascript=javascript)
    page.get_by_label("Un métier qui m’attire").fill("zzzzzzzz")
    page.get_by_role("button", name="Ajouter ce métier").click()
    expect(page.locator("#erreurs")).to_be_focused()
    expect(page.locator("#erreurs")).to_be_in_viewport()
    page.locator("#erreurs a").click()
    expect(page.get_by_label("Un métier qui m’attire")).to_be_focused()
    expect(page.get_by_label("Un métier qui m’attire")).to_have_value("zzzzzzzz")


def test_enter_sends_what_was_typed_not_the_first_proposal(opened: Opener) -> None:
    page = opened("/passeport", javascript=False)
    field = page.get_by_label("Je pars de")
    field.fill("Saint-Denis")
    page.get_by_role("button", name="Enregistrer mes déplacements").click()
    expect(page.locator("button[name=choix]").first).to_be_visible()
    field.fill("Metz")
    field.press("Enter")
    expect(field).to_have_value("Metz (57)")


def _type_job(page: Page) -> None:
    """As typed, without choosing: what is proposed is closed, since it covers the button."""
    page.get_by_label("Métier", exact=True).fill("boulanger")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(OPTION)).to_have_count(0)


def test_a_double_click_and_going_back_add_nothing_twice(opened: Opener) -> None:
    page = opened("/passeport")
    _type_job(page)
    page.get_by_role("button", name="Ajouter cette expérience").dblclick()
    expect(page.locator("#experiences article")).to_have_count(1)
    page.go_back()
    _type_job(page)
    page.get_by_role("button", name="Ajouter cette expérience").click()
    expect(page.locator(".note-leaf")).to_contain_text("Expérience ajoutée")
    expect(page.locator("#experiences article")).to_have_count(1)
    expect(page.locator("#erreurs")).to_have_count(0)


def test_a_whole_passport_with_the_keyboard(opened: Opener) -> None:
    page = opened("/passeport")
    told = page.locator(".note-leaf")
    tab_to(page, "#job")
    page.keyboard.type("boulang")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tab_to(page, "#job-years")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Expérience ajoutée")
    tab_to(page, "#sentence")
    page.keyboard.type(SENTENCE)
    tab_to(page, ".passport-say button")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Phrase ajoutée")
    tab_to(page, ".passport-said input[type=checkbox]")
    page.keyboard.press("Space")
    tab_to(page, ".passport-said form:has([value=confirm]) button")
    page.keyboard.press("Enter")
    expect(page.locator("#levels > li")).to_have_count(1)
    tab_to(page, "#skill")
    page.keyboard.type("servir a tabl")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#levels > li")).to_have_count(2)
    tab_to(page, "#levels select[name^=level]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#levels ~ button")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Liste enregistrée")
    tab_to(page, "#wish")
    page.keyboard.type("boulangère")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Métier ajouté")
    tab_to(page, "#place")
    page.keyboard.type("Metz (57)")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Lieu et déplacements")
    tab_to(page, "#levels button[value^=unskill]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retirer «")
    tab_to(page, "main .btn-danger")
    page.keyboard.press("Enter")
    expect(page.locator("#levels > li")).to_have_count(1)
    tab_to(page, ".passport-actions a")
    page.keyboard.press("Enter")
    expect(page.locator("#compte")).to_contain_text("autour de Metz")
