"""Accounts, agencies and their people, written straight to the tables."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, agency_rights, company_rights, users
from domain.roles import Role

SINCE = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


async def add_user(session: AsyncSession, email: str = "lea.martin@exemple.fr", **values: object) -> UUID:
    """An account; gives its id."""
    row = {"email": email, "first_name": "Léa", "last_name": "Martin", "created_at": SINCE, "seen_at": SINCE}
    statement = insert(users).values(**row | values).returning(users.c.id)
    found: UUID = (await session.execute(statement)).scalar_one()
    return found


async def add_agency(session: AsyncSession, **values: object) -> int:
    """An agency to review, in the Loire-Atlantique; gives its id."""
    row: dict[str, object] = {
        "kind": "mission_locale",
        "name": "Mission locale de Nantes",
        "departments": ["44"],
        "contact_email": "accueil@mission-locale.exemple.fr",
        "source": "form",
        "created_at": SINCE,
        "updated_at": SINCE,
    }
    statement = insert(agencies).values(**row | values).returning(agencies.c.id)
    return int((await session.execute(statement)).scalar_one())


async def add_right(
    session: AsyncSession, agency: int, user: UUID, roles: Iterable[Role], *, notified: bool = True
) -> None:
    """Roles of an account in an agency, granted unless they are to be reviewed."""
    listed = [role.value for role in roles]
    decided = None if Role.TO_REVIEW in listed else SINCE
    values = {"agency_id": agency, "user_id": user, "roles": listed, "notified": notified}
    await session.execute(insert(agency_rights).values(**values, asked_at=SINCE, decided_at=decided))


async def add_active_agency(session: AsyncSession, user: UUID, **values: object) -> int:
    """An active agency that this account manages and validates for; gives its id."""
    agency = await add_agency(session, status="active", activated_at=SINCE, **values)
    await add_right(session, agency, user, (Role.AGENCY_ADMIN, Role.VALIDATOR))
    return agency


async def add_company_right(
    session: AsyncSession, company: int, user: UUID, role: Role, *, accepted: bool = True
) -> None:
    """The right of an account on a company."""
    status = "accepted" if accepted else "pending"
    values = {"company_id": company, "user_id": user, "role": role.value, "status": status}
    decided = SINCE if accepted else None
    await session.execute(insert(company_rights).values(**values, asked_at=SINCE, decided_at=decided))
