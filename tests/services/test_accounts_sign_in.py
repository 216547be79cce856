"""Signing in by mail: one link, one session, the account its address proves."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.sessions import actor_of
from data.session import create_engine, create_maker
from data.tables import companies, company_rights, outbox, sessions, users
from domain.account import SESSION_LIFE
from domain.errors import ExpiredError, InvalidInputError, NotFoundError
from domain.roles import Role
from services.accounts.mail_links import ask_link, check_link, sign_in, sign_in_mail
from services.accounts.open_sessions import end_others, end_session, list_sessions, sign_out
from services.links import KINDS, Purpose
from services.work import Work
from tests.factories.companies import add_company
from tests.factories.forms import NOW
from tests.factories.people import add_company_right, add_user
from tests.services.account_helpers import EMAIL, actor, asked_link, browser, signed_in
from tests.services.post import Post, last_work, parts, path_in, tools

LATE = NOW + KINDS[Purpose.SIGN_IN].life


async def test_asking_makes_no_account_and_the_outbox_holds_no_address(session: AsyncSession) -> None:
    await ask_link(session, "Lea.Martin@Exemple.fr", "/passeport", NOW)
    row = (await session.execute(select(outbox))).one()
    assert row.job == "account.sign_in_mail"
    assert list(row.payload) == ["sign_in"]
    assert EMAIL not in str(row.payload)
    assert (await session.execute(select(users))).all() == []
    with pytest.raises(InvalidInputError):
        await ask_link(session, "lea", "/", NOW)


async def test_the_mail_carries_a_link_that_signs_in_once(session: AsyncSession) -> None:
    await ask_link(session, EMAIL, "/passeport", NOW)
    post = Post()
    await sign_in_mail(session, tools(post), await last_work(session, "account.sign_in_mail"))
    assert post.sent[0]["To"] == EMAIL
    assert "15 minutes" in parts(post.sent[0])[0]
    token = path_in(post.sent[0]).removeprefix("/connexion/lien/")

    await check_link(session, token, NOW)
    entered = await sign_in(session, token, browser(), NOW)
    assert entered.next == "/passeport"
    assert (await actor(session, entered)).user == entered.user
    with pytest.raises(ExpiredError, match="déjà servi"):
        await check_link(session, token, NOW)
    with pytest.raises(ExpiredError, match="déjà servi"):
        await sign_in(session, token, browser(), NOW)


async def test_a_request_gone_before_its_mail_is_left_alone(session: AsyncSession) -> None:
    post = Post()
    gone = {"sign_in": "00000000-0000-4000-8000-000000000000"}
    await sign_in_mail(session, tools(post), Work(id=1, payload=gone, created_at=NOW, now=NOW))
    assert post.sent == []


async def test_an_old_or_unknown_link_opens_nothing(session: AsyncSession) -> None:
    token = await asked_link(session)
    with pytest.raises(ExpiredError, match="durée"):
        await sign_in(session, token, browser(), LATE)
    with pytest.raises(NotFoundError):
        await sign_in(session, "another", browser(), NOW)
    assert (await session.execute(select(sessions))).all() == []


async def test_the_account_is_found_again_whatever_the_case(session: AsyncSession) -> None:
    first, second = await signed_in(session), await signed_in(session, "LEA.Martin@exemple.fr")
    assert first.user == second.user
    row = (await session.execute(select(users))).one()
    assert (row.email, row.seen_at) == (EMAIL, NOW)


async def test_a_session_ends_after_its_life_and_its_token_is_not_kept(session: AsyncSession) -> None:
    entered = await signed_in(session)
    assert await actor_of(session, entered.token, NOW + SESSION_LIFE - timedelta(seconds=1))
    assert await actor_of(session, entered.token, NOW + SESSION_LIFE) is None
    row = (await session.execute(select(sessions))).one()
    assert entered.token not in str(row)


async def test_signing_in_again_in_a_browser_ends_what_it_held(session: AsyncSession) -> None:
    first = await signed_in(session)
    second = await signed_in(session, "autre@exemple.fr", session_token=first.token)
    assert second.token != first.token
    assert await actor_of(session, first.token, NOW) is None
    assert (await actor(session, second)).user == second.user


async def test_sessions_are_listed_and_ended_by_their_owner_only(session: AsyncSession) -> None:
    mine, elsewhere, stranger = (
        await signed_in(session),
        await signed_in(session),
        await signed_in(session, "a@b.fr"),
    )
    me = await actor(session, mine)
    assert {one.device for one in await list_sessions(session, me, NOW)} == {"Firefox sur Windows"}
    assert len(await list_sessions(session, me, NOW)) == 2
    other = (await actor(session, elsewhere)).session
    theirs = (await actor(session, stranger)).session
    assert other is not None
    assert theirs is not None
    with pytest.raises(NotFoundError):
        await end_session(session, me, theirs)
    await end_session(session, me, other)
    assert await actor_of(session, elsewhere.token, NOW) is None
    await signed_in(session)
    assert await end_others(session, me) == 1
    assert [one.id for one in await list_sessions(session, me, NOW)] == [me.session]
    assert await sign_out(session, mine.token) == ""
    assert await sign_out(session, mine.token) == ""
    assert await actor_of(session, mine.token, NOW) is None
    assert (await actor(session, stranger)).session == theirs


async def test_the_proved_address_of_a_company_makes_its_admin(reference: AsyncSession) -> None:
    named: dict[str, Any] = {"contact_email": "Lea.Martin@exemple.fr", "contact_mode": "email"}
    mine = await add_company(reference, **named)
    taken, waiting = await add_company(reference, **named), await add_company(reference, **named)
    await add_company(reference, contact_email="autre@exemple.fr", contact_mode="email")
    other = await add_user(reference, "chef@exemple.fr")
    await add_company_right(reference, taken, other, Role.COMPANY_ADMIN)
    await add_company_right(reference, waiting, other, Role.COMPANY_ADMIN, accepted=False)
    entered = await signed_in(reference)
    assert (await actor(reference, entered)).companies == {
        mine: Role.COMPANY_ADMIN,
        waiting: Role.COMPANY_ADMIN,
    }
    await reference.execute(companies.update().values(contact_email="autre@exemple.fr"))
    again = await signed_in(reference)
    assert len((await actor(reference, again)).companies) == 2


async def test_two_clicks_at_once_open_one_session(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        token = await asked_link(session)

    async def click() -> bool:
        async with maker() as session, session.begin():
            try:
                await sign_in(session, token, browser(), NOW)
            except ExpiredError:
                return False
            return True

    assert sorted(await asyncio.gather(click(), click(), click())) == [False, False, True]
    async with maker() as session:
        assert await session.scalar(select(func.count()).select_from(sessions)) == 1
        assert await session.scalar(select(func.count()).select_from(company_rights)) == 0
    await engine.dispose()
