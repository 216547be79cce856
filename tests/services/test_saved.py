"""Searches kept and favourites on a real database: told once, to their owner, of what really matches."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import saved as rows
from data.tables import companies
from domain.errors import ConflictError, InvalidInputError, NotFoundError
from domain.roles import Acting
from domain.saved import Frequency, Wanted
from domain.values import Point
from services import favourites, saved
from services.work import Work
from tests.factories.companies import add_company
from tests.factories.discussions import NOW, World, accompany, build_world
from tests.services.company_helpers import job_names
from tests.services.post import Post, last_work, parts, tools

NANTES, BREST = Point(47.2184, -1.5536), (48.3904, -4.4861)
BAKERY = Wanted(label="Vente à Nantes", query="metier=D1102&lieu=Nantes", rome=("D1102",), point=NANTES)
LATER = NOW + timedelta(days=2)


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


async def kept(world: World, wanted: Wanted = BAKERY, frequency: Frequency = Frequency.DAILY) -> UUID:
    await saved.keep(world.session, await world.actor("person"), wanted, frequency, NOW)
    (row,) = await rows.of_user(world.session, world.ids["person"])
    return row.id


async def newcomer(world: World, **values: Any) -> int:  # noqa: ANN401 - columns of `companies`
    return await add_company(world.session, created_at=LATER, updated_at=LATER, **values)


async def test_what_came_since_is_told_once(world: World) -> None:
    search = await kept(world)
    await newcomer(world, name="Nouvelle boulangerie")
    await newcomer(world, name="Trop loin", places=(BREST,))
    await newcomer(world, name="Autre métier", jobs=("G1602",))
    await newcomer(world, name="Bannie", banned_at=LATER)
    assert await saved.tell_due(world.session, NOW + timedelta(hours=20)) == 0
    assert await saved.tell_due(world.session, NOW + timedelta(days=2)) == 1
    work = await last_work(world.session, "saved_search.news_mail")
    later = Work(id=work.id, payload=work.payload, created_at=work.created_at, now=LATER + timedelta(hours=1))
    post = Post()
    await saved.news_mail(world.session, tools(post), later)
    (message,) = post.sent
    text, html = parts(message)
    assert message["To"] == "person@exemple.fr"
    assert "Nouvelle boulangerie" in text
    assert all(name not in text + html for name in ("Trop loin", "Autre métier", "Bannie"))
    again = Work(id=99, payload=work.payload, created_at=NOW, now=LATER + timedelta(hours=2))
    await saved.news_mail(world.session, tools(post), again)
    assert len(post.sent) == 1
    assert await saved.tell_due(world.session, LATER + timedelta(hours=2)) == 0
    assert (await rows.by_id(world.session, search)) is not None


async def test_at_once_for_those_who_want_it(world: World) -> None:
    await kept(world, frequency=Frequency.IMMEDIATE)
    near, far = await newcomer(world), await newcomer(world, places=(BREST,))
    for company in (far, near):
        await saved.match(
            world.session, tools(Post()), Work(id=1, payload={"company": company}, created_at=NOW, now=LATER)
        )
    assert (await job_names(world.session)).count("saved_search.news_mail") == 1


async def test_one_click_stops_the_mails(world: World) -> None:
    search = await kept(world)
    await newcomer(world)
    await saved.tell_due(world.session, LATER)
    post = Post()
    work = await last_work(world.session, "saved_search.news_mail")
    later = Work(id=work.id, payload=work.payload, created_at=work.created_at, now=LATER)
    await saved.news_mail(world.session, tools(post), later)
    path = parts(post.sent[0])[0].split("/arreter/")[1].split()[0]
    for _ in range(2):
        await saved.stop(world.session, path, LATER)
    row = await rows.by_id(world.session, search)
    assert row is not None
    assert row.frequency is Frequency.NONE
    assert await saved.tell_due(world.session, LATER + timedelta(days=30)) == 0
    with pytest.raises(NotFoundError):
        await saved.stop(world.session, "inconnu", LATER)


async def test_a_search_is_its_owners(world: World) -> None:
    search = await kept(world)
    stranger = await world.actor("stranger")
    with pytest.raises(NotFoundError):
        await saved.drop(world.session, stranger, search)
    with pytest.raises(NotFoundError):
        await saved.set_frequency(world.session, stranger, search, Frequency.NONE)
    assert await saved.mine(world.session, stranger, NOW) == ()
    await saved.drop(world.session, await world.actor("person"), search)
    assert await saved.mine(world.session, await world.actor("person"), NOW) == ()


async def test_a_search_asks_something_and_has_a_number(world: World) -> None:
    person = await world.actor("person")
    with pytest.raises(InvalidInputError):
        await saved.keep(world.session, person, Wanted(label="", query="x=1"), Frequency.DAILY, NOW)
    for at in range(20):
        wanted = Wanted(label="", query=f"metier={at}", rome=("D1102",))
        await saved.keep(world.session, person, wanted, Frequency.DAILY, NOW)
    with pytest.raises(ConflictError):
        await kept(world)
    again = Wanted(label="Même", query="metier=0", rome=("D1102",))
    await saved.keep(world.session, person, again, Frequency.WEEKLY, NOW)
    assert len(await saved.mine(world.session, person, NOW)) == 20


async def test_favourites_are_shared_with_who_accompanies(world: World) -> None:
    await accompany(world)
    person, agent = await world.actor("person"), await world.actor("counsellor")
    acting = replace(
        agent, acting=Acting(beneficiary=world.beneficiary, agency=world.agency, passport=None, name="Zoé")
    )
    number = await world.session.scalar(select(companies.c.siret))
    assert number is not None
    await favourites.put_aside(world.session, acting, number, "D1102", "=À voir ensemble", NOW)
    (mine,) = await favourites.mine(world.session, person)
    assert (mine.siret, mine.note, mine.added_by) == (number, "=À voir ensemble", "Counsellor")
    file = favourites.as_csv((mine,)).decode("utf-8-sig")
    assert "'=À voir ensemble" in file
    assert await favourites.mine(world.session, await world.actor("stranger")) == ()
    await favourites.take_away(world.session, await world.actor("stranger"), mine.company_id)
    assert len(await favourites.mine(world.session, person)) == 1
    await favourites.take_away(world.session, person, mine.company_id)
    assert await favourites.mine(world.session, acting) == ()
    with pytest.raises(NotFoundError):
        await favourites.put_aside(world.session, person, "99900000100017", "", "", NOW)
