"""Other companies for a request: the same job near by, none asked already, with the person’s passport."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import discussions
from data.tables import passports
from services.discussions.alternatives import MOST, alternatives
from services.indexing import SearchEngine, load_engine
from tests.factories.companies import NANTES, add_company
from tests.factories.discussions import NOW, World, add_request, build_world
from tests.factories.reference import add_reference

REDON = (47.6514, -2.0848)
"""About 60 km from Nantes."""
LYON = (45.7640, 4.8357)


@pytest.fixture
async def world(session: AsyncSession) -> World:
    await add_reference(session)
    return await build_world(session)


async def loaded(world: World) -> SearchEngine:
    engine = await load_engine(world.session)
    await engine.complete()
    return engine


async def others(world: World, engine: SearchEngine) -> list[int]:
    row = await discussions.by_id(world.session, await world.asked())
    assert row is not None
    return [hit.card.company_id for hit in await alternatives(world.session, engine, row, NOW)]


async def test_near_companies_come_first_and_none_that_was_asked(world: World) -> None:
    near = [await add_company(world.session, places=[NANTES]) for _ in range(2)]
    asked = await add_company(world.session, places=[NANTES])
    await add_request(world, NOW - timedelta(days=30), company_id=asked, status="withdrawn")
    await add_company(world.session, places=[LYON])
    far = await add_company(world.session, places=[REDON])
    found = await others(world, await loaded(world))
    assert set(found[:2]) == set(near)
    assert found[2:] == [far]


async def test_three_at_most_and_none_when_there_is_nobody_else(world: World) -> None:
    engine = await loaded(world)
    assert await others(world, engine) == []
    for _ in range(MOST + 2):
        await add_company(world.session, places=[NANTES])
    row = (await discussions.of_person(world.session, world.beneficiary))[0]
    found = await alternatives(world.session, await loaded(world), row, NOW)
    assert len({hit.card.company_id for hit in found}) == MOST


async def test_the_passport_of_the_person_ranks_them(world: World) -> None:
    await add_company(world.session, places=[NANTES])
    kept = {"token_hash": b"x" * 32, "beneficiary_id": world.beneficiary, "created_at": NOW, "seen_at": NOW}
    engine = await loaded(world)
    row = await discussions.by_id(world.session, await world.asked())
    assert row is not None
    (before,) = await alternatives(world.session, engine, row, NOW)
    assert before.matched == ()
    skill = before.to_learn[0].code
    await world.session.execute(insert(passports).values(skills=[skill], **kept))
    (after,) = await alternatives(world.session, engine, row, NOW)
    assert [one.code for one in after.matched] == [skill]


async def test_a_search_that_is_away_leaves_the_page_without_them(world: World) -> None:
    await add_company(world.session, places=[NANTES])
    engine = await loaded(world)
    engine.away = True
    assert await others(world, engine) == []
