"""The back office in a real browser: every page with something in it, forms refused, by keyboard."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from api.cookies import SESSION_COOKIE
from data.tables import outbox, scheduled_runs, users
from domain.roles import Role
from tests.api.space_callers import database, sign_up
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async
from tests.factories.convention_rows import add_convention, add_document
from tests.factories.people import add_active_agency, add_agency, add_right

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)  # noqa: TID251 - the server under test has the real clock
PAGES = (
    "",
    "/structures",
    "/structures?q=mission",
    "/entreprises",
    "/entreprises?q=fournil",
    "/comptes",
    "/envois",
    "/scellements",
    "/horloge",
    "/options",
    "/signalements",
    "/journal",
)


async def _staffed(site: Site) -> str:
    """A session of the staff, with something on every page."""
    async with database(site.database_url) as session:
        user, token, _ = await sign_up(session, f"equipe-{secrets.token_hex(3)}")
        await session.execute(users.update().where(users.c.id == user).values(back_office=True))
        await add_active_agency(
            session, user, name="Mission locale des Prés", postal_code="57000", city="Metz"
        )
        waiting = await add_agency(session, name=f"PLIE {secrets.token_hex(3)}", kind="plie")
        await add_right(session, waiting, user, (Role.AGENCY_ADMIN, Role.VALIDATOR))
        parked = {"job": "agency.geocode", "payload": {"agency": waiting}, "tries": 8, "parked_at": NOW}
        await session.execute(insert(outbox).values(**parked, error="503"))
        sealed = await add_convention(session, agency_id=waiting)
        await add_document(session, sealed, NOW, without_time="no answer to use: ConnectError")
        planned = NOW - timedelta(microseconds=secrets.randbelow(10**9))
        run = {"job": "company.nudge", "planned_for": planned, "started_at": NOW, "treated": 3}
        await session.execute(insert(scheduled_runs).values(**run, ended_at=NOW, outcome="done"))
    return token


def staff(opened: Opener, site: Site, width: int) -> Page:
    token = run_async(_staffed(site))
    page = opened("/connexion", width=width)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page(opened: Opener, site: Site, width: int) -> None:
    page = staff(opened, site, width)
    for path in PAGES:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/gestion{path}")
        for folded in page.locator("main details > summary").all():
            folded.click()
        check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/gestion/comptes")
    page.get_by_label("Adresse e-mail ou nom").fill("equipe")
    page.get_by_role("button", name="Chercher").click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("main li a").first.click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/gestion/journal")
    page.get_by_label("Action").select_option("account.read")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", name="ligne")).to_be_visible()
    check(page, width)


def test_an_agency_is_activated_by_keyboard(opened: Opener, site: Site) -> None:
    page = staff(opened, site, 1280)
    page.goto("/gestion")
    tab_to(page, "main li a[href='/gestion/structures']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "form[action$='/activer'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("La structure est active")
