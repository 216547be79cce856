"""What is kept of a card as JSON is what the shapes say, and goes with its card."""

import gc

import httpx
import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.routes.search_answer import SearchAnswer, kept_cards, to_answer
from data.tables import companies
from services.indexing import load_engine
from services.search import SearchQuery, search
from tests.factories.companies import MOMENT, add_company
from tests.factories.reference import add_reference


async def test_the_answer_has_the_shape_it_is_described_with(client: httpx.AsyncClient) -> None:
    for body in (
        {"page_size": 50},
        {"lat": 48.85, "lon": 2.35, "skills": ["E0001"], "volunteers_only": True},
    ):
        for _ in range(2):  # the second time from what is kept
            content = (await client.post("/api/v1/search", json=body)).content
            read = msgspec.json.decode(content, type=SearchAnswer)
            assert read.hits
            assert msgspec.json.encode(read) == content


async def test_a_change_of_a_company_is_shown(session: AsyncSession) -> None:
    await add_reference(session)
    company = await add_company(session)
    engine = await load_engine(session)
    query = SearchQuery(today=MOMENT.date())

    async def answered() -> SearchAnswer:
        page = to_answer(await search(session, engine, query))
        return msgspec.json.decode(msgspec.json.encode(page), type=SearchAnswer)

    before, kept = await answered(), len(kept_cards)
    await session.execute(update(companies).where(companies.c.id == company).values(custom_name="Nouveau"))
    assert (await answered()).hits == before.hits
    engine.cards.forget([company])
    gc.collect()
    assert len(kept_cards) == kept - 1
    assert (await answered()).hits[0].company.name == "Nouveau"
