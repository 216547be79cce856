"""Signing in as people do, through the mailbox and through the identity provider; signing out from afar."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.whole import Whole, ask_link, letter_link, sign_in

pytestmark = pytest.mark.browser
LINK = "/connexion/lien/"


def somebody(name: str = "ana") -> str:
    """An address nobody used yet."""
    return f"{name}-{secrets.token_hex(4)}@exemple.fr"


@pytest.mark.parametrize("javascript", [True, False])
def test_by_mail(whole_opened: Opener, javascript: bool) -> None:
    email = somebody()
    page = whole_opened("/", javascript=javascript)
    page.get_by_role("link", name="Se connecter").first.click()
    ask_link(page, email)
    page.get_by_role("link", name="Ouvrir la boîte aux lettres de démonstration").first.click()
    link = letter_link(page, email, LINK)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrez votre compte")
    assert email not in page.content(), "who opens a link is not told whose it is"
    page.reload()
    button = page.get_by_role("button", name="Me connecter")
    button.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    expect(page.get_by_text(email)).to_be_visible()

    late = whole_opened(link)
    expect(late.get_by_role("alert")).to_contain_text("Ce lien a déjà servi")
    ask_link(late, email)
    late.goto(letter_link(late, email, LINK, but=link))
    expect(late.get_by_role("button", name="Me connecter")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_signing_in(whole_opened: Opener, width: int) -> None:
    email = somebody()
    page = whole_opened("/connexion", width=width)
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    ask_link(page, email)
    check(page, width)
    link = letter_link(page, email, LINK)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(link)
    check(page, width)
    page.get_by_role("button", name="Me connecter").click()
    page.set_viewport_size({"width": width, "height": 800})
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    whole_opened(link)
    page.goto(link)
    check(page, width)


def test_by_proconnect(whole_opened: Opener, whole: Whole) -> None:
    email = somebody("agent")
    whole.provider.person |= {"sub": email, "email": email, "given_name": "Ana", "usual_name": "Petit"}
    page = whole_opened("/connexion?suite=/mes-structures", javascript=False)
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes structures")
    page.goto("/compte")
    expect(page.get_by_text(email)).to_be_visible()
    expect(page.get_by_text("par ProConnect")).to_be_visible()
    expect(page.get_by_label("Prénom")).to_have_value("Ana")


def test_proconnect_that_refuses_leads_to_the_mail(whole_opened: Opener, whole: Whole) -> None:
    whole.provider.error = "access_denied"
    page = whole_opened("/connexion")
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Recevoir le lien")).to_be_visible()
    whole.provider.error = ""


def test_revoked_from_another_browser(whole_opened: Opener) -> None:
    email = somebody()
    library, home = whole_opened(), whole_opened(javascript=False)
    sign_in(library, email)
    sign_in(home, email)
    home.goto("/compte")
    expect(home.locator(".session")).to_have_count(2)
    home.get_by_role("button", name="Déconnecter Chrom").click()
    expect(home.get_by_role("status")).to_contain_text("n’est plus connecté")
    expect(home.locator(".session")).to_have_count(1)

    library.goto("/compte")
    expect(library.get_by_role("heading", level=1)).to_have_text("Se connecter")
    expect(library.get_by_role("link", name="Se connecter").first).to_be_visible()
    home.goto("/compte")
    expect(home.get_by_role("heading", level=1)).to_have_text("Mon compte")
