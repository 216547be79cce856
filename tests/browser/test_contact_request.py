"""Asking for an immersion in a real browser: each page, without JavaScript, by keyboard, kept as typed."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from api.cookies import SESSION_COOKIE
from data.queries import links
from data.tables import companies, contact_drafts, offers
from services.links import Purpose
from tests.api.space_callers import METZ, People, add_people, database
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.clients.test_pdf import pdf
from tests.conftest import run_async

pytestmark = pytest.mark.browser
MESSAGE = "J’aime le pain depuis toujours. Je peux venir trois jours en janvier, à pied."


@dataclass(frozen=True, slots=True)
class Bakery:
    """A company of its own for a test, and its offer."""

    people: People
    offer: int
    url: str


async def _made(url: str) -> Bakery:
    async with database(url) as session:
        people = await add_people(session, METZ)
        query = select(offers.c.id).where(offers.c.company_id == people.company)
        offer = (await session.execute(query)).scalar_one()
    return Bakery(people, offer, f"/demande/{offer}")


@pytest.fixture
def bakery(site: Site) -> Bakery:
    return run_async(_made(site.database_url))


async def _link(url: str, offer: int) -> str:
    """The path of the link that the mail would carry."""
    now = datetime.now(UTC)  # noqa: TID251 - the service under test has the real clock
    async with database(url) as session:
        mine = contact_drafts.c.offer_id == offer
        draft = str((await session.execute(select(contact_drafts.c.id).where(mine))).scalar_one())
        until = now + timedelta(days=1)
        await links.mint(session, f"browser-{draft}", Purpose.REQUEST, draft, now, until)
    return f"/demande/preuve/browser-{draft}"


async def _stop(url: str, company: int) -> None:
    async with database(url) as session:
        mine = companies.c.id == company
        await session.execute(update(companies).where(mine).values(max_contacts_per_month=0))


def fill(page: Page, message: str = MESSAGE) -> None:
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Nom", exact=True).fill("Durand")
    if page.get_by_label("Adresse e-mail").count():
        page.get_by_label("Adresse e-mail").fill(f"zoe-{secrets.token_hex(4)}@exemple.fr")
    page.get_by_label("Découvrir un métier").check()
    page.get_by_label("lundi matin").check()
    page.get_by_label("Votre message à l’entreprise").fill(message)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def patient(page: Page) -> None:
    """A person takes some seconds to read and type."""
    page.wait_for_timeout(3100)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_a_request(
    opened: Opener, site: Site, bakery: Bakery, tmp_path: Path, width: int
) -> None:
    page = opened(f"{bakery.url}?metier=boulanger&lieu=Metz", width=width)
    page.get_by_text("Que dire ?").click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    patient(page)
    press(page, "Envoyer la demande")
    expect(page.locator("#erreurs")).to_be_focused()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    fill(page, f"{MESSAGE} Mon numéro : 06 12 34 56 78.")
    cv = tmp_path / "CV de Zoé.pdf"
    cv.write_bytes(pdf())
    page.get_by_label("Fichier").set_input_files(cv)
    press(page, "Ajouter ce fichier")
    expect(page.locator("#cv")).to_contain_text("CV de Zoé.pdf")
    press(page, "Envoyer la demande")
    expect(page.locator("#coordonnees")).to_be_focused()
    expect(page.locator("#coordonnees")).to_contain_text("06 12 34 56 78")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    press(page, "Envoyer quand même")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ouvrez vos e-mails")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(run_async(_link(site.database_url, bakery.offer)))
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    press(page, "Envoyer ma demande")
    expect(page).to_have_url(re.compile("/demandes/[0-9a-f-]{36}$"))
    page.goto(bakery.url)
    expect(page.get_by_text("existe déjà")).to_be_visible()
    check(page, width)
    run_async(_stop(site.database_url, bakery.people.company))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(bakery.url)
    check(page, width)


def test_from_the_offer_without_javascript(opened: Opener, site: Site, bakery: Bakery) -> None:
    page = opened(f"/entreprises/{bakery.people.siret}", width=360, javascript=False)
    with page.expect_navigation():
        page.get_by_role("link", name="Demander une immersion").click()
    page.get_by_label("Prénom").fill("Zoé")
    press(page, "Enregistrer et finir plus tard")
    expect(page.get_by_role("status").first).to_contain_text("30 jours")
    expect(page.get_by_label("Prénom")).to_have_value("Zoé")
    fill(page)
    patient(page)
    press(page, "Envoyer la demande")
    page.goto(run_async(_link(site.database_url, bakery.offer)))
    expect(page.locator(".recap")).to_contain_text(MESSAGE)
    press(page, "Envoyer ma demande")
    expect(page).to_have_url(re.compile("/demandes/[0-9a-f-]{36}$"))


def test_kept_as_it_is_typed(opened: Opener, bakery: Bakery) -> None:
    page = opened(bakery.url)
    page.get_by_label("Votre message à l’entreprise").fill("Bonjour, je")
    expect(page.locator("[data-saved]")).to_contain_text("Enregistré à")
    page.reload()
    expect(page.get_by_label("Votre message à l’entreprise")).to_have_value("Bonjour, je")


def test_by_keyboard_enter_keeps_and_sends_nothing(opened: Opener, site: Site, bakery: Bakery) -> None:
    page = opened("/connexion")
    token = bakery.people.tokens["stranger"]
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])
    page.goto(bakery.url)
    expect(page.get_by_label("Prénom")).to_have_value("Stranger")
    page.get_by_label("Prénom").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("enregistré")
    fill(page)
    page.get_by_role("button", name="Envoyer la demande").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/demandes/[0-9a-f-]{36}$"))


def test_from_a_hit(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz&volontaires=1", width=360)
    with page.expect_navigation():
        page.get_by_role("link", name="Demander une immersion").first.click()
    expect(page).to_have_url(re.compile(r"/demande/\d+\?metier=boulanger&lieu=Metz"))
    expect(page.get_by_role("link", name="Retour à la fiche")).to_have_attribute(
        "href", re.compile("metier=boulanger")
    )
