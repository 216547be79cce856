"""A company keeps an admin, whatever writes the rows."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import companies, company_rights, users
from domain.roles import Role
from tests.factories.companies import add_company
from tests.factories.people import add_company_right, add_user

_r = company_rights.c


async def settle(session: AsyncSession) -> None:
    """What a commit checks, without one."""
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


async def served(session: AsyncSession) -> int:
    """A company with one admin and one contact."""
    company = await add_company(session, jobs=())
    admin, contact = await add_user(session), await add_user(session, "nina@exemple.fr")
    await add_company_right(session, company, admin, Role.COMPANY_ADMIN)
    await add_company_right(session, company, contact, Role.COMPANY_CONTACT)
    return company


@pytest.mark.parametrize("change", ["role", "status", "removal"])
async def test_the_last_admin_stays(session: AsyncSession, change: str) -> None:
    await served(session)
    await settle(session)
    admin = _r.role == "company_admin"
    statements = {
        "role": update(company_rights).where(admin).values(role="company_contact"),
        "status": update(company_rights).where(admin).values(status="pending"),
        "removal": delete(company_rights).where(admin),
    }
    await session.execute(statements[change])
    with pytest.raises(IntegrityError, match="would have no admin left"):
        await settle(session)


async def test_the_role_may_change_hands_in_one_transaction(session: AsyncSession) -> None:
    await served(session)
    await session.execute(delete(company_rights).where(_r.role == "company_admin"))
    await session.execute(update(company_rights).values(role="company_admin"))
    await settle(session)


async def test_contacts_and_those_who_wait_come_and_go(session: AsyncSession) -> None:
    company = await served(session)
    third = await add_user(session, "sam@exemple.fr")
    await add_company_right(session, company, third, Role.COMPANY_ADMIN, accepted=False)
    await session.execute(delete(company_rights).where(_r.role == "company_contact"))
    await session.execute(delete(company_rights).where(_r.status == "pending"))
    await settle(session)


@pytest.mark.parametrize("gone", [users, companies])
async def test_an_account_or_a_company_may_always_go(session: AsyncSession, gone: object) -> None:
    await served(session)
    await session.execute(delete(users if gone is users else companies))
    await settle(session)
