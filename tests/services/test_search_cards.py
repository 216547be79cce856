"""Cards kept in the process: bounded, forgotten with every change, never older than the index."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.cards import Card, cards
from data.tables import companies
from domain.errors import UnavailableError
from services.cards import CardBox
from services.indexing import load_engine
from services.search import SearchQuery, search
from tests.factories.companies import MOMENT, add_company
from tests.factories.reference import add_reference


@pytest.fixture
async def shown(session: AsyncSession) -> AsyncSession:
    await add_reference(session)
    return session


async def rename(session: AsyncSession, company: int) -> None:
    await session.execute(update(companies).where(companies.c.id == company).values(custom_name="Nouveau"))


async def test_a_card_is_read_once_until_its_company_changes(shown: AsyncSession) -> None:
    company = await add_company(shown)
    engine = await load_engine(shown)
    query = SearchQuery(today=MOMENT.date())
    (first,) = (await search(shown, engine, query)).hits
    await rename(shown, company)
    assert (await search(shown, engine, query)).hits[0].card is first.card
    engine.cards.forget([company])
    assert (await search(shown, engine, query)).hits[0].card.name == "Nouveau"


async def test_what_is_read_while_something_changes_is_not_kept(
    shown: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_company(shown)
    engine = await load_engine(shown)
    box = CardBox()
    place = (await search(shown, engine, SearchQuery(today=MOMENT.date()))).hits[0].card.place_id

    async def changing(session: AsyncSession, places: Sequence[int]) -> dict[int, Card]:
        box.forget([])
        return await cards(session, places)

    monkeypatch.setattr("services.cards.cards", changing)
    assert list(await box.get(shown, [place])) == [place]
    assert len(box) == 0


async def test_the_box_is_bounded(shown: AsyncSession) -> None:
    for _ in range(5):
        await add_company(shown)
    engine = await load_engine(shown)
    places = [
        hit.card.place_id for hit in (await search(shown, engine, SearchQuery(today=MOMENT.date()))).hits
    ]
    box = CardBox(limit=3)
    for place in places:
        assert list(await box.get(shown, [place])) == [place]
    assert len(box) == 3
    box.clear()
    assert len(box) == 0


async def test_nothing_old_is_answered_while_postgresql_is_away(shown: AsyncSession) -> None:
    engine = await load_engine(shown)
    engine.away = True
    with pytest.raises(UnavailableError):
        await search(shown, engine, SearchQuery(today=MOMENT.date()))
