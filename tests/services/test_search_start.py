"""A process that starts ranks first, and reads words a moment later."""

import threading

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import UnavailableError
from services import indexing
from services.indexing import begin_engine
from services.lookups import build_lookups, find_appellations
from services.search import SearchQuery, search
from tests.factories.companies import MOMENT, add_company
from tests.factories.reference import add_reference


async def test_a_search_by_codes_does_not_wait_for_the_words(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_reference(session)
    await add_company(session)
    allowed = threading.Event()
    monkeypatch.setattr(indexing, "build_lookups", lambda read: allowed.wait(10) and build_lookups(read))
    monkeypatch.setattr(indexing, "_WORDS_S", 0.05)
    engine = await begin_engine(session)
    assert (await search(session, engine, SearchQuery(today=MOMENT.date()))).total == 1
    with pytest.raises(UnavailableError):
        await engine.complete()
    allowed.set()
    monkeypatch.setattr(indexing, "_WORDS_S", 10)
    await engine.complete()
    assert find_appellations(engine.lookups, "cuisine")
