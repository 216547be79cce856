"""The spaces shown are those of granted roles, and each leads to a page that is open."""

import asyncio
import re

import httpx
import pytest

from api.cookies import SESSION_COOKIE
from api.spaces import spaces_of
from data.session import create_engine, create_maker
from domain.roles import NOBODY, Actor, Role
from tests.api.callers import add_callers, token_of
from tests.conftest import in_thread

SHOWN = {
    "nobody": set(),
    "candidate": set(),
    "waiting_agent": set(),
    "waiting_contact": set(),
    "viewer": {"J’accompagne", "Conventions", "Ma structure"},
    "counsellor": {"J’accompagne", "Conventions", "Ma structure"},
    "agency_admin": {"J’accompagne", "Conventions", "Ma structure"},
    "contact": {"Mon entreprise"},
    "company_admin": {"Mon entreprise"},
    "back_office": {"Gestion"},
}
NAV = re.compile(r'<nav class="site-spaces".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"[^>]*>([^<]+)</a>')


@pytest.fixture(scope="module")
def _callers(starter_database: str) -> None:
    async def write() -> None:
        engine = create_engine(starter_database, 1)
        async with create_maker(engine)() as session, session.begin():
            await add_callers(session)
        await engine.dispose()

    in_thread(lambda: asyncio.run(write()))


@pytest.mark.usefixtures("_callers")
@pytest.mark.parametrize("caller", sorted(SHOWN))
async def test_each_role_finds_its_space(client: httpx.AsyncClient, caller: str) -> None:
    if caller != "nobody":
        client.cookies.set(SESSION_COOKIE, token_of(caller))
    nav = NAV.search((await client.get("/comment-ca-marche")).text)
    links = LINK.findall(nav[0]) if nav else []
    # Other tests of this database may have given the account a second agency.
    assert {label.replace("Mes structures", "Ma structure") for _, label in links} == SHOWN[caller]
    for path, label in links:
        page = await client.get(path)
        assert page.status_code == httpx.codes.OK
        there = NAV.search(page.text)
        assert there
        assert f'aria-current="page">{label}</a>' in there[0]
    if caller != "nobody":
        account = (await client.get("/compte")).text
        assert account.count("/compte/supprimer") == 1
        for path, label in links:
            assert account.count(f'href="{path}"') == len(["header", "list"]), label


def test_several_of_a_kind_have_one_entry() -> None:
    roles = frozenset({Role.AGENCY_VIEWER})
    many = Actor(
        agencies={1: roles, 2: roles, 3: frozenset({Role.TO_REVIEW})},
        companies={4: Role.COMPANY_ADMIN, 5: Role.COMPANY_CONTACT},
        back_office=True,
    )
    assert [one.path for one in spaces_of(many)] == [
        "/accompagnement",
        "/accompagnement/conventions",
        "/mes-structures",
        "/entreprise",
        "/gestion",
    ]
    assert spaces_of(NOBODY) == spaces_of(None) == ()
