"""Whatever the back office may close is really closed: every flag is walked, with all that it closes."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, agency_rights, beneficiaries, outbox, referrals, registrations
from domain.errors import ClosedError
from domain.flags import CLOSED, FLAG_LABELS, Flag
from domain.referral import NewPerson
from domain.roles import Actor, Role
from services import back_office
from services.agencies import claim, register
from services.agencies.registering import claimable
from services.referrals import propose, start_file
from services.registrations import start_registration
from tests.factories.companies import a_siret
from tests.factories.people import add_active_agency, add_agency, add_user
from tests.services.agency_helpers import FORM, NOW

ZOE = NewPerson(first_name="Zoé", last_name="Durand", agreed=True)
STAFF = Actor(back_office=True)
VALIDATOR = (Role.VALIDATOR,)
WRITTEN = (agencies, agency_rights, beneficiaries, outbox, referrals, registrations)
Call = Callable[[AsyncSession, Actor, int], Awaitable[object]]
"""A use case: called with the session, an agent, and the number of their agency or of an unclaimed one."""


async def _count(session: AsyncSession, table: Table) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def _unclaimed(session: AsyncSession) -> int:
    return await add_agency(session, name="MISSION PUBLIQUE", source="prescripteurs", source_key="1")


async def _claim(session: AsyncSession, actor: Actor, _: int) -> None:
    await claim(session, actor, await _unclaimed(session), FORM, VALIDATOR, NOW)


async def _claimable(session: AsyncSession, actor: Actor, _: int) -> None:
    assert actor.user
    await claimable(session, await _unclaimed(session), "a@exemple.fr")


CALLS: dict[Flag, dict[str, Call]] = {
    Flag.COMPANY_REGISTRATION: {"start": lambda s, _a, _n: start_registration(s, a_siret(), NOW)},
    Flag.AGENCY_REGISTRATION: {
        "register": lambda s, a, _n: register(s, a, FORM, VALIDATOR, NOW),
        "claim": _claim,
        "claimable": _claimable,
    },
    Flag.REFERRALS: {
        "beside": lambda s, a, n: start_file(s, a, n, ZOE, NOW),
        "asked": lambda s, a, n: propose(s, a, n, "nina@exemple.fr", NOW),
    },
}


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_is_named_said_and_closes_something(flag: Flag) -> None:
    assert FLAG_LABELS[flag]
    assert CLOSED[flag].endswith(".")
    assert CALLS[flag]


@pytest.mark.parametrize(("flag", "name"), [(flag, name) for flag in CALLS for name in CALLS[flag]])
async def test_it_closes_and_opens_again(reference: AsyncSession, flag: Flag, name: str) -> None:
    user = await add_user(reference)
    await add_user(reference, "nina@exemple.fr")
    number = await add_active_agency(reference, user, name="Cap emploi de Rezé", postal_code="44400")
    agent = Actor(user=user, agencies={number: frozenset({Role.AGENCY_ADMIN, Role.VALIDATOR})})
    for one in Flag:  # what others close changes nothing here
        await back_office.set_flag(reference, STAFF, one, NOW, opens=one is not flag)
    before = [await _count(reference, table) for table in WRITTEN]
    async with reference.begin_nested() as attempt:
        with pytest.raises(ClosedError, match=CLOSED[flag]):
            await CALLS[flag][name](reference, agent, number)
        if name not in {"claim", "claimable"}:  # which made the agency to be claimed
            assert [await _count(reference, table) for table in WRITTEN] == before
        await attempt.rollback()
    for one in Flag:
        await back_office.set_flag(reference, STAFF, one, NOW, opens=one is flag)
    await CALLS[flag][name](reference, agent, number)
