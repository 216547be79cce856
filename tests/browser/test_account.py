"""One's account in a real browser: its pages, one's data taken away, what is told, and the end of it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from api.cookies import SESSION_COOKIE
from data.queries.sessions import open_session
from data.tables import audit, beneficiaries, person_searches, referrals, users
from domain.roles import Role
from tests.api.space_callers import database, sign_up
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.browser.test_keyboard import tab_to
from tests.conftest import run_async
from tests.factories.companies import add_company
from tests.factories.people import add_active_agency, add_company_right, add_right

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)  # noqa: TID251 - the server under test has the real clock
PAGES = ("/compte", "/compte/dossier", "/compte/donnees", "/compte/accompagnement", "/compte/supprimer")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody signed in."""

    user: UUID
    token: str
    email: str


async def _candidate(site: Site) -> Account:
    """A candidate with a file: accompanied, asked, searched for, read, open on two devices."""
    async with database(site.database_url) as session:
        me = Account(*await sign_up(session, "zoe"))
        agents = [(await sign_up(session, name))[0] for name in ("karim", "odile", "paul")]
        agency = await add_active_agency(session, agents[0])
        made = {"created_at": NOW, "updated_at": NOW, "first_name": "Zoé", "last_name": "Durand"}
        statement = insert(beneficiaries).values(user_id=me.user, **made).returning(beneficiaries.c.id)
        mine = {"beneficiary_id": (await session.execute(statement)).scalar_one()}
        ended = {"consented_at": NOW, "until": NOW, "end_reason": "person"}
        answers: tuple[dict[str, object], ...] = ({"consented_at": NOW}, {}, {**ended})
        for agent, answer in zip(agents, answers, strict=True):
            known = {"agency_id": agency, "user_id": agent, "since": NOW, "consent": "account"}
            await session.execute(insert(referrals).values(**mine, **known, **answer))
        search = {"query": "lieu=Metz&rayon=30", "total": 12, "searched_at": NOW}
        await session.execute(insert(person_searches).values(**mine, user_id=agents[0], **search))
        line = {"at": NOW, "object_kind": "referral", "object_id": "1", "agency_id": agency}
        await session.execute(insert(audit).values(**mine, **line, actor_id=agents[0], action="file.read"))
        for device in ("Firefox sur Windows", "Chrome sur Android"):
            row = {"user_id": me.user, "method": "mail", "device": device, "created_at": NOW}
            await open_session(
                session, f"{device}{me.email}", {**row, "expires_at": NOW + timedelta(hours=9)}
            )
    return me


async def _everything(site: Site) -> Account:
    """Somebody with every kind of role."""
    async with database(site.database_url) as session:
        me = Account(*await sign_up(session, "tout"))
        agency = await add_active_agency(session, (await sign_up(session, "chef"))[0])
        await add_right(session, agency, me.user, [Role.COUNSELLOR])
        company = await add_company(session, jobs=(), name="Fournil du Port")
        await add_company_right(session, company, me.user, Role.COMPANY_ADMIN)
        await session.execute(users.update().where(users.c.id == me.user).values(back_office=True))
    return me


def sign_in(page: Page, site: Site, account: Account) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": account.token, "url": site.url}])


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_an_account(opened: Opener, site: Site, width: int) -> None:
    page = opened(width=width)
    sign_in(page, site, run_async(_candidate(site)))
    titles = set()
    for path in PAGES:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        check(page, width)
        titles.add(page.title())
    assert len(titles) == len(PAGES)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/compte/supprime")
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_with_every_role(opened: Opener, site: Site, width: int) -> None:
    page = opened(width=width)
    sign_in(page, site, run_async(_everything(site)))
    page.goto("/compte")
    check(page, width)
    spaces = page.get_by_role("navigation", name="Mes espaces").get_by_role("link")
    assert spaces.all_inner_texts() == [
        *("J’accompagne", "Conventions", "Ma structure", "Mon entreprise", "Gestion")
    ]
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/compte/supprimer")
    expect(page.get_by_role("alert")).to_contain_text("Fournil du Port")
    check(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_refused_forms(opened: Opener, site: Site, width: int) -> None:
    page = opened(width=width)
    sign_in(page, site, run_async(_candidate(site)))
    page.goto("/compte/dossier")
    page.get_by_label("Reconnaissance de travailleur handicapé (RQTH)").check()
    page.get_by_label("J’ai moins de 15 ans").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, width)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/compte/supprimer")
    page.get_by_role("button", name="Supprimer mon compte").click()
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, width)


def test_told_taken_away_and_deleted_without_javascript(opened: Opener, site: Site) -> None:
    me = run_async(_candidate(site))
    page = opened(javascript=False)
    sign_in(page, site, me)
    page.goto("/compte")
    page.get_by_role("link", name="Mon dossier : situation, contraintes").click()
    page.get_by_label("Pas de travail de nuit").check()
    page.get_by_label("J’accepte qu’Escale garde cette contrainte d’horaires").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Vos réponses sont enregistrées")

    page.goto("/compte")
    page.get_by_role("link", name="Qui m’accompagne").click()
    page.get_by_role("button", name="J’accepte").click()
    expect(page.get_by_role("status")).to_contain_text("C’est noté")

    page.goto("/compte")
    page.get_by_role("link", name="Voir et emporter mes données").click()
    with page.expect_download() as pdf:
        page.get_by_role("link", name="Télécharger pour lire (PDF)").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF-")
    with page.expect_download() as data:
        page.get_by_role("link", name="Télécharger pour un autre service (JSON)").click()
    copy = json.loads(Path(data.value.path()).read_text())
    assert copy["account"]["email"] == me.email
    assert copy["private"]["no_night"] is True
    assert len(copy["referrals"]) == len(PAGES[:3])

    page.get_by_role("link", name="Supprimer mon compte et tout ce qu’il contient").click()
    page.get_by_label("Je veux supprimer mon compte").check()
    page.get_by_role("button", name="Supprimer mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre compte est supprimé")

    async def left() -> UUID | None:
        async with database(site.database_url) as session:
            found: UUID | None = await session.scalar(select(users.c.id).where(users.c.id == me.user))
            return found

    assert run_async(left()) is None
    page.goto("/compte")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


def test_with_the_keyboard_alone(opened: Opener, site: Site) -> None:
    page = opened()
    sign_in(page, site, run_async(_candidate(site)))
    page.goto("/compte")
    tab_to(page, "main a[href='/compte/dossier']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#child_care")
    page.keyboard.press("Space")
    tab_to(page, "#consent-child_care")
    page.keyboard.press("Space")
    tab_to(page, "main .btn-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Vos réponses sont enregistrées")
    page.goto("/compte/donnees")
    tab_to(page, "main .btn-primary")
    with page.expect_download() as pdf:
        page.keyboard.press("Enter")
    assert pdf.value.suggested_filename == "mes-donnees-escale.pdf"
    page.goto("/compte/supprimer")
    tab_to(page, "#sure")
    page.keyboard.press("Space")
    tab_to(page, "main .btn-danger")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre compte est supprimé")
