"""The rules of agencies hold in PostgreSQL, whatever writes the rows."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, agency_rights, users
from domain.roles import Role
from tests.factories.people import SINCE, add_active_agency, add_agency, add_right, add_user


async def settle(session: AsyncSession) -> None:
    """What a commit checks, without one."""
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


async def refused(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError, match="without the people it needs"):
        await settle(session)


async def test_an_active_agency_has_an_admin_and_a_notified_validator(session: AsyncSession) -> None:
    user = await add_user(session)
    agency = await add_active_agency(session, user)
    await settle(session)
    await session.execute(update(agency_rights).values(notified=False))
    await refused(session)
    assert agency


async def test_roles_may_change_hands_in_one_transaction(session: AsyncSession) -> None:
    first, second = await add_user(session), await add_user(session, "nina@exemple.fr")
    agency = await add_active_agency(session, first)
    await session.execute(delete(agency_rights).where(agency_rights.c.user_id == first))
    await add_right(session, agency, second, (Role.AGENCY_ADMIN, Role.VALIDATOR))
    await settle(session)


async def test_the_last_validator_cannot_leave_with_the_account(session: AsyncSession) -> None:
    user = await add_user(session)
    await add_active_agency(session, user)
    await session.execute(delete(users).where(users.c.id == user))
    await refused(session)


async def test_activation_asks_for_people(session: AsyncSession) -> None:
    agency = await add_agency(session)
    await settle(session)
    values = {"status": "active", "activated_at": SINCE}
    await session.execute(update(agencies).where(agencies.c.id == agency).values(**values))
    await refused(session)


async def test_an_agency_that_refers_needs_a_counsellor_and_the_other_a_validator(
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    large = await add_active_agency(session, user)
    small = await add_agency(session, status="active", activated_at=SINCE, refers_to=large)
    await add_right(session, small, user, (Role.AGENCY_ADMIN, Role.COUNSELLOR))
    await settle(session)
    closed = {"status": "closed", "closed_at": SINCE}
    await session.execute(update(agencies).where(agencies.c.id == large).values(**closed))
    await refused(session)


async def test_two_step_follows_the_notified_counsellors(session: AsyncSession) -> None:
    user, other = await add_user(session), await add_user(session, "nina@exemple.fr")
    agency = await add_active_agency(session, user)

    async def two_step() -> bool:
        query = select(agencies.c.two_step).where(agencies.c.id == agency)
        return bool((await session.execute(query)).scalar_one())

    assert not await two_step()
    await add_right(session, agency, other, (Role.COUNSELLOR,))
    assert await two_step()
    await session.execute(update(agencies).where(agencies.c.id == agency).values(two_step=False))
    assert await two_step(), "nothing else writes it"
    await session.execute(
        update(agency_rights).where(agency_rights.c.user_id == other).values(notified=False)
    )
    assert not await two_step()
