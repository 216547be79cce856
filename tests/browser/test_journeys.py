"""Whole journeys through pages and mails: agencies, colleagues, a candidate beside their counsellor."""

import secrets
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from domain.roles import Role
from tests.api.space_callers import database
from tests.browser.conftest import Opener
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.whole import Whole, letter_link, sign_in
from tests.conftest import run_async
from tests.factories.companies import a_siret, add_company
from tests.factories.people import add_active_agency, add_company_right, add_right, add_user

pytestmark = pytest.mark.browser
METZ = (49.1193, 6.1757)
IN_METZ = {"postal_code": "57000", "city": "Metz", "departments": ["57"]}


def address(name: str) -> str:
    """An address nobody used yet."""
    return f"{name}-{secrets.token_hex(4)}@exemple.fr"


async def _account(whole: Whole, email: str, back_office: bool) -> UUID:
    async with database(whole.database_url) as session:
        name = email.split("-", maxsplit=1)[0].capitalize()
        return await add_user(session, email, first_name=name, last_name="Roy", back_office=back_office)


def account(whole: Whole, name: str, *, back_office: bool = False) -> tuple[UUID, str]:
    """Somebody who came before: id and address; they still have to sign in."""
    email = address(name)
    return run_async(_account(whole, email, back_office)), email


async def _agency(whole: Whole, admin: UUID, counsellor: UUID | None = None) -> int:
    async with database(whole.database_url) as session:
        name = f"Mission locale {secrets.token_hex(3)}"
        number = await add_active_agency(session, admin, name=name, **IN_METZ)
        if counsellor:
            await add_right(session, number, counsellor, (Role.COUNSELLOR,))
        return number


async def _company(whole: Whole, admin: UUID) -> int:
    async with database(whole.database_url) as session:
        siret = a_siret()
        company = await add_company(
            session, places=[METZ], jobs=["D1102"], siret=siret, name="Pain de la Gare"
        )
        await add_company_right(session, company, admin, Role.COMPANY_ADMIN)
        return company


def test_an_agency_registers_and_the_staff_activates_it(whole_opened: Opener, whole: Whole) -> None:
    """Without JavaScript: from the footer's link to the letter that says it is active."""
    name, founder = f"Mission locale du Gué {secrets.token_hex(3)}", address("fondatrice")
    _, staff = account(whole, "equipe", back_office=True)
    page = whole_opened(javascript=False)
    sign_in(page, founder, "/structures/inscription")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inscrire ma structure")
    page.get_by_role("link", name="Continuer sans SIRET").click()
    page.get_by_label("C’est", exact=True).select_option("mission_locale")
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Code postal").fill("57000")
    page.get_by_label("Commune", exact=True).fill("Metz")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Notre équipe la vérifie")

    office = whole_opened(javascript=False)
    sign_in(office, staff, "/gestion")
    office.get_by_role("link", name="à vérifier").first.click()
    card = office.locator("article", has_text=name)
    expect(card).to_contain_text(founder)
    card.get_by_role("button", name="Activer").click()
    expect(office.get_by_role("status")).to_contain_text("La structure est active")
    expect(office.locator("article", has_text=name)).to_have_count(0)

    page.goto(letter_link(page, founder, "/structure/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.goto("/compte")
    page.locator("main a[href='/accompagnement']").click()
    expect(page.get_by_role("link", name="Accompagner une personne")).to_be_visible()


def test_the_staff_refuses_an_agency_with_a_reason(whole_opened: Opener, whole: Whole) -> None:
    name, founder = f"Plie du Saule {secrets.token_hex(3)}", address("paul")
    _, staff = account(whole, "equipe", back_office=True)
    page = whole_opened()
    sign_in(page, founder, "/structures/inscription/fiche")
    page.get_by_label("C’est", exact=True).select_option("plie")
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Code postal").fill("57000")
    page.get_by_label("Commune", exact=True).fill("Metz")
    page.get_by_role("button", name="Envoyer").click()
    office = whole_opened()
    sign_in(office, staff, "/gestion/structures")
    card = office.locator("article", has_text=name)
    card.get_by_text("Refuser").first.click()
    card.get_by_role("button", name="Refuser").click()
    expect(card.get_by_role("alert")).to_be_visible()
    card.get_by_label("Raison").fill("Votre structure ne prescrit pas d’immersions.")
    card.get_by_role("button", name="Refuser").click()
    expect(office.get_by_role("status")).to_contain_text("C’est refusé")
    page.goto("/mes-structures")
    expect(page.locator("article", has_text=name)).to_contain_text("ne prescrit pas d’immersions")


def _invited(page: Page, email: str, path: str, button: str) -> None:
    """From the letter to the button, signing in on the way with an account that did not exist."""
    link = letter_link(page, email, path)
    page.goto(link)
    if page.get_by_role("link", name="Me connecter").count():
        page.get_by_role("link", name="Me connecter").click()
    sign_in(page, email, page.url)
    expect(page.get_by_role("button", name=button)).to_be_visible()
    page.get_by_role("button", name=button).click()


def test_a_colleague_of_an_agency_is_invited(whole_opened: Opener, whole: Whole) -> None:
    user, admin = account(whole, "karim")
    number = run_async(_agency(whole, user))
    colleague = address("collegue")
    page = whole_opened(javascript=False)
    sign_in(page, admin, f"/structure/{number}/membres")
    page.get_by_label("Son adresse e-mail").fill(colleague)
    page.get_by_label("Conseiller ou conseillère").check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("status")).to_contain_text("L’invitation part")

    other = whole_opened(javascript=False)
    _invited(other, colleague, "/structures/invitation/", "Rejoindre la structure")
    expect(other.get_by_role("status")).to_contain_text("Bienvenue")
    page.reload()
    expect(page.get_by_role("heading", name=colleague)).to_be_visible()
    expect(page.get_by_text("Invitations qui attendent")).to_have_count(0)


def test_a_colleague_of_a_company_is_invited(whole_opened: Opener, whole: Whole) -> None:
    user, admin = account(whole, "malo")
    company = run_async(_company(whole, user))
    colleague = address("chloe")
    page = whole_opened(javascript=False)
    sign_in(page, admin, f"/entreprise/{company}/equipe")
    page.get_by_label("Son adresse e-mail").fill(colleague)
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("status")).to_contain_text("invitation")

    other = whole_opened(javascript=False)
    _invited(other, colleague, "/entreprise/invitation/", "Rejoindre l’entreprise")
    expect(other.get_by_role("heading", level=1)).to_have_text("Pain de la Gare")
    expect(other.get_by_role("status")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=colleague)).to_be_visible()


