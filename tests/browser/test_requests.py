"""Requests in a real browser: their pages looked at, at both widths, by keyboard, and without JavaScript."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from api.cookies import SESSION_COOKIE
from domain.discussion import Reason, Refusal, Side
from domain.visit import Proposal
from services.discussions import deciding, visiting
from tests.api.space_callers import database
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async
from tests.factories.discussions import World, accompany, build_world

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)  # noqa: TID251 - the server under test has the real clock
_worlds = count(1)


async def _made(url: str) -> tuple[World, UUID]:
    """A request with an answer, and a visit proposed by the company."""
    async with database(url) as session:
        world = await build_world(session, NOW, f"b{next(_worlds)}-")
        await accompany(world)
        discussion = await world.asked()
        owner = await world.party("owner", discussion)
        await deciding.write(session, owner, Side.COMPANY, "Bonjour Zoé,\n\nVenez nous voir.", NOW)
        proposal = Proposal(
            (NOW + timedelta(days=3), NOW + timedelta(days=4)), 60, "1 rue du Four, 44000 Nantes"
        )
        await visiting.propose(session, owner, Side.COMPANY, proposal, NOW)
        return world, discussion


async def _refused(url: str, world: World, discussion: UUID) -> None:
    async with database(url) as session:
        world.session = session
        owner = await world.party("owner", discussion)
        refusal = Refusal(reason=Reason.OTHER, text="Nous sommes en travaux jusqu’en mars.")
        await deciding.reject(session, owner, refusal, NOW)


def sign_in(page: Page, site: Site, world: World, name: str) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": world.tokens[name], "url": site.url}])


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_requests(opened: Opener, site: Site, width: int) -> None:
    world, discussion = run_async(_made(site.database_url))
    page = opened("/connexion", width=width)
    for name, paths in (
        ("person", ("/demandes", f"/demandes/{discussion}")),
        ("counsellor", ("/accompagnement/demandes", f"/demandes/{discussion}")),
    ):
        sign_in(page, site, world, name)
        for path in paths:
            page.goto(path)
            check(page, width)
    run_async(_refused(site.database_url, world, discussion))
    sign_in(page, site, world, "person")
    for path in ("/demandes", f"/demandes/{discussion}"):
        page.goto(path)
        check(page, width)


def test_a_date_is_chosen_without_javascript(opened: Opener, site: Site) -> None:
    world, discussion = run_async(_made(site.database_url))
    page = opened("/connexion", javascript=False)
    sign_in(page, site, world, "person")
    page.goto(f"/demandes/{discussion}")
    page.get_by_role("button", name="Confirmer cette date").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez une des dates proposées")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Confirmer cette date").click()
    expect(page.get_by_role("status")).to_contain_text("La visite est confirmée")
    expect(page.get_by_role("link", name="Ajouter à mon agenda")).to_be_visible()


def test_with_the_keyboard_alone(opened: Opener, site: Site) -> None:
    world, discussion = run_async(_made(site.database_url))
    page = opened("/connexion")
    sign_in(page, site, world, "person")
    page.goto("/demandes")
    tab_to(page, f"a[href='/demandes/{discussion}']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "textarea[name=message]")
    page.keyboard.type("Merci, à bientôt.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Votre message est envoyé")
