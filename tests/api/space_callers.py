"""People of one company, signed in: what the tests of its space call the application with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from api.cookies import SESSION_COOKIE
from data.queries.sessions import open_session
from data.session import create_engine, create_maker
from domain.roles import Role
from tests.factories.companies import a_siret, add_company
from tests.factories.people import add_company_right, add_user

METZ = (49.1193, 6.1757)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class People:
    """A bakery and the accounts around it, each with its session's token."""

    company: int
    siret: str
    users: dict[str, UUID]
    tokens: dict[str, str]
    emails: dict[str, str]

    @property
    def url(self) -> str:
        """The company's page in its space."""
        return f"/entreprise/{self.company}"

    def sign_in(self, client: httpx.AsyncClient, name: str) -> None:
        """From now on the client calls as that person."""
        client.cookies.clear()
        client.cookies.set(SESSION_COOKIE, self.tokens[name])


@asynccontextmanager
async def database(url: str) -> AsyncIterator[AsyncSession]:
    """A transaction on a database that a server reads too."""
    engine = create_engine(url, 1)
    async with create_maker(engine)() as session, session.begin():
        yield session
    await engine.dispose()


async def sign_up(session: AsyncSession, name: str) -> tuple[UUID, str, str]:
    """An account with an open session; its id, its session's token and its address."""
    email = f"{name}-{next(_numbers)}@pain.exemple.fr"
    user = await add_user(session, email, first_name=name.capitalize())
    token = f"{email:-<50}"
    now = datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock
    until = now + timedelta(hours=12)
    row = {"user_id": user, "method": "mail", "created_at": now, "expires_at": until}
    await open_session(session, token, row)
    return user, token, email


async def add_people(session: AsyncSession, place: tuple[float, float] = METZ) -> People:
    """A bakery, near Metz unless said, with an admin, a contact, somebody who waits, and a stranger."""
    siret = a_siret()
    company = await add_company(
        session, places=[place], jobs=["D1102"], name="Fournil de la Gare", siret=siret
    )
    made = {name: await sign_up(session, name) for name in ("admin", "contact", "waiting", "stranger")}
    users = {name: one[0] for name, one in made.items()}
    await add_company_right(session, company, users["admin"], Role.COMPANY_ADMIN)
    await add_company_right(session, company, users["contact"], Role.COMPANY_CONTACT)
    await add_company_right(session, company, users["waiting"], Role.COMPANY_CONTACT, accepted=False)
    return People(
        company,
        siret,
        users,
        {name: one[1] for name, one in made.items()},
        {name: one[2] for name, one in made.items()},
    )