def look(page: Page, width: int) -> None:
    """Everything that holds of every page, which then has its width again."""
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})


def _start_beside(agent: Page, width: int, zoe: str) -> str:
    """A file is started, opened, searched with, closed; gives its address."""
    expect(agent.get_by_text("Personne pour l’instant")).to_be_visible()
    look(agent, width)
    agent.get_by_role("link", name="Accompagner une personne").click()
    agent.get_by_role("button", name="Commencer le dossier").click()
    expect(agent.get_by_role("heading", name="3 points sont à corriger")).to_be_visible()
    look(agent, width)
    agent.get_by_label("Prénom").fill("Zoé")
    agent.get_by_label("Nom", exact=True).fill("Durand")
    agent.get_by_label("Adresse e-mail de la personne").fill(zoe)
    agent.get_by_label("La personne est d’accord").check()
    agent.get_by_role("button", name="Commencer le dossier").click()
    expect(agent.get_by_role("heading", level=1)).to_have_text("Zoé Durand")
    file = agent.url
    look(agent, width)
    agent.get_by_role("button", name="Travailler ensemble sur son passeport").click()
    expect(agent.get_by_role("region", name="Dossier ouvert")).to_contain_text("Zoé Durand")
    look(agent, width)
    agent.goto("/recherche?metier=boulanger&lieu=Metz")
    look(agent, width)
    agent.get_by_role("button", name="Refermer").click()
    expect(agent.get_by_role("link", name="Boulanger, autour de Metz")).to_be_visible()
    look(agent, width)
    return file


def _take_over(page: Page, width: int, zoe: str) -> None:
    """Zoé makes the file hers by the link of her letter, and sees who opened it."""
    page.goto(letter_link(page, zoe, "/dossier/reprendre/"))
    look(page, width)
    page.get_by_role("link", name="Me connecter").click()
    sign_in(page, zoe, page.url)
    page.get_by_label("Votre nom de famille").fill("Martin")
    page.get_by_role("button", name="Reprendre mon dossier").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, width)
    page.get_by_label("Votre nom de famille").fill("durand")
    page.get_by_role("button", name="Reprendre mon dossier").click()
    expect(page.get_by_role("status")).to_contain_text("Ce dossier est à vous")
    expect(page.get_by_role("link", name="Boulanger, autour de Metz")).to_be_visible()
    expect(page.get_by_text("Dossier consulté, par Nadia Roy").first).to_be_visible()
    look(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_started_beside_is_handed_over_by_its_link(
    whole_opened: Opener, whole: Whole, width: int
) -> None:
    boss, _ = account(whole, "karim")
    user, counsellor = account(whole, "nadia")
    run_async(_agency(whole, boss, user))
    zoe = address("zoe")
    agent = whole_opened(width=width)
    sign_in(agent, counsellor, "/accompagnement")
    file = _start_beside(agent, width, zoe)
    hers = whole_opened(width=width)
    _take_over(hers, width, zoe)
    agent.goto(file)
    expect(agent.get_by_text("La personne a son propre compte")).to_be_visible()
    hers.get_by_role("button", name="Mettre fin").click()
    expect(hers.get_by_role("status")).to_contain_text("votre dossier est refermé")
    look(hers, width)
    agent.goto(file)
    expect(agent.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_person_with_an_account_is_asked(whole_opened: Opener, whole: Whole, width: int) -> None:
    user, admin = account(whole, "karim")
    run_async(_agency(whole, user))
    _, lucas = account(whole, "lucas")
    agent = whole_opened(width=width)
    sign_in(agent, admin, "/accompagnement/nouveau")
    agent.get_by_label("Adresse e-mail de son compte").fill(lucas)
    agent.get_by_role("button", name="Demander à l’accompagner").click()
    expect(agent.get_by_role("heading", name="Demandes sans réponse")).to_be_visible()
    check(agent, width)
    his = whole_opened(width=width)
    sign_in(his, lucas, "/compte/accompagnement")
    expect(his.get_by_role("heading", name="propose de vous accompagner")).to_be_visible()
    check(his, width)
    his.get_by_role("button", name="J’accepte").click()
    expect(his.get_by_role("status")).to_contain_text("peut ouvrir votre dossier")
    agent.goto("/accompagnement")
    agent.get_by_role("link", name="Lucas Roy").click()
    agent.get_by_text("Terminer l’accompagnement").click()
    agent.get_by_role("button", name="Oui, terminer").click()
    expect(agent.get_by_role("status")).to_contain_text("L’accompagnement est terminé")
