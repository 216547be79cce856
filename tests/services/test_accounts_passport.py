"""A browser's passport becomes an account's: attached, or merged with the one there is."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.session import create_engine, create_maker
from data.tables import beneficiaries, passports, sessions
from domain.errors import ForbiddenError, NotFoundError
from domain.roles import Acting
from services.accounts.own_passport import claim_for, forget, open_own
from services.passports import create_passport, passport_skills, read_passport
from tests.factories.forms import NOW
from tests.factories.people import add_user
from tests.factories.reference import skill
from tests.services.account_helpers import actor, signed_in


async def test_claimed_at_sign_in_its_cookie_opens_it_no_more(reference: AsyncSession) -> None:
    token, _ = await create_passport(reference, [skill(3)], NOW)
    entered = await signed_in(reference, passport_token=token)
    assert entered.claimed
    me = await actor(reference, entered)
    assert me.passport
    assert me.open_passport == me.passport
    assert (await read_passport(reference, me.passport, NOW)).held.skills == (skill(3),)
    with pytest.raises(NotFoundError):
        await read_passport(reference, token, NOW)
    assert await passport_skills(reference, token) == ()
    assert await passport_skills(reference, str(me.passport)) == ()
    again = await signed_in(reference, passport_token=token)
    assert not again.claimed


async def test_signing_in_without_saying_so_claims_nothing(reference: AsyncSession) -> None:
    token, _ = await create_passport(reference, [skill(3)], NOW)
    me = await actor(reference, await signed_in(reference))
    assert (me.passport, me.beneficiary) == (None, None)
    assert await passport_skills(reference, token) == (skill(3),)


async def test_a_second_one_is_merged(reference: AsyncSession) -> None:
    first, _ = await create_passport(reference, [skill(3)], NOW)
    second, _ = await create_passport(reference, [skill(1), skill(3)], NOW)
    await signed_in(reference, passport_token=first)
    me = await actor(reference, await signed_in(reference, passport_token=second))
    assert me.passport
    assert (await read_passport(reference, me.passport, NOW)).held.skills == (skill(3), skill(1))
    assert len((await reference.execute(select(passports))).all()) == 1


async def test_an_account_writes_in_its_own_or_in_the_one_it_works_on(
    reference: AsyncSession,
) -> None:
    entered = await signed_in(reference)
    me = await actor(reference, entered)
    mine = await open_own(reference, me, NOW)
    me = await actor(reference, entered)
    assert me.passport == mine == await open_own(reference, me, NOW)
    made = beneficiaries.insert().values(created_at=NOW, updated_at=NOW).returning(beneficiaries.c.id)
    person = (await reference.execute(made)).scalar_one()
    with_person = type(me)(user=me.user, passport=mine, acting=Acting(person, 1, None, "Ana"))
    theirs = await open_own(reference, with_person, NOW)
    assert theirs != mine
    with pytest.raises(ForbiddenError):
        await forget(reference, with_person, theirs)
    await forget(reference, me, mine)
    await forget(reference, me, mine)
    assert [row.id for row in await reference.execute(select(passports))] == [theirs]


async def test_two_browsers_at_once_make_one_passport(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        user = await add_user(session)
        tokens = [(await create_passport(session, [], NOW))[0] for _ in range(4)]

    async def claim(token: str) -> bool:
        async with maker() as session, session.begin():
            return await claim_for(session, user, token, NOW)

    assert sum(await asyncio.gather(*map(claim, [*tokens, *tokens]))) == len(tokens)
    async with maker() as session:
        assert await session.scalar(select(func.count()).select_from(passports)) == 1
        assert await session.scalar(select(func.count()).select_from(beneficiaries)) == 1
        assert await session.scalar(select(func.count()).select_from(sessions)) == 0
    await engine.dispose()
