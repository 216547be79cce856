"""Once an account is deleted no table says anything of its person, whichever table comes next."""

import pytest
from sqlalchemy import ColumnClause, Text, cast, func, literal, literal_column, or_, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, audit, companies, metadata, outbox, users
from domain.errors import ConflictError, NotFoundError
from domain.roles import Role
from services.accounts.removal import delete_account, erase_again
from tests.factories.companies import add_company
from tests.factories.conventions import office_at
from tests.factories.forms import NOW
from tests.factories.people import add_company_right
from tests.factories.whole_person import EMAIL, Whole, add_whole_person, bystander, personal_tables

STAYS = {
    "audit": "the number of an account that is gone, in lines kept a year: it leads to nobody",
    "outbox": "the same number, in the work that writes it in the logs; kept 30 days",
    **dict.fromkeys(
        (
            *("conventions", "convention_versions", "convention_events", "convention_signatories"),
            *("convention_documents", "convention_reminders", "assessments"),
        ),
        "a convention that was signed insures people and proves it: restricted, then anonymised",
    ),
}


async def naming(session: AsyncSession, whole: Whole) -> set[str]:
    """Every table of the database with a row that holds one of the person's marks, in any column."""
    found = set()
    for name in metadata.tables:
        whole_row: ColumnClause[object] = literal_column(f'"{name}"')
        text = func.lower(cast(func.to_jsonb(whole_row), Text))
        held = or_(*(func.strpos(text, mark.lower()) > 0 for mark in whole.marks))
        if await session.scalar(select(select(literal(1)).select_from(table(name)).where(held).exists())):
            found.add(name)
    return found


async def test_nothing_is_left_but_what_is_explained(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    assert await naming(reference, whole) >= personal_tables(), "the factory says nothing to a new table"
    await delete_account(office_at(reference, NOW), whole.actor, sure=True)
    assert await naming(reference, whole) == set(STAYS)
    lines = await reference.execute(select(audit.c.object_kind, audit.c.actor_id, audit.c.beneficiary_id))
    assert {row.actor_id for row in lines if row.object_kind != "user"} <= {None, whole.colleague}


async def test_the_contact_is_handed_to_who_administers(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    mine = companies.c.id == whole.company
    await reference.execute(companies.update().where(mine).values(contact_mode="phone"))
    await delete_account(office_at(reference, NOW), whole.actor, sure=True)
    c = companies.c
    shown = (c.contact_mode, c.contact_email, c.contact_name, c.contact_phone)
    assert (await reference.execute(select(*shown).where(mine))).one() == (
        "email",
        "collegue@exemple.fr",
        "",
        "",
    )
    assert await reference.scalar(select(agencies.c.contact_email).where(agencies.c.id == whole.agency)) == (
        "collegue@exemple.fr"
    )
    told = select(audit.c.object_id, audit.c.detail).where(audit.c.action == "company.edited")
    assert (await reference.execute(told)).one() == (str(whole.company), "contact")


async def test_the_only_contact_of_a_company_hands_it_over_first(reference: AsyncSession) -> None:
    """Published after the sign-in: the account has its address, and no right yet."""
    me = await bystander(reference, "nadir@exemple.fr", NOW)
    company = await add_company(reference, name="Scierie", jobs=())
    mine = companies.update().where(companies.c.id == company)
    await reference.execute(mine.values(contact_email="Nadir@exemple.fr"))
    with pytest.raises(ConflictError, match="Scierie"):
        await delete_account(office_at(reference, NOW), me, sure=True)
    whole = await add_whole_person(reference)
    await add_company_right(reference, company, whole.colleague, Role.COMPANY_ADMIN)
    await delete_account(office_at(reference, NOW), me, sure=True)


async def test_a_deletion_is_work_that_holds_a_number_alone(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    await delete_account(office_at(reference, NOW), whole.actor, sure=True)
    query = select(outbox.c.payload).where(outbox.c.job == "account.deleted")
    assert (await reference.scalars(query)).all() == [{"user": str(whole.user)}]


async def test_a_restored_account_is_deleted_again(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    await erase_again(office_at(reference, NOW), whole.user)
    assert await naming(reference, whole) == set(STAYS)
    assert await reference.scalar(select(users.c.id).where(users.c.email == EMAIL)) is None
    with pytest.raises(NotFoundError):
        await erase_again(office_at(reference, NOW), whole.user)
