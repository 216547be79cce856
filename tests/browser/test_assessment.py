"""The assessment in a real browser: on a telephone, by keyboard, without JavaScript, looked at."""

import pytest
from playwright.sync_api import Page, expect

from tests.api import assessment_callers
from tests.browser.conftest import Opener, Site
from tests.browser.test_conventions_pages import sign_in
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async

pytestmark = pytest.mark.browser
PHONE = 360


def ended(site: Site, days_ago: int = 0) -> assessment_callers.Ended:
    return run_async(assessment_callers.ended(site.database_url, "bb", days_ago=days_ago))


def fill_company(page: Page) -> None:
    """The tutor's part, with a skill seen."""
    page.get_by_label("Oui, jusqu’au bout").check()
    page.get_by_label("Pétrir une pâte").select_option(label="Maîtrise : sans aide")
    page.get_by_label("Non", exact=True).check()
    page.get_by_label("Une formation").check()
    page.get_by_label("Ce qui s’est bien passé").fill("À l’heure, curieuse, soigneuse.")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page(opened: Opener, site: Site, width: int) -> None:
    one = ended(site)
    page = opened(one.paths["company"], width=width)
    check(page, width)
    for answer in ("En partie", "Non, la personne"):
        page.get_by_label(answer).check()
        check(page, width)
    page.get_by_role("button", name="Signer et envoyer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, width)
    fill_company(page)
    page.get_by_label("Oui", exact=True).check()
    check(page, width)
    page.get_by_label("Non", exact=True).check()
    page.get_by_role("button", name="Signer et envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("peut le lire")
    page.goto(one.paths["person"])
    check(page, width)
    page.get_by_label("Oui, c’est juste").check()
    page.get_by_label("Une autre immersion").check()
    page.get_by_label("Mettre dans mon passeport").check()
    page.get_by_role("button", name="Signer et envoyer").click()
    expect(page.get_by_role("button", name="Les retirer de mon passeport")).to_be_visible()
    check(page, width)
    for side in ("company", "follow"):
        page.goto(one.paths[side])
        check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_archive(opened: Opener, site: Site, width: int) -> None:
    one = ended(site)
    run_async(assessment_callers.archive(site.database_url, one))
    page = opened("/connexion", width=width)
    sign_in(page, site, one.site, "counsellor")
    page.goto(one.site.url)
    check(page, width)
    page.get_by_label("Pourquoi ouvrez-vous").fill("Accident déclaré")
    page.get_by_role("button", name="Ouvrir l’archive").click()
    expect(page.get_by_role("status")).to_contain_text("notées")
    check(page, width)
    sign_in(page, site, one.site, "person")
    page.goto("/compte/supprimer")
    check(page, width)
    expect(page.locator("main")).to_contain_text("Votre convention terminée reste")


@pytest.mark.parametrize("width", WIDTHS)
def test_before_the_end(opened: Opener, site: Site, width: int) -> None:
    soon = ended(site, -20)
    for side in ("company", "person"):
        check(opened(soon.paths[side], width=width), width)


def test_only_what_an_answer_asks_is_shown(opened: Opener, site: Site) -> None:
    page = opened(ended(site).paths["company"], width=PHONE)
    reason, hours = (
        page.get_by_label("que savez-vous de la raison"),
        page.get_by_label("Heures vraiment faites"),
    )
    contract, skill = page.get_by_label("Quel contrat"), page.get_by_label("Pétrir une pâte")
    for shown in (reason, hours, contract):
        expect(shown).to_be_hidden()
    page.get_by_label("Non, la personne").check()
    expect(reason).to_be_visible()
    expect(skill).to_be_hidden()
    page.get_by_label("En partie").check()
    expect(hours).to_be_visible()
    expect(skill).to_be_visible()
    page.get_by_label("Oui", exact=True).check()
    expect(contract).to_be_visible()


def test_without_javascript(opened: Opener, site: Site) -> None:
    one = ended(site)
    page = opened(one.paths["company"], javascript=False)
    fill_company(page)
    page.get_by_label("Chercher un autre savoir-faire").fill("accueillir")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_label("Ce qui s’est bien passé")).to_have_value("À l’heure, curieuse, soigneuse.")
    page.get_by_role("button", name="Signer et envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Merci")
    page.goto(one.paths["person"])
    page.get_by_label("Non, quelque chose").check()
    page.get_by_label("Une formation").check()
    page.get_by_role("button", name="Signer et envoyer").click()
    expect(page.get_by_role("alert")).to_contain_text("ce qui ne va pas")
    page.get_by_label("Comment s’est passée").fill("J’ai fait plus que pétrir.")
    page.get_by_role("button", name="Signer et envoyer").click()
    expect(page.locator("main")).to_contain_text("Pas d’accord")


def test_by_keyboard(opened: Opener, site: Site) -> None:
    one = ended(site)
    page = opened(one.paths["follow"], width=PHONE)
    tab_to(page, "#follow_up-job_there")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Je travaille ailleurs")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Je travaille ailleurs")
