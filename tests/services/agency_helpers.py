"""What tests of agencies do again and again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.agency_rights import members
from data.tables import agencies, agency_rights, audit, outbox
from domain.agency import AgencyKind
from domain.agency_form import AgencyForm
from domain.roles import Actor, Role

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STAFF = Actor(back_office=True)
FORM = AgencyForm(
    kind=AgencyKind.MISSION_LOCALE,
    name="Mission locale du Sillon",
    address="3 rue du Pont",
    postal_code="44000",
    city="Nantes",
    departments=("44",),
    contact_email="accueil@sillon.exemple.fr",
)


async def settle(session: AsyncSession) -> None:
    """What a commit checks, without one."""
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


async def actor(session: AsyncSession, user: UUID) -> Actor:
    """An account with the roles it has now in active agencies, as its session would give them."""
    query = (
        select(agency_rights.c.agency_id, agency_rights.c.roles)
        .join(agencies, agencies.c.id == agency_rights.c.agency_id)
        .where(agency_rights.c.user_id == user, agencies.c.status == "active")
    )
    rows = await session.execute(query)
    return Actor(user=user, agencies={row.agency_id: frozenset(map(Role, row.roles)) for row in rows})


async def agency(session: AsyncSession, agency_id: int) -> Any:  # noqa: ANN401 - a row
    return (await session.execute(select(agencies).where(agencies.c.id == agency_id))).one()


async def roles(session: AsyncSession, agency_id: int) -> dict[UUID, set[str]]:
    """Everybody's roles there."""
    return {row.user_id: set(row.roles) for row in await members(session, agency_id)}


async def jobs(session: AsyncSession) -> list[str]:
    """What waits in the outbox, in order."""
    return list(await session.scalars(select(outbox.c.job).order_by(outbox.c.id)))


async def audited(session: AsyncSession) -> list[str]:
    """The actions written down, in order."""
    return list(await session.scalars(select(audit.c.action).order_by(audit.c.id)))
