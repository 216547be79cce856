"""What the platform's staff do, that only they may, and that it is written down."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.audit import AuditSearch
from data.tables import audit, outbox, sessions, users
from domain.errors import ConflictError, NotFoundError
from domain.flags import Flag
from domain.roles import NOBODY, Actor, Role
from services import back_office as service
from services import person_files
from services.flags import check_open
from services.registrations import start_registration
from tests.factories.companies import a_siret
from tests.factories.people import add_active_agency, add_user

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
Call = Callable[[AsyncSession, Actor], Awaitable[object]]


@pytest.fixture
async def staff(session: AsyncSession) -> Actor:
    return Actor(user=await add_user(session, "staff@exemple.fr", back_office=True), back_office=True)


CALLS: dict[str, Call] = {
    "flags": service.flag_states,
    "set_flag": lambda s, a: service.set_flag(s, a, Flag.REFERRALS, NOW, opens=False),
    "accounts": lambda s, a: service.find_accounts(s, a, "lea"),
    "account": lambda s, a: service.read_account(s, a, uuid4(), NOW),
    "delivery": service.delivery,
    "replay": lambda s, a: service.replay(s, a, 1, NOW),
    "replay_all": lambda s, a: service.replay_all(s, a, NOW),
    "runs": service.last_runs,
    "audit": lambda s, a: service.search_audit(s, a, AuditSearch()),
}
OTHERS = {
    "nobody": NOBODY,
    "candidate": Actor(user=UUID(int=1)),
    "agency admin": Actor(user=UUID(int=1), agencies={1: frozenset({Role.AGENCY_ADMIN})}),
    "company admin": Actor(user=UUID(int=1), companies={1: Role.COMPANY_ADMIN}),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("other", OTHERS)
async def test_nobody_else_may(session: AsyncSession, call: str, other: str) -> None:
    with pytest.raises(NotFoundError):
        await CALLS[call](session, OTHERS[other])


async def test_a_closed_registration_says_so_until_it_is_opened(
    reference: AsyncSession, staff: Actor
) -> None:
    siret = a_siret()
    await check_open(reference, Flag.COMPANY_REGISTRATION)
    await service.set_flag(reference, staff, Flag.COMPANY_REGISTRATION, NOW, opens=False)
    with pytest.raises(ConflictError, match="Revenez demain"):
        await start_registration(reference, siret, NOW)
    states = {one.flag: one.open for one in await service.flag_states(reference, staff)}
    assert states == {flag: flag is not Flag.COMPANY_REGISTRATION for flag in Flag}
    await service.set_flag(reference, staff, Flag.COMPANY_REGISTRATION, NOW, opens=True)
    await start_registration(reference, siret, NOW)


async def test_opening_an_account_is_written_and_its_owner_sees_it(
    session: AsyncSession, staff: Actor
) -> None:
    user = await add_user(session)
    await add_active_agency(session, user)
    (found,) = await service.find_accounts(session, staff, "LEA.MARTIN")
    assert await service.find_accounts(session, staff, "l") == ()
    assert await service.find_accounts(session, staff, "100%_") == ()
    read = await service.read_account(session, staff, found.id, NOW)
    assert read.agencies == (("Mission locale de Nantes", ("agency_admin", "validator")),)
    (line,) = await person_files.history(session, Actor(user=user))
    assert (line.line.action, line.actor_email) == ("account.read", "staff@exemple.fr")
    assert await person_files.history(session, Actor(user=uuid4())) == ()
    with pytest.raises(NotFoundError):
        await service.read_account(session, staff, uuid4(), NOW)


async def test_parked_work_is_seen_and_tried_again_once(session: AsyncSession, staff: Actor) -> None:
    values = {"job": "place.geocode", "payload": {"place": 1}, "tries": 8, "parked_at": NOW, "error": "503"}
    await session.execute(insert(outbox).values(**values))
    seen = await service.delivery(session, staff)
    assert [(one.job, one.error, one.count) for one in seen.groups] == [("place.geocode", "503", 1)]
    await service.replay(session, staff, seen.parked[0].id, NOW)
    with pytest.raises(ConflictError):
        await service.replay(session, staff, seen.parked[0].id, NOW)
    assert await service.replay_all(session, staff, NOW) == 0
    assert (await service.delivery(session, staff)).parked == ()


async def test_staff_is_appointed_and_dismissed_at_the_terminal(session: AsyncSession) -> None:
    await service.appoint(session, NOBODY, "New@exemple.fr", NOW)
    user = await session.scalar(select(users.c.id).where(users.c.email == "new@exemple.fr"))
    opened = {"user_id": user, "method": "mail", "created_at": NOW, "expires_at": NOW.replace(year=2027)}
    await session.execute(insert(sessions).values(token_hash=b"x" * 32, **opened))
    await service.dismiss(session, NOBODY, "new@exemple.fr", NOW)
    assert (await session.execute(select(sessions))).all() == []
    with pytest.raises(NotFoundError):
        await service.dismiss(session, NOBODY, "new@exemple.fr", NOW)
    actions = (await session.scalars(select(audit.c.action).order_by(audit.c.id))).all()
    assert actions == ["staff.appointed", "staff.dismissed"]


async def test_the_audit_is_searched_by_who_what_and_when(session: AsyncSession, staff: Actor) -> None:
    for opens in (False, True):
        await service.set_flag(session, staff, Flag.REFERRALS, NOW, opens=opens)
    await session.execute(update(audit).values(at=NOW))

    async def found(wanted: AuditSearch) -> list[str]:
        return [one.line.action for one in await service.search_audit(session, staff, wanted)]

    assert await found(AuditSearch(actor_email="staff@exemple.fr")) == ["flag.opened", "flag.closed"]
    assert await found(AuditSearch(action="flag.closed", object_id="referrals")) == ["flag.closed"]
    assert await found(AuditSearch(actor_email="other@exemple.fr")) == []
    assert await found(AuditSearch(until=NOW)) == []
    assert len(await found(AuditSearch(since=NOW))) == 2
