"""The index and the SQL truth agree after a thousand random writes, patches and compactions."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Table, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.index import freeze
from data.session import SessionMaker, create_engine, create_maker
from data.tables import companies, company_places, offers
from domain.search import ContactMode, Criteria, Filters, RemoteMode, Sort
from domain.values import EARTH_RADIUS_KM, Point
from matching.rank import rank
from services.indexing import SearchEngine, load_engine, refresh
from tests.factories.companies import MOMENT, add_company, add_offer, add_place, add_potentiel
from tests.factories.reference import OCCUPATIONS, add_reference, skill

TODAY = date(2026, 3, 10)
WRITES, ROUND = 1000, 40
TOWNS = (
    (47.2184, -1.5536),
    (49.1193, 6.1757),
    (-20.8789, 55.4481),
    (-17.68, -179.99),
    (-16.5, 179.98),
    (89.99, 10.0),
)

TRUTH = text(
    f"""
    WITH searchable AS (
        SELECT * FROM companies WHERE closed_at IS NULL AND banned_at IS NULL AND opted_out_at IS NULL
            AND max_contacts_per_month > 0
            AND (next_availability_date IS NULL OR next_availability_date <= :today)
    ), jobs AS (
        SELECT c.id, o.rome, o.remote_mode FROM searchable c JOIN offers o ON o.company_id = c.id
        WHERE c.proof = 'proved'
        UNION ALL
        SELECT c.id, n.rome, 'on_site' FROM searchable c JOIN naf_rome n ON n.division = c.naf_division
        WHERE c.proof = 'public_register'
    ), reached AS (
        SELECT c.id AS company, p.id AS place, j.remote_mode, 2 * {EARTH_RADIUS_KM} * asin(least(1, sqrt(
            sin(radians(p.lat - :lat) / 2) ^ 2
            + cos(radians(:lat)) * cos(radians(p.lat)) * sin(radians(p.lon - :lon) / 2) ^ 2))) AS km
        FROM searchable c JOIN company_places p ON p.company_id = c.id JOIN jobs j ON j.id = c.id
        WHERE p.lat IS NOT NULL AND (:every OR j.rome = ANY(CAST(:rome AS text[])))
            AND (:any_contact OR c.contact_mode = :contact) AND (:any_mode OR j.remote_mode = :mode)
    )
    SELECT DISTINCT company, place, km FROM reached WHERE km <= :radius OR remote_mode = 'full_remote'
    """,  # noqa: S608 - a constant
)


@pytest.fixture
async def maker(fresh_database: str) -> AsyncIterator[SessionMaker]:
    engine = create_engine(fresh_database, 3)
    yield create_maker(engine)
    await engine.dispose()


async def truth(session: AsyncSession, criteria: Criteria) -> dict[tuple[int, int], float]:
    place = criteria.place or Point(0, 0)
    filters = criteria.filters
    found = await session.execute(
        TRUTH,
        {
            "today": criteria.today,
            "lat": place.lat,
            "lon": place.lon,
            "radius": criteria.radius_km if criteria.place else 1e9,
            "every": not criteria.rome,
            "rome": list(criteria.rome),
            "any_contact": not filters.contact_modes,
            "contact": next(iter(filters.contact_modes), ""),
            "any_mode": not filters.remote,
            "mode": next(iter(filters.remote), ""),
        },
    )
    return {(company, at): km for company, at, km in found}


def some_criteria(rng: random.Random) -> Criteria:
    lat, lon = rng.choice(TOWNS)
    return Criteria(
        today=TODAY,
        skills=tuple(skill(at) for at in rng.sample(range(30), rng.choice((0, 6))))
        if rng.random() < 0.5
        else (),
        rome=tuple(rng.sample(sorted(OCCUPATIONS), rng.randint(1, 3))) if rng.random() < 0.6 else (),
        place=Point(lat + rng.uniform(-0.009, 0.009), lon) if rng.random() < 0.9 else None,
        radius_km=rng.choice((1, 5, 30, 100)),
        filters=Filters(
            contact_modes=(ContactMode.IN_PERSON,) if rng.random() < 0.3 else (),
            remote=(rng.choice(list(RemoteMode)),) if rng.random() < 0.3 else (),
        ),
        sort=rng.choice(list(Sort)),
        page_size=100_000,
    )


async def agree(session: AsyncSession, engine: SearchEngine, rng: random.Random) -> int:
    """Compare some searches with the truth; returns how many hits they had."""
    total = 0
    for _ in range(8):
        criteria = some_criteria(rng)
        if not criteria.rome:
            criteria = replace(criteria, skills=())  # SQL does not know which occupations skills reach
        ranking = rank(criteria, engine.occupations, engine.index)
        expected = await truth(session, criteria)
        found = {(hit.company_id, hit.place_id): hit.distance_km for hit in ranking.hits}
        assert set(found) == set(expected), criteria
        assert len(ranking.hits) == ranking.total == len(expected)
        if criteria.place:
            assert all(abs((found[key] or 0) - km) < 1e-6 for key, km in expected.items())
        total += len(expected)
    return total


class Writer:
    """Random writes, each as a person or a job would make it."""

    def __init__(self, session: AsyncSession, rng: random.Random) -> None:
        self.session, self.rng = session, rng

    async def write(self) -> None:
        ways: list[Callable[[], Awaitable[object]]] = [
            self.register,
            self.register,
            self.register_potentiel,
            self.change_company,
            self.change_company,
            self.open_place,
            self.move_place,
            self.close_place,
            self.change_offers,
            self.remove_company,
        ]
        await self.rng.choice(ways)()

    async def some(self, table: Table) -> int:
        column = table.c.id
        ids = (await self.session.execute(select(column).order_by(column))).scalars().all()
        return self.rng.choice(ids) if ids else 0

    def point(self) -> tuple[float, float]:
        lat, lon = self.rng.choice(TOWNS)
        moved = (lon + self.rng.gauss(0, 0.3) + 180) % 360 - 180
        return max(-90.0, min(90.0, lat + self.rng.gauss(0, 0.2))), moved

    def jobs(self) -> list[tuple[str, str]]:
        romes = self.rng.sample(sorted(OCCUPATIONS), self.rng.randint(0, 3))
        return [(rome, self.rng.choice(["on_site", "on_site", "hybrid", "full_remote"])) for rome in romes]

    async def register(self) -> None:
        places = [self.point() for _ in range(self.rng.randint(0, 3))]
        await add_company(self.session, places=places, jobs=self.jobs())

    async def register_potentiel(self) -> None:
        naf = self.rng.choice(["10.71C", "47.11D", "56.10A", "81.21Z", "99.00Z", None])
        await add_potentiel(self.session, places=[self.point()], naf=naf)

    async def change_company(self) -> None:
        changes: list[dict[str, object]] = [
            {"closed_at": MOMENT},
            {"closed_at": None},
            {"banned_at": MOMENT},
            {"opted_out_at": MOMENT},
            {"max_contacts_per_month": self.rng.randint(0, 2)},
            {"next_availability_date": self.rng.choice([None, TODAY, date(2026, 3, 11)])},
            {"headcount": "21", "engaged": True},
        ]
        which = companies.c.id == await self.some(companies)
        await self.session.execute(update(companies).where(which).values(self.rng.choice(changes)))

    async def open_place(self) -> None:
        if company := await self.some(companies):
            await add_place(self.session, company, *self.point())

    async def move_place(self) -> None:
        lat, lon = self.point() if self.rng.random() < 0.8 else (None, None)
        which = company_places.c.id == await self.some(company_places)
        await self.session.execute(update(company_places).where(which).values(lat=lat, lon=lon))

    async def close_place(self) -> None:
        which = company_places.c.id == await self.some(company_places)
        await self.session.execute(delete(company_places).where(which))

    async def change_offers(self) -> None:
        if self.rng.random() < 0.5:
            await self.session.execute(delete(offers).where(offers.c.id == await self.some(offers)))
        elif company := await self.some(companies):
            for rome, mode in self.jobs():
                await add_offer(self.session, company, rome, mode, f"Offre {self.rng.random()}")

    async def remove_company(self) -> None:
        which = companies.c.id == await self.some(companies)
        await self.session.execute(delete(companies).where(which))


async def read_again(maker: SessionMaker, engine: SearchEngine) -> int:
    async with maker() as session, session.begin():
        await freeze(session)
        return await refresh(session, engine)


async def test_the_index_tells_the_truth_after_a_thousand_writes(maker: SessionMaker) -> None:
    rng = random.Random(20260310)  # noqa: S311 - the same writes each time
    async with maker() as session, session.begin():
        await add_reference(session)
        for _ in range(40):
            await Writer(session, rng).register()
    async with maker() as session, session.begin():
        await freeze(session)
        engine = await load_engine(session)
    hits = 0
    for number in range(WRITES // ROUND):
        async with maker() as session, session.begin() as transaction:
            for _ in range(ROUND):
                await Writer(session, rng).write()
            if number % 7 == 3:
                await transaction.rollback()
        sealed = engine.index.start_compaction()() if number % 6 == 2 else None
        await read_again(maker, engine)
        if sealed:
            engine.index.end_compaction(sealed)
        async with maker() as session:
            hits += await agree(session, engine, rng)
    assert hits > 1000
    await as_a_fresh_one(maker, engine, rng)


async def as_a_fresh_one(maker: SessionMaker, engine: SearchEngine, rng: random.Random) -> None:
    """Patched or loaded, in any number of segments, an index gives the same pages."""
    async with maker() as session, session.begin():
        await freeze(session)
        fresh = await load_engine(session)
    for compacted in (False, True):
        if compacted:
            engine.index.compact()
        for _ in range(60):
            criteria = replace(some_criteria(rng), page_size=rng.choice((3, 12, 50)), page=rng.randint(1, 4))
            assert rank(criteria, engine.occupations, engine.index) == rank(
                criteria, fresh.occupations, fresh.index
            )
