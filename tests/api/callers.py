"""One account of each kind, signed in: what the walk over the routes calls them with."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.sessions import open_session
from data.tables import companies, users
from domain.roles import Right, Role
from tests.factories.people import (
    add_active_agency,
    add_company_right,
    add_right,
    add_user,
)

CALLERS: dict[str, frozenset[Right]] = {
    "nobody": frozenset({Right.ANYONE}),
    "candidate": frozenset({Right.ANYONE, Right.SIGNED_IN}),
    "waiting_agent": frozenset({Right.ANYONE, Right.SIGNED_IN}),
    "viewer": frozenset({Right.ANYONE, Right.SIGNED_IN, Right.AGENT}),
    "counsellor": frozenset({Right.ANYONE, Right.SIGNED_IN, Right.AGENT}),
    "agency_admin": frozenset({Right.ANYONE, Right.SIGNED_IN, Right.AGENT}),
    "waiting_contact": frozenset({Right.ANYONE, Right.SIGNED_IN}),
    "contact": frozenset({Right.ANYONE, Right.SIGNED_IN, Right.COMPANY}),
    "company_admin": frozenset({Right.ANYONE, Right.SIGNED_IN, Right.COMPANY}),
    "back_office": frozenset({Right.ANYONE, Right.SIGNED_IN, Right.BACK_OFFICE}),
}
"""Who calls, and the rights they have: written by hand, not read from the code."""


def token_of(name: str) -> str:
    """The session token of a caller."""
    return f"{name:-<43}"


async def add_callers(session: AsyncSession) -> None:
    """Every caller's account, rights and session, unless they are there already."""
    if await session.scalar(select(users.c.id).where(users.c.email == "candidate@walk.exemple.fr")):
        return
    now = datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock
    ids = {}
    for name in CALLERS:
        if name == "nobody":
            continue
        email = f"{name}@walk.exemple.fr"
        user = ids[name] = await add_user(session, email, back_office=name == "back_office")
        values = {
            "user_id": user,
            "method": "mail",
            "created_at": now,
            "expires_at": now + timedelta(hours=12),
        }
        await open_session(session, token_of(name), values)
    agency = await add_active_agency(session, ids["agency_admin"])
    await add_right(session, agency, ids["waiting_agent"], (Role.TO_REVIEW,))
    await add_right(session, agency, ids["viewer"], (Role.AGENCY_VIEWER,))
    await add_right(session, agency, ids["counsellor"], (Role.COUNSELLOR,))
    query = select(companies.c.id).where(companies.c.proof == "proved").order_by(companies.c.id).limit(1)
    company = (await session.execute(query)).scalar_one()
    await add_company_right(session, company, ids["company_admin"], Role.COMPANY_ADMIN)
    await add_company_right(session, company, ids["contact"], Role.COMPANY_CONTACT)
    await add_company_right(session, company, ids["waiting_contact"], Role.COMPANY_CONTACT, accepted=False)
