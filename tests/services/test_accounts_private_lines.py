"""What is told is sealed with its consents, deleted when taken back, and sealed anew when keys rotate."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sealing import Sealer, new_key
from data.queries.private import consents_of
from data.tables import beneficiaries
from domain.agency import Situation
from domain.errors import InvalidInputError, UnavailableError
from domain.private import Line, Private
from services.accounts.private_lines import read_private, rotate_keys, tell
from tests.factories.forms import NOW
from tests.services.account_helpers import actor, signed_in

SEALER = Sealer("", "k" * 32)
TOLD = Private(situation=Situation.RSA, rqth=True, other="un traitement à heure fixe")
AGREED = {Line.SITUATION, Line.RQTH, Line.OTHER}
LATER = NOW.replace(day=NOW.day + 1)


async def stored(session: AsyncSession) -> bytes | None:
    sealed: bytes | None = await session.scalar(select(beneficiaries.c.private))
    return sealed


async def current(session: AsyncSession, beneficiary: object) -> set[tuple[str, str]]:
    found = await consents_of(session, beneficiary)  # type: ignore[arg-type] # an id in these tests
    return {(one.purpose, one.target) for one in found if one.revoked_at is None}


async def test_told_sealed_changed_and_taken_back(session: AsyncSession) -> None:
    entered = await signed_in(session)
    me = await actor(session, entered)
    assert await read_private(session, SEALER, me.beneficiary) == Private()
    await tell(session, SEALER, me, TOLD, AGREED, NOW, parent_agrees=False)
    me = await actor(session, entered)
    sealed = await stored(session)
    assert sealed
    assert b"rqth" not in sealed
    assert await read_private(session, SEALER, me.beneficiary) == TOLD
    assert await current(session, me.beneficiary) == {("private_lines", str(line)) for line in AGREED}

    less = replace(TOLD, rqth=False)
    await tell(session, SEALER, me, less, AGREED, LATER, parent_agrees=False)
    assert await read_private(session, SEALER, me.beneficiary) == less
    assert ("private_lines", "rqth") not in await current(session, me.beneficiary)
    assert me.beneficiary
    ended = [one for one in await consents_of(session, me.beneficiary) if one.revoked_at]
    assert [(one.target, one.given_at, one.revoked_at) for one in ended] == [("rqth", NOW, LATER)]

    await tell(session, SEALER, me, Private(), set(), LATER, parent_agrees=False)
    assert await stored(session) is None
    assert await current(session, me.beneficiary) == set()


async def test_a_refusal_changes_nothing(session: AsyncSession) -> None:
    entered = await signed_in(session)
    me = await actor(session, entered)
    with pytest.raises(InvalidInputError):
        await tell(session, SEALER, me, TOLD, set(), NOW, parent_agrees=False)
    assert (await actor(session, entered)).beneficiary is None


async def test_a_parent_agrees_and_takes_it_back(session: AsyncSession) -> None:
    entered = await signed_in(session)
    me = await actor(session, entered)
    young = Private(no_night=True, under_15=True, parent="Ana Petit")
    await tell(session, SEALER, me, young, {Line.NO_NIGHT}, NOW, parent_agrees=True)
    me = await actor(session, entered)
    assert ("parent", "") in await current(session, me.beneficiary)
    await tell(session, SEALER, me, Private(), set(), LATER, parent_agrees=False)
    assert await current(session, me.beneficiary) == set()


async def test_keys_rotate_and_the_old_one_is_no_longer_needed(session: AsyncSession) -> None:
    old, new = new_key(), new_key()
    one, two = await signed_in(session), await signed_in(session, "autre@exemple.fr")
    for entered in (one, two):
        me = await actor(session, entered)
        await tell(session, Sealer(old, ""), me, TOLD, AGREED, NOW, parent_agrees=False)
    assert await rotate_keys(session, Sealer(f"{new},{old}", "")) == len([one, two])
    mine, theirs = (await actor(session, one)).beneficiary, (await actor(session, two)).beneficiary
    assert await read_private(session, Sealer(new, ""), mine) == TOLD
    with pytest.raises(UnavailableError):
        await read_private(session, Sealer(old, ""), mine)
    moved = select(beneficiaries.c.private).where(beneficiaries.c.id == theirs).scalar_subquery()
    await session.execute(update(beneficiaries).where(beneficiaries.c.id == mine).values(private=moved))
    with pytest.raises(UnavailableError):
        await read_private(session, Sealer(new, ""), mine)
