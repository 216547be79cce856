"""Signing in a real browser: on a phone, by keyboard, without JavaScript; what was signed, verified."""

import re

import pytest
from playwright.sync_api import Page, expect

from api.cookies import SESSION_COOKIE
from data.queries import conventions
from domain.attachments import MAX_BYTES
from domain.convention import As
from settings import Settings
from tests.api.space_callers import database
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.conftest import run_async
from tests.factories.mails import PNG
from tests.factories.signing import ToSign, code_sent, mint, now, to_sign

pytestmark = pytest.mark.browser


async def _to_sign(settings: Settings) -> ToSign:
    async with database(settings.database_url) as session:
        return await to_sign(session, settings, "browser", minor=True, employed=True)


async def _code(settings: Settings, made: ToSign, whom: As) -> str:
    async with database(settings.database_url) as session:
        return await code_sent(session, settings, made.convention, whom)


async def _expired(settings: Settings, made: ToSign) -> str:
    async with database(settings.database_url) as session:
        made.world.session = session
        one = await made.desk.signatory(made.convention, As.EMPLOYER)
        return await mint(session, one.id, f"gone{one.id.hex[:20]}", now())


async def _reference(settings: Settings, made: ToSign) -> str:
    async with database(settings.database_url) as session:
        row = await conventions.by_id(session, made.convention)
        assert row is not None
        return row.reference


@pytest.fixture
def settings(site: Site) -> Settings:
    return Settings(environment="test", database_url=site.database_url)


@pytest.fixture
def made(settings: Settings) -> ToSign:
    """A minor with a job: four people sign."""
    return run_async(_to_sign(settings))


def read_and_ask(page: Page) -> None:
    """From the document to the page of the code."""
    with page.expect_navigation():
        page.get_by_role("button", name="recevoir mon code").click()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Code à six chiffres").fill(code)
    with page.expect_navigation():
        page.get_by_role("button", name="Signer la convention").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_a_signature(opened: Opener, settings: Settings, made: ToSign, width: int) -> None:
    path = made.paths[As.REPRESENTATIVE]
    page = opened(path, width=width)
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    for one in page.locator("details").all():
        one.locator("summary").first.click()
    check(page, width)
    read_and_ask(page)
    check(page, width)
    type_code(page, "12")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, width)
    type_code(page, run_async(_code(settings, made, As.REPRESENTATIVE)))
    expect(page.locator("h1")).to_have_text("Vous avez signé la convention")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    with page.expect_navigation():
        page.get_by_role("button", name="Relancer").first.click()
    expect(page.get_by_text("Le rappel part maintenant.")).to_be_visible()
    check(page, width)
    page = opened(run_async(_expired(settings, made)), width=width)
    check(page, width)
    with page.expect_navigation():
        page.get_by_role("button", name="Recevoir un nouveau lien").click()
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_verifying(opened: Opener, settings: Settings, made: ToSign, width: int) -> None:
    page = opened("/verifier", width=width)
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_label("Référence").fill(run_async(_reference(settings, made)).lower())
    with page.expect_navigation():
        page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("Rien n’a été changé après coup.")).to_be_visible()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    sent = {"name": "c.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"}
    page.locator("#file").set_input_files(sent)  # type: ignore[arg-type]
    with page.expect_navigation():
        page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("Attention à ce fichier")).to_be_visible()
    check(page, width)
    check(opened("/verifier/AAAAAAAAAA", width=width), width)


@pytest.fixture
def agent(opened: Opener, site: Site, made: ToSign) -> Page:
    """The agency's counsellor, signed in."""
    page = opened("/")
    token = made.world.tokens["counsellor"]
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_a_signature_on_paper(agent: Page, made: ToSign, width: int) -> None:
    agent.set_viewport_size({"width": width, "height": 800})
    agent.goto(f"/conventions/{made.convention}/papier")
    check(agent, width)
    agent.set_viewport_size({"width": width, "height": 800})
    with agent.expect_navigation():
        agent.get_by_role("button", name="Attester cette signature").click()
    expect(agent.locator(".error-summary a")).to_have_count(3)
    join(agent, b"GIF89a")
    expect(agent.locator(".error-summary a")).to_have_text(re.compile("ni une photo JPEG ou PNG, ni un PDF"))
    check(agent, width)
    agent.set_viewport_size({"width": width, "height": 800})
    agent.locator(".error-summary a").click()
    expect(agent.get_by_label("Photo ou document numérisé du papier signé")).to_be_focused()
    join(agent, PNG + bytes(MAX_BYTES))
    expect(agent.locator("#scan-erreur")).to_contain_text("Ce fichier est trop lourd.")
    join(agent, PNG)
    expect(agent.get_by_text("La signature sur papier est enregistrée.")).to_be_visible()
    check(agent, width)
    with agent.expect_download() as opened:
        agent.get_by_role("link", name="Voir le papier signé (la personne accueillie)").click()
    assert opened.value.suggested_filename.endswith("-papier-signe-beneficiary.png")
    assert opened.value.path().read_bytes() == PNG
    agent.goto(f"/conventions/{made.convention}/papier")
    check(agent, width)


def join(agent: Page, content: bytes) -> None:
    """Attest a signature with a file, whatever its name says."""
    agent.get_by_label("La personne accueillie").check()
    agent.get_by_label("Version écrite sur le papier").fill("1")
    agent.get_by_label("J’ai ce papier signé").check()
    sent = {"name": "papier.png", "mimeType": "image/png", "buffer": content}
    agent.locator("#scan").set_input_files(sent)  # type: ignore[arg-type]
    with agent.expect_navigation():
        agent.get_by_role("button", name="Attester cette signature").click()


def test_four_people_sign_without_javascript(opened: Opener, settings: Settings, made: ToSign) -> None:
    for whom, path in made.paths.items():
        page = opened(path, width=360, javascript=False)
        read_and_ask(page)
        type_code(page, run_async(_code(settings, made, whom)))
        expect(page.locator("h1")).to_have_text("Vous avez signé la convention")
    expect(page.get_by_text("Tout le monde a signé.")).to_be_visible()


def test_by_keyboard_alone(opened: Opener, settings: Settings, made: ToSign) -> None:
    page = opened(made.paths[As.COMPANY], width=360)
    page.get_by_role("link", name="Aller à la signature").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    field = page.get_by_label("Code à six chiffres")
    for _ in range(30):
        if field.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(run_async(_code(settings, made, As.COMPANY)))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Vous avez signé la convention")
