"""The same paths without JavaScript: searching, opening an offer, registering, leaving."""

import pytest
from playwright.sync_api import expect

from tests.browser import company_form
from tests.browser.conftest import Opener, Site

pytestmark = pytest.mark.browser


def test_search_to_offer(opened: Opener, site: Site) -> None:
    page = opened("/", width=360, javascript=False)
    page.get_by_label("Quel métier ?").fill("boulangere")
    page.get_by_label("Où ?").fill("metz")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#compte")).to_contain_text("Boulanger / Boulangère")
    page.locator(f".hit h3 a[href*='{site.volunteer}']").click()
    expect(page.get_by_role("heading", name="Pourquoi cette entreprise ?")).to_be_visible()
    page.get_by_role("link", name="Retour aux résultats").click()
    expect(page.locator("#compte")).to_contain_text("autour de Metz")


def test_skills_are_proposed_then_chosen(opened: Opener) -> None:
    page = opened("/recherche?lieu=Metz", javascript=False)
    page.locator("#savoir-faire summary").click()
    page.get_by_label("Ajouter un savoir-faire").fill("tenir une caisse")
    page.get_by_role("button", name="Proposer").click()
    proposal = page.locator("#savoir-faire input[name=competences]").first
    label = page.locator(f"label[for={proposal.get_attribute('id')}]").inner_text()
    proposal.check()
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#competences-choisies")).to_contain_text(label)
    expect(page.locator(".hit .chip-leaf").first).to_be_visible()
    page.get_by_label(label, exact=True).uncheck()
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#competences-choisies input")).to_have_count(0)


def test_a_text_with_several_meanings_proposes_them(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Saint-Denis", javascript=False)
    message = page.locator(".note", has_text="Saint-Denis")
    choice = message.get_by_role("link").last
    label = choice.inner_text()
    choice.click()
    expect(page.locator("#compte")).to_contain_text(label)
    expect(page.get_by_label("Lieu", exact=True)).to_have_value(label)


def test_filters_fold_and_come_off(opened: Opener, site: Site) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz", width=360, javascript=False)
    expect(page.locator("#volontaires-1")).to_be_hidden()
    page.locator("#filtres summary").click()
    page.locator("#volontaires-1").check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page.locator(".hit-potentiel")).to_have_count(0)
    expect(page.locator(f".hit h3 a[href*='{site.volunteer}']")).to_be_visible()
    page.get_by_role("link", name="retirer ce filtre").click()
    expect(page.locator(f".hit-potentiel h3 a[href*='{site.potentiel}']")).to_be_visible()


def test_registration(opened: Opener) -> None:
    page = opened(width=360, javascript=False)
    company_form.start(page)
    expect(page.get_by_role("status")).to_contain_text("ne répond pas")
    company_form.identity(page)
    page.get_by_role("button", name="Ajouter un autre lieu").click()
    expect(page.locator("fieldset.block")).to_have_count(2)
    page.get_by_role("button", name="Retirer ce lieu").last.click()
    expect(page.locator("fieldset.block")).to_have_count(1)
    company_form.places(page)
    page.get_by_label("Métier", exact=True).fill("menuisié")
    page.get_by_role("button", name="Ajouter ce métier").click()
    page.locator("#ajouter-metier .touch-list button").first.click()
    expect(page.get_by_label("Intitulé montré")).to_be_visible()
    page.locator(company_form.GO_ON).click()
    company_form.contact(page)
    page.get_by_role("button", name="Envoyer l’inscription").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    page.get_by_role("button", name="Renvoyer l’e-mail").click()
    expect(page.get_by_role("status")).to_contain_text("reparti")


def test_a_refused_field_keeps_what_was_typed(opened: Opener) -> None:
    page = opened(javascript=False)
    company_form.up_to(page, 3)
    page.get_by_label("Nom de la personne").fill("Ana Petit")
    page.get_by_label("Adresse e-mail").fill("ana@")
    page.locator(company_form.GO_ON).click()
    expect(page.get_by_label("Nom de la personne")).to_have_value("Ana Petit")
    field = page.get_by_label("Adresse e-mail")
    expect(field).to_have_value("ana@")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = str(field.get_attribute("aria-describedby")).split()
    assert any("adresse e-mail complète" in page.locator(f"#{one}").inner_text() for one in described)


def test_a_potentiel_leaves(opened: Opener, site: Site) -> None:
    page = opened(f"/entreprises/{site.leaving}", javascript=False)
    page.get_by_role("button", name="Ne plus y figurer").click()
    page.get_by_role("button", name="Retirer l’entreprise").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("n’est plus montrée")
    page.goto(f"/entreprises/{site.leaving}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("n’existe pas")
