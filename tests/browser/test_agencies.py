"""Agencies in a real browser: register and activate, invite a colleague; every page looked at."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from api.cookies import SESSION_COOKIE
from data.queries import links
from data.tables import agencies, agency_invitations, agency_rights
from domain.roles import Actor, Role
from services.agencies import activate
from services.links import Purpose
from tests.api.space_callers import database, sign_up
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async
from tests.factories.people import add_active_agency, add_agency, add_right

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)  # noqa: TID251 - the server under test has the real clock


async def account(site: Site, name: str) -> tuple[UUID, str, str]:
    """An account with an open session: its id, its token and its address."""
    async with database(site.database_url) as session:
        return await sign_up(session, name)


def sign_in(page: Page, site: Site, token: str) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])


async def staffed(site: Site) -> tuple[int, dict[str, tuple[UUID, str, str]]]:
    """An active agency with an admin, a reader, somebody who asks, an invitation, an end of delegation."""
    people = {name: await account(site, name) for name in ("admin", "viewer", "asking")}
    async with database(site.database_url) as session:
        ends = NOW.date() + timedelta(days=40)
        where = {"postal_code": "57000", "city": "Metz", "departments": ["57"], "delegation_ends_on": ends}
        number = await add_active_agency(session, people["admin"][0], **where)
        await add_right(session, number, people["viewer"][0], [Role.AGENCY_VIEWER])
        await add_right(session, number, people["asking"][0], [Role.TO_REVIEW])
        await add_agency(
            session,
            name="MISSION PUBLIQUE",
            postal_code="57000",
            source="prescripteurs",
            source_key=str(number),
        )
    return number, people


async def activated(site: Site, name: str) -> None:
    """What a person of the back office decides."""
    async with database(site.database_url) as session:
        query = select(agencies.c.id).where(agencies.c.name == name)
        number = (await session.execute(query)).scalar_one()
        await activate(session, Actor(back_office=True), number, NOW)


async def invitation_link(site: Site, email: str) -> str:
    """A link as the invitation's mail carries it: only hashes are kept."""
    async with database(site.database_url) as session:
        query = select(agency_invitations.c.id).where(agency_invitations.c.email == email)
        subject = str((await session.execute(query)).scalar_one())
        token = f"invitation-{subject}"
        await links.mint(session, token, Purpose.JOIN_AGENCY, subject, NOW, NOW + timedelta(days=14))
    return f"/structures/invitation/{token}"


async def ended(site: Site, number: int) -> None:
    """The delegation of an agency is over."""
    async with database(site.database_url) as session:
        past = NOW.date() - timedelta(days=3)
        await session.execute(update(agencies).where(agencies.c.id == number).values(delegation_ends_on=past))


def fill(page: Page, name: str) -> None:
    page.get_by_label("C’est", exact=True).select_option("mission_locale")
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Code postal").fill("57000")
    page.get_by_label("Commune", exact=True).fill("Metz")


def test_register_activate_invite(opened: Opener, site: Site) -> None:
    """Without JavaScript, from nothing to a colleague who serves the agency."""
    name = "Mission locale du Grand Pré"
    _, token, _ = run_async(account(site, "fondatrice"))
    page = opened(javascript=False)
    sign_in(page, site, token)
    page.goto("/structures")
    page.get_by_role("link", name="Inscrire ma structure").click()
    page.get_by_role("link", name="Continuer sans SIRET").click()
    fill(page, name)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Notre équipe la vérifie")
    run_async(activated(site, name))
    page.reload()
    page.get_by_role("link", name=f"Ouvrir {name}").click()
    page.get_by_role("link", name="Gérer les membres").click()
    colleague, colleague_token, email = run_async(account(site, "collegue"))
    page.get_by_label("Son adresse e-mail").fill(email)
    page.get_by_label("Conseiller ou conseillère").check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("status")).to_contain_text("L’invitation part")
    sign_in(page, site, colleague_token)
    page.goto(run_async(invitation_link(site, email)))
    page.get_by_role("button", name="Rejoindre la structure").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    async def roles() -> list[str]:
        async with database(site.database_url) as session:
            query = select(agency_rights.c.roles).where(agency_rights.c.user_id == colleague)
            return list((await session.execute(query)).scalar_one())

    assert run_async(roles()) == ["counsellor"]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_agencies(opened: Opener, site: Site, width: int) -> None:
    number, people = run_async(staffed(site))
    page = opened(width=width)
    sign_in(page, site, people["admin"][1])
    base = f"/structure/{number}"
    for path in (
        "/structures",
        "/structures/inscription",
        "/structures/inscription/fiche",
        "/structures/rejoindre",
        "/structures/rejoindre?q=mission",
        "/mes-structures",
        base,
        f"{base}/modifier",
        f"{base}/membres",
        *(f"{base}/membres/{one[0]}" for one in people.values()),
    ):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        check(page, width)
    run_async(ended(site, number))
    page.goto(base)
    expect(page.get_by_role("alert")).to_contain_text("ne peut plus valider")
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_refused_forms_and_answers(opened: Opener, site: Site, width: int) -> None:
    number, people = run_async(staffed(site))
    page = opened(width=width)
    sign_in(page, site, people["admin"][1])
    page.goto("/structures/inscription/fiche")
    page.get_by_role("button", name="Envoyer").click()
    summary = page.locator(".error-summary")
    assert summary.evaluate("(one) => one === document.activeElement")
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    fill(page, "Mission locale de Nantes")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name="Est-ce la même")).to_be_visible()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/structure/{number}/membres")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/structures")
    page.get_by_role("button", name="Voir les structures").click()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_label("Votre commune").fill("Metz")
    page.keyboard.press("Escape")  # closes what is proposed, which covers the next question
    page.get_by_label("J’ai moins de 26 ans").check()
    page.get_by_role("button", name="Voir les structures").click()
    expect(page.get_by_role("heading", name="Mission locale de Nantes").first).to_be_visible()
    check(page, width)


def test_with_the_keyboard_alone(opened: Opener, site: Site) -> None:
    number, people = run_async(staffed(site))
    page = opened()
    sign_in(page, site, people["admin"][1])
    page.goto(f"/structure/{number}")
    tab_to(page, ".note a[href$='#demandes']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#demandes .btn")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#roles-counsellor")
    page.keyboard.press("Space")
    tab_to(page, "button[value=accepter]:not(.visually-hidden)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("La demande est acceptée")
