"""Weights learned from outcomes are in force in every process, unless they hide some companies."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.index import freeze
from data.queries.ranking import outcomes_since, places_in_small_communes, weights_in_force
from data.session import SessionMaker, create_engine, create_maker
from data.tables import communes, company_places, discussions, ranking_outcomes, ranking_weights
from domain.discussion import Reason, Refusal, Told
from domain.roles import NOBODY
from domain.search import Standing
from domain.values import Point
from matching import exposure
from matching.learning import MIN_OUTCOMES
from matching.terms import PRIORS
from services.discussions import deciding
from services.discussions.asking import ask
from services.discussions.parties import Party
from services.indexing import load_engine, refresh
from services.ranking import LEARNED_DAYS, learn_weights
from services.search import SearchQuery, search, standing
from tests.factories.companies import MOMENT, NANTES, add_company
from tests.factories.discussions import NOW, REQUEST, World, build_world
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


FOUND = Standing(terms={"distance": 0.5, "wish": 1.0}, position=3)
NO = Refusal(reason=Reason.NO_CAPACITY)
TOLD_ALREADY = Refusal(reason=Reason.ALREADY_TOLD)
Move = Callable[[World, Party], Awaitable[object]]
ENDS: dict[str, tuple[Move, tuple[bool, str] | None]] = {
    "accepted": (lambda w, p: deciding.accept(w.session, p, Told.HERE, w.now), (True, "accepted")),
    "refused": (lambda w, p: deciding.reject(w.session, p, NO, w.now), (False, "rejected")),
    "no answer": (lambda w, p: deciding.expire(w.session, p.row, w.now), (False, "expired")),
    "told already": (lambda w, p: deciding.reject(w.session, p, TOLD_ALREADY, w.now), None),
    "company gone": (lambda w, p: deciding.close_all(w.session, NOBODY, p.row.company_id, w.now), None),
    "withdrawn": (lambda w, p: deciding.withdraw(w.session, p, w.now), None),
}


@pytest.mark.parametrize("end", ENDS)
async def test_how_a_request_ends_keeps_numbers_and_nobody(reference: AsyncSession, end: str) -> None:
    world = await build_world(reference)
    made = await ask(reference, await world.asker(), world.offer, REQUEST, NOW, standing=FOUND)
    party = await world.party("person" if end == "withdrawn" else "owner", made)
    move, taught = ENDS[end]
    await move(world, party)
    rows = (await reference.execute(select(ranking_outcomes))).mappings().all()
    told = {"day": NOW.date(), "terms": FOUND.terms, "position": FOUND.position}
    expected = [told | {"accepted": taught[0], "ended": taught[1]}] if taught else []
    assert [{name: row[name] for name in row if name != "id"} for row in rows] == expected
    left = select(discussions.c.shown_terms, discussions.c.shown_position)
    assert (await reference.execute(left)).one() == (None, None)
    assert len(await outcomes_since(reference, NOW.date())) == len(expected)
    assert await outcomes_since(reference, NOW.date() + timedelta(days=1)) == []


async def test_a_request_that_comes_from_no_search_teaches_nothing(reference: AsyncSession) -> None:
    world = await build_world(reference)
    party = await world.party("owner", await world.asked())
    await deciding.accept(reference, party, Told.HERE, NOW)
    assert await outcomes_since(reference, NOW.date()) == []


async def test_where_a_company_stands_is_where_its_search_shows_it(reference: AsyncSession) -> None:
    """Over the pages, with the values that its reasons say; nothing for who is not in that search."""
    for at in range(60):
        await add_company(reference, places=((NANTES[0] + at / 1000, NANTES[1]),))
    far = await add_company(reference, places=((48.85, 2.35),))
    engine = await load_engine(reference)
    query = SearchQuery(today=MOMENT.date(), rome=("D1102",), place=Point(*NANTES), page=2, seed=5)
    for page in (1, 5):
        shown = await search(reference, engine, replace(query, page=page))
        hit = shown.hits[3]
        found = await standing(reference, engine, query, hit.card.company_id)
        assert found is not None
        assert found.position == (page - 1) * query.page_size + 4
        assert {one.code: pytest.approx(one.share, abs=1e-4) for one in hit.reasons} == {
            code: value * shown.weights[code] for code, value in found.terms.items() if value
        }
    assert await standing(reference, engine, query, far) is None
    engine.away = True
    assert await standing(reference, engine, query, hit.card.company_id) is None


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
