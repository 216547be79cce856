"""Conventions of a world that a running application reads: its clock is the real one."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import httpx
from sqlalchemy import update

from api.cookies import SESSION_COOKIE
from data.queries import sessions
from data.tables import conventions
from domain.roles import Role
from domain.terms import Terms
from services.conventions.drafting import edit
from tests.api.space_callers import database
from tests.factories.companies import a_siret
from tests.factories.conventions import Conventions, a_document
from tests.factories.discussions import World, build_world
from tests.factories.people import add_right, add_user

_worlds = count(1)
NOW = datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock
MONDAY = NOW.date() + timedelta(days=21 - NOW.weekday())
"""Far enough to be validated before it begins, near enough to be late in a while."""
NAMES = ("Aubin", "Blanchet", "Carlier", "Delorme", "Étienne", "Fabre", "Gaillard", "Hamon", "Imbert")


def document(number: int, email: str, weeks: int = 0) -> Terms:
    """A whole document of somebody of their own: no other test has a convention of theirs."""
    first = MONDAY + timedelta(weeks=weeks)
    terms = a_document(first, first + timedelta(days=11))
    name = f"{NAMES[number % len(NAMES)]} {'abcdefghij'[number // 10 % 10]}{'abcdefghij'[number % 10]}"
    person = replace(terms.beneficiary, last_name=name, email=email, phone="")
    return replace(terms, beneficiary=person, host=replace(terms.host, siret=a_siret()))


@dataclass
class Site:
    """The world, who moves conventions in it, and a convention."""

    world: World
    desk: Conventions
    convention: UUID
    terms: Terms
    number: int

    @property
    def url(self) -> str:
        """The page of the convention."""
        return f"/conventions/{self.convention}"

    def sign_in(self, client: httpx.AsyncClient, name: str) -> httpx.AsyncClient:
        """From now on the client calls as that person."""
        client.cookies.clear()
        client.cookies.set(SESSION_COOKIE, self.world.tokens[name])
        return client


async def made(url: str, status: str = "signed", prefix: str = "c") -> Site:
    """A convention brought to a status by its people: `draft`, `submitted`, `signed` or `validated`.

    The world's company hosts it, `viewer` reads in its agency, and `stranger` validates there.
    """
    number = next(_worlds)
    async with database(url) as session:
        world = await build_world(session, NOW, f"{prefix}{number}-")
        desk = Conventions(world, NOW)
        terms = document(number, f"{prefix}{number}-person@exemple.fr")
        convention = await getattr(desk, status)(terms)
        await session.execute(
            update(conventions).where(conventions.c.id == convention).values(company_id=world.company)
        )
        await add_account(world, f"{prefix}{number}-", "viewer", Role.AGENCY_VIEWER)
        await add_account(world, f"{prefix}{number}-", "nobody", None)
        await add_account(world, f"{prefix}{number}-", "staff", None, back_office=True)
        return Site(world, desk, convention, terms, number)


async def replace_person(site: Site, url: str, name: str) -> None:
    """Somebody writes another address for the beneficiary of a convention just submitted."""
    async with database(url) as session:
        desk = replace(site.desk, world=replace(site.world, session=session))
        person = replace(site.terms.beneficiary, email=f"autre-{site.number}@exemple.fr")
        terms = replace(site.terms, beneficiary=person)
        await edit(desk.office, await desk.standing(name, site.convention), terms, 1)


async def add_account(
    world: World, prefix: str, name: str, role: Role | None, *, back_office: bool = False
) -> None:
    """A session of its own in the world, with that role in its agency if any."""
    session = world.session
    user = await add_user(session, f"{prefix}{name}@exemple.fr", back_office=back_office)
    world.ids[name], world.tokens[name] = user, f"{prefix}{name}".ljust(50, "-")
    times = {"created_at": NOW, "expires_at": NOW + timedelta(hours=12)}
    await sessions.open_session(session, world.tokens[name], {"user_id": user, "method": "mail", **times})
    if role is not None:
        await add_right(session, world.agency, user, (role,))
