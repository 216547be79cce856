"""Weights learned from outcomes are in force in every process, unless they hide some companies."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.index import freeze
from data.queries.ranking import note_outcome, outcomes_since, places_in_small_communes, weights_in_force
from data.session import SessionMaker, create_engine, create_maker
from data.tables import communes, company_places, ranking_outcomes, ranking_weights
from matching import exposure
from matching.learning import MIN_OUTCOMES
from matching.terms import PRIORS
from services.indexing import load_engine, refresh
from services.ranking import LEARNED_DAYS, learn_weights
from services.search import SearchQuery, search
from tests.factories.companies import MOMENT, NANTES, add_company
from tests.factories.reference import add_reference

COUNT = 3000


@pytest.fixture
async def maker(fresh_database: str) -> AsyncIterator[SessionMaker]:
    engine = create_engine(fresh_database, 2)
    made = create_maker(engine)
    async with made() as session, session.begin():
        await add_reference(session)
        for at in range(8):
            await add_company(session, places=((NANTES[0] + at / 100, NANTES[1]),), headcount="01")
    yield made
    await engine.dispose()


async def add_outcomes(session: AsyncSession, count: int = COUNT, days_ago: int = 1) -> None:
    """Outcomes that distance explains, and nothing else."""
    rng = random.Random(20260302)  # noqa: S311 - the same outcomes each time
    rows = []
    for _ in range(count):
        terms = {code: round(rng.random(), 4) for code in PRIORS}
        accepted = rng.random() < terms["distance"]
        rows.append({"day": MOMENT.date() - timedelta(days=days_ago), "terms": terms, "accepted": accepted})
    await session.execute(insert(ranking_outcomes), rows)


async def test_learned_weights_are_followed_and_answer(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        await freeze(session)
        engine = await load_engine(session)
    assert engine.parts.weights == PRIORS
    async with maker() as session, session.begin():
        await add_outcomes(session)
        lesson = await learn_weights(session, MOMENT)
    assert (lesson.written, lesson.unfair, lesson.outcomes) == (True, (), COUNT)
    assert lesson.weights["distance"] > PRIORS["distance"]
    async with maker() as session, session.begin():
        await freeze(session)
        assert await refresh(session, engine) == 0
        page = await search(session, engine, SearchQuery(today=MOMENT.date()))
    assert engine.parts.weights == lesson.weights
    room, fresh = (lesson.weights[code] for code in ("room", "freshness"))
    assert page.weights["room"] / page.weights["freshness"] == pytest.approx(room / fresh)


async def test_weights_that_hide_some_companies_are_refused(
    maker: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposure, "LEAST_PART", 2.0)
    async with maker() as session, session.begin():
        await add_outcomes(session)
        lesson = await learn_weights(session, MOMENT)
        assert (lesson.written, lesson.unfair) == (False, ("nouvelles", "petites"))
        assert await weights_in_force(session) is None


async def test_the_priors_come_back_when_there_is_too_little_to_learn_from(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        await add_outcomes(session, days_ago=LEARNED_DAYS)
        assert (await learn_weights(session, MOMENT)).written
        assert not (await learn_weights(session, MOMENT)).written
        later = await learn_weights(session, MOMENT + timedelta(days=1))
        assert (later.written, later.weights, later.outcomes) == (True, PRIORS, 0)
        assert await weights_in_force(session) == PRIORS
        assert (await session.execute(select(func.count()).select_from(ranking_weights))).scalar_one() == 2


async def test_nothing_is_written_before_there_is_something_to_learn(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        await add_outcomes(session, MIN_OUTCOMES - 1)
        lesson = await learn_weights(session, MOMENT)
        assert (lesson.written, lesson.weights) == (False, PRIORS)
        assert await weights_in_force(session) is None


async def test_an_outcome_keeps_numbers_and_nobody(session: AsyncSession) -> None:
    await note_outcome(session, MOMENT.date(), {"distance": 0.5}, accepted=True)
    (row,) = await outcomes_since(session, MOMENT.date())
    assert (row.terms, row.accepted) == ({"distance": 0.5}, True)
    assert await outcomes_since(session, MOMENT.date() + timedelta(days=1)) == []
    kept = await session.execute(text("SELECT * FROM ranking_outcomes"))
    assert set(kept.keys()) == {"id", "day", "terms", "accepted"}


async def test_rural_places_are_those_of_small_communes(reference: AsyncSession) -> None:
    rows = await reference.execute(select(communes.c.insee, communes.c.population))
    people: dict[str, int] = {row.insee: row.population for row in rows}
    small, large = min(people, key=lambda code: people[code]), max(people, key=lambda code: people[code])
    company = await add_company(reference, places=(NANTES, NANTES, NANTES))
    query = select(company_places.c.id).where(company_places.c.company_id == company)
    rural, urban, _ = (await reference.execute(query.order_by(company_places.c.id))).scalars()
    for place, insee in ((rural, small), (urban, large)):
        change = company_places.update().where(company_places.c.id == place).values(insee=insee)
        await reference.execute(change)
    assert await places_in_small_communes(reference, people[large]) == {rural}
