"""Writing a convention in a real browser: each page, by keyboard, without JavaScript, as typed, by two."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from api.cookies import SESSION_COOKIE
from tests.api.convention_forms import next_monday, somebody
from tests.api.space_callers import database, sign_up
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.conftest import run_async
from tests.factories.people import add_active_agency

pytestmark = pytest.mark.browser
GO_ON = "Enregistrer et continuer"


@dataclass(frozen=True, slots=True)
class Agency:
    """An active agency of its own for a test, and the session of who validates there."""

    name: str
    token: str


async def _made(url: str) -> Agency:
    async with database(url) as session:
        user, token, email = await sign_up(session, "validates")
        name = f"Mission locale {email.partition('@')[0]}"
        await add_active_agency(session, user, name=name, departments=["57"])
    return Agency(name, token)


@pytest.fixture
def agency(site: Site) -> Agency:
    return run_async(_made(site.database_url))


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def back(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})


def begin(page: Page) -> str:
    """A draft; its address."""
    page.goto("/convention/nouvelle")
    press(page, "Commencer la convention")
    return page.url


def fill_person(page: Page) -> None:
    page.get_by_label("Prénom").first.fill("Zoé")
    person = somebody()
    page.get_by_label("Nom", exact=True).first.fill(person["beneficiary.last_name"])
    page.get_by_label("Date de naissance").fill("1995-04-02")
    page.get_by_label("Adresse e-mail").first.fill(person["beneficiary.email"])
    page.get_by_label("Situation", exact=True).select_option("job_seeker")


def fill_company(page: Page) -> None:
    page.get_by_label("SIRET").fill("356 000 000 00048")
    page.get_by_label("Nom", exact=True).first.fill("Boulangerie du Port")
    page.get_by_label("Adresse", exact=True).fill("3 rue du Port")
    page.get_by_label("Code postal").fill("57000")
    page.get_by_label("Commune").fill("Metz")
    page.get_by_label("Activité principale").fill("Boulangerie")
    page.get_by_label("Prénom").first.fill("Anne")
    page.locator("#host-contact-last_name").fill("Martin")
    page.get_by_label("Fonction dans l’entreprise").first.fill("Gérante")
    page.get_by_label("Adresse e-mail").first.fill("anne@exemple.com")
    page.get_by_label("C’est la personne qui signe").check()


def fill_activity(page: Page) -> None:
    page.get_by_label("Métier", exact=True).fill("boulanger")
    press(page, "Chercher ce métier")
    page.get_by_label("Découvrir un métier").check()
    page.get_by_label("Ce que la personne veut découvrir").fill("Voir si le travail du matin lui plaît.")
    page.get_by_label("Activités confiées").fill("Peser, pétrir, servir.")
    page.get_by_label("Comment vous verrez").fill("Un bilan le dernier jour.")
    page.get_by_label("Sécurité et équipements").fill("Chaussures fermées.")


def fill_dates(page: Page) -> None:
    first = next_monday()
    page.get_by_label("Premier jour").fill(first.isoformat())
    page.get_by_label("Dernier jour").fill((first + timedelta(days=11)).isoformat())


def choose_agency(page: Page, agency: Agency) -> None:
    if not page.get_by_label(agency.name).count():
        page.get_by_label("Chercher la structure").fill(agency.name)
        press(page, "Chercher")
    page.get_by_label(agency.name).check()


def fill_all(page: Page, url: str, agency: Agency) -> None:
    """Each part, from its page, by its button."""
    page.goto(f"{url}/personne")
    for filling in (fill_person, fill_company, fill_activity, fill_dates):
        filling(page)
        press(page, GO_ON)
    choose_agency(page, agency)
    press(page, GO_ON)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_a_convention(opened: Opener, agency: Agency, width: int) -> None:
    page = opened("/convention/nouvelle", width=width)
    check(page, width)
    url = begin(page)
    check(page, width)
    for slug in ("personne", "entreprise", "activites", "horaires", "suivi"):
        back(page, width)
        page.goto(f"{url}/{slug}")
        press(page, GO_ON)
        expect(page.locator("#erreurs")).to_be_focused()
        check(page, width)
    back(page, width)
    fill_all(page, url, agency)
    check(page, width)
    back(page, width)
    page.goto(f"{url}/horaires")
    page.locator(".plan-day summary").first.click()
    check(page, width)
    back(page, width)
    page.goto(f"{url}/activites")
    check(page, width)
    back(page, width)
    page.goto(url)
    check(page, width)
    back(page, width)
    page.goto(f"{url}/relire")
    press(page, "Envoyer à signer")
    expect(page.get_by_role("heading", level=1)).to_have_text("La convention est envoyée")
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_wrong_is_reached_from_the_summary(opened: Opener, agency: Agency, width: int) -> None:
    page = opened("/", width=width)
    url = begin(page)
    fill_all(page, url, agency)
    page.goto(f"{url}/horaires")
    page.locator(".plan-day summary").first.click()
    page.get_by_label(re.compile("première plage : début")).nth(7).fill("05:00")
    page.get_by_label(re.compile("deuxième plage : fin")).nth(7).fill("19:00")
    press(page, GO_ON)
    expect(page.locator("#erreurs")).to_contain_text(re.compile(r"Lundi .{8,}\s:\s10\sh\spar jour au plus"))
    check(page, width)
    back(page, width)
    page.goto(f"{url}/relire")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("10 h par jour au plus")).click()
    assert "#schedule-" in page.url
    expect(page.locator(f"#schedule-{next_monday()}")).to_contain_text("L3121-18")
    check(page, width)


def type_in(field: Locator, text: str) -> None:
    field.focus()
    field.page.keyboard.type(text)


def press_enter(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_on_a_phone(opened: Opener, agency: Agency) -> None:
    page = opened("/convention/nouvelle", width=360)
    press_enter(page, "Commencer la convention")
    with page.expect_navigation():
        page.get_by_role("link", name="Commencer").focus()
        page.keyboard.press("Enter")
    type_in(page.get_by_label("Prénom").first, "Zoé")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_label("Prénom").first).to_have_value("Zoé")
    expect(page.locator("#erreurs")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#beneficiary-last_name")).to_be_focused()
    fill_person(page)
    press_enter(page, GO_ON)
    fill_company(page)
    press_enter(page, GO_ON)
    job = page.get_by_label("Métier", exact=True)
    type_in(job, "boulanger")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#activity-skills")).to_be_visible()
    page.get_by_label("Découvrir un métier").focus()
    page.keyboard.press("Space")
    type_in(page.get_by_label("Ce que la personne veut découvrir"), "Voir.")
    type_in(page.get_by_label("Activités confiées"), "Pétrir.")
    type_in(page.get_by_label("Comment vous verrez"), "Un bilan.")
    type_in(page.get_by_label("Sécurité et équipements"), "Aucun.")
    press_enter(page, GO_ON)
    fill_dates(page)
    press_enter(page, "Dessiner le planning")
    expect(page.locator("#bilan")).to_contain_text("10 jours, 70 h en tout")
    press_enter(page, GO_ON)
    type_in(page.get_by_label("Chercher la structure"), agency.name)
    press_enter(page, "Chercher")
    page.get_by_label(agency.name).focus()
    page.keyboard.press("Space")
    press_enter(page, GO_ON)
    check(page, 360)
    press_enter(page, "Envoyer à signer")
    expect(page.get_by_role("heading", level=1)).to_have_text("La convention est envoyée")


def test_without_javascript(opened: Opener, agency: Agency) -> None:
    page = opened("/convention/nouvelle", width=360, javascript=False)
    url = begin(page)
    fill_all(page, url, agency)
    page.goto(f"{url}/horaires")
    page.locator(".plan-day summary").first.click()
    page.get_by_label(re.compile("deuxième plage : fin")).nth(7).fill("16:00")
    press(page, GO_ON)
    page.goto(f"{url}/horaires")
    expect(page.locator("#bilan")).to_contain_text("69 h en tout")
    page.goto(f"{url}/relire")
    press(page, "Envoyer à signer")
    expect(page.get_by_role("heading", level=1)).to_have_text("La convention est envoyée")


def test_totals_follow_what_is_typed(opened: Opener, agency: Agency) -> None:
    page = opened("/")
    url = begin(page)
    fill_all(page, url, agency)
    page.goto(f"{url}/horaires")
    page.locator(".plan-day summary").first.click()
    day = page.locator(f"#schedule-{next_monday()}")
    day.get_by_label(re.compile("deuxième plage : fin")).fill("23:00")
    day.get_by_label(re.compile("deuxième plage : fin")).press("Tab")
    expect(page.locator("#bilan")).to_contain_text("76 h en tout")
    expect(day).to_contain_text("10 h par jour au plus")
    expect(day).to_contain_text("L3121-18")
    page.get_by_label("Premier jour").fill((next_monday() + timedelta(days=90)).isoformat())
    page.get_by_label("Dernier jour").fill((next_monday() + timedelta(days=100)).isoformat())
    page.get_by_label("Dernier jour").press("Tab")
    expect(day).to_contain_text("hors des dates")


def test_a_birth_date_under_eighteen_opens_the_representative(opened: Opener) -> None:
    page = opened("/")
    page.goto(f"{begin(page)}/personne")
    parent = page.locator("#representative-last_name")
    page.get_by_label("Date de naissance").fill("1990-05-01")
    expect(parent).to_be_hidden()
    page.get_by_label("Date de naissance").fill(f"{next_monday().year - 13}-05-01")
    expect(parent).to_be_visible()
    press(page, GO_ON)
    expect(page.locator("#erreurs")).to_contain_text("Écrivez le nom du représentant légal")


def test_kept_as_it_is_typed(opened: Opener) -> None:
    page = opened("/")
    url = begin(page)
    page.goto(f"{url}/activites")
    page.get_by_label("Activités confiées").fill("Peser la farine")
    expect(page.locator("[data-saved]")).to_contain_text("Enregistré à")
    page.get_by_label("Sécurité et équipements").fill("Aucun")
    page.reload()
    expect(page.get_by_label("Activités confiées")).to_have_value("Peser la farine")


def test_two_people_fill_two_parts_at_once_and_are_told_of_the_same_one(opened: Opener) -> None:
    mine, theirs = opened("/", javascript=False), opened("/", javascript=False)
    url = begin(mine)
    mine.goto(f"{url}/personne")
    theirs.goto(f"{url}/entreprise")
    fill_person(mine)
    fill_company(theirs)
    press(mine, GO_ON)
    press(theirs, GO_ON)
    mine.goto(f"{url}/entreprise")
    expect(mine.get_by_label("Nom", exact=True).first).to_have_value("Boulangerie du Port")
    theirs.goto(f"{url}/entreprise")
    mine.get_by_label("Activité principale").fill("Boulangerie et pâtisserie")
    theirs.get_by_label("Activité principale").fill("Pâtisserie")
    press(mine, GO_ON)
    press(theirs, GO_ON)
    told = theirs.locator(".error-summary")
    expect(told).to_contain_text("Quelqu’un d’autre a changé cette partie")
    expect(told).to_contain_text("Boulangerie et pâtisserie")
    expect(theirs.get_by_label("Activité principale")).to_have_value("Pâtisserie")
    press(theirs, GO_ON)
    mine.goto(f"{url}/entreprise")
    expect(mine.get_by_label("Activité principale")).to_have_value("Pâtisserie")


@pytest.mark.parametrize("width", WIDTHS)
def test_changing_what_was_sent(opened: Opener, site: Site, agency: Agency, width: int) -> None:
    page = opened("/", width=width)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": agency.token, "url": site.url}])
    url = begin(page)
    convention = url.rpartition("/")[2]
    fill_all(page, url, agency)
    press(page, "Envoyer à signer")
    page.goto(f"/conventions/{convention}/modifier")
    check(page, width)
    back(page, width)
    parent, first = page.locator("#representative-last_name"), next_monday()
    page.get_by_label("Date de naissance").fill(first.replace(year=first.year - 18).isoformat())
    expect(parent).to_be_hidden()
    page.get_by_label("Premier jour").fill((first - timedelta(days=7)).isoformat())
    expect(parent).to_be_visible()
    press(page, "Voir ce qui change")
    page.get_by_role("link", name="son représentant légal").click()
    expect(parent).to_be_in_viewport()
    check(page, width)
    back(page, width)
    page.goto(f"/conventions/{convention}/modifier")
    page.get_by_label("Activités confiées").fill("")
    press(page, "Voir ce qui change")
    expect(page.locator("#erreurs")).to_be_focused()
    page.get_by_label("Activités confiées").fill("Vendre et ranger.")
    press(page, "Voir ce qui change")
    expect(page.locator("#changements")).to_be_visible()
    check(page, width)
    back(page, width)
    press(page, "Enregistrer et redemander les signatures")
    expect(page).to_have_url(re.compile(f"/conventions/{convention}"))
