"""What is told is sealed with its consents, deleted when taken back, and sealed anew when keys rotate."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sealing import Sealer, new_key
from data.queries.private import consents_of
from data.tables import beneficiaries, consents
from domain.agency import Situation
from domain.errors import InvalidInputError, UnavailableError
from domain.private import Line, Private
from services.accounts.private_lines import PURPOSE, line_of, read_private, rotate_keys, tell
from tests.factories.forms import NOW
from tests.services.account_helpers import actor, signed_in

SEALER = Sealer("", "k" * 32)
TOLD = Private(situation=Situation.RSA, rqth=True, other="un traitement à heure fixe")
AGREED = {Line.SITUATION, Line.RQTH, Line.OTHER}
LATER = NOW.replace(day=NOW.day + 1)


async def stored(session: AsyncSession) -> bytes | None:
    sealed: bytes | None = await session.scalar(select(beneficiaries.c.private))
    return sealed


async def current(session: AsyncSession, beneficiary: UUID | None, sealer: Sealer = SEALER) -> set[Line]:
    assert beneficiary
    found = await consents_of(session, beneficiary, PURPOSE)
    return {line_of(sealer, beneficiary, one.target) for one in found if one.revoked_at is None}


async def by_a_parent(session: AsyncSession, beneficiary: UUID | None) -> list[bool]:
    """Whether each consent of a parent holds."""
    assert beneficiary
    return [one.revoked_at is None for one in await consents_of(session, beneficiary, "parent")]


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
    assert await current(session, me.beneficiary) == AGREED

    less = replace(TOLD, rqth=False)
    await tell(session, SEALER, me, less, AGREED, LATER, parent_agrees=False)
    assert await read_private(session, SEALER, me.beneficiary) == less
    assert await current(session, me.beneficiary) == AGREED - {Line.RQTH}
    assert me.beneficiary
    every = await consents_of(session, me.beneficiary, PURPOSE)
    (ended,) = [one for one in every if one.revoked_at]
    assert (ended.given_at, ended.revoked_at) == (NOW, LATER)
    assert line_of(SEALER, me.beneficiary, ended.target) is Line.RQTH
    assert {one.given_at for one in every} == {NOW}

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
    assert await by_a_parent(session, me.beneficiary) == [True]
    await tell(session, SEALER, me, young, {Line.NO_NIGHT}, LATER, parent_agrees=True)
    assert await by_a_parent(session, me.beneficiary) == [True]
    await tell(session, SEALER, me, Private(), set(), LATER, parent_agrees=False)
    assert await current(session, me.beneficiary) == set()
    assert await by_a_parent(session, me.beneficiary) == [False]


async def test_no_consent_says_what_it_is_for(session: AsyncSession) -> None:
    entered = await signed_in(session)
    every = Private(situation=Situation.RSA, rqth=True, no_night=True, child_care=True, other="x")
    me = await actor(session, entered)
    await tell(session, SEALER, me, every, set(Line), NOW, parent_agrees=False)
    targets = (await session.scalars(select(consents.c.target))).all()
    assert len(targets) == len(Line)
    assert len({len(one) for one in targets}) == 1
    assert not [line for line in Line for one in targets if line.value in one]


async def test_a_lost_key_stops_nobody_from_telling_anew(session: AsyncSession) -> None:
    entered = await signed_in(session)
    me = await actor(session, entered)
    await tell(session, SEALER, me, TOLD, AGREED, NOW, parent_agrees=False)
    me = await actor(session, entered)
    other = Sealer(new_key(), "")
    await tell(session, other, me, TOLD, AGREED, LATER, parent_agrees=False)
    assert await read_private(session, other, me.beneficiary) == TOLD
    assert await current(session, me.beneficiary, other) == AGREED


async def test_what_was_in_clear_is_sealed_when_keys_rotate(session: AsyncSession) -> None:
    entered = await signed_in(session)
    me = await actor(session, entered)
    await tell(session, SEALER, me, TOLD, AGREED, NOW, parent_agrees=False)
    me = await actor(session, entered)
    mine = {"beneficiary_id": me.beneficiary, "purpose": PURPOSE, "given_at": NOW, "revoked_at": LATER}
    await session.execute(insert(consents).values(**mine, target="no_night"))
    assert me.beneficiary
    for clear in (1, 0):
        targets = [one.target for one in await consents_of(session, me.beneficiary, PURPOSE)]
        assert len([one for one in targets if one in set(Line)]) == clear
        assert {line_of(SEALER, me.beneficiary, one) for one in targets} == AGREED | {Line.NO_NIGHT}
        await rotate_keys(session, SEALER)


async def test_keys_rotate_and_the_old_one_is_no_longer_needed(session: AsyncSession) -> None:
    old, new = new_key(), new_key()
    one, two = await signed_in(session), await signed_in(session, "autre@exemple.fr")
    for entered in (one, two):
        me = await actor(session, entered)
        await tell(session, Sealer(old, ""), me, TOLD, AGREED, NOW, parent_agrees=False)
    assert await rotate_keys(session, Sealer(f"{new},{old}", "")) == len([one, two])
    mine, theirs = (await actor(session, one)).beneficiary, (await actor(session, two)).beneficiary
    assert await read_private(session, Sealer(new, ""), mine) == TOLD
    assert await current(session, mine, Sealer(new, "")) == AGREED
    with pytest.raises(UnavailableError):
        await read_private(session, Sealer(old, ""), mine)
    moved = select(beneficiaries.c.private).where(beneficiaries.c.id == theirs).scalar_subquery()
    await session.execute(update(beneficiaries).where(beneficiaries.c.id == mine).values(private=moved))
    with pytest.raises(UnavailableError):
        await read_private(session, Sealer(new, ""), mine)
