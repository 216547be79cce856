"""Other companies for a request that was refused or waits.

The same job, near the same place, with the person's own passport, and none of those they asked already.
"""

from dataclasses import replace
from datetime import datetime

from data.queries import discussions, passports, places
from data.queries.discussions import DiscussionRow
from data.session import ReadSession
from domain.errors import UnavailableError
from domain.search import MAX_PAGE_SIZE, Filters
from services.indexing import SearchEngine
from services.search import SearchHit, SearchQuery, search

MOST = 3
_TRIES = ((30, False), (50, True), (100, True))
"""Radius in km and whether near jobs count: wider until there are enough."""


async def alternatives(
    session: ReadSession, engine: SearchEngine, row: DiscussionRow, now: datetime
) -> tuple[SearchHit, ...]:
    """At most three, the best first; none while search is away: the page must open without them."""
    listed = await places.places_of(session, row.company_id)
    asked = {one.company_id for one in await discussions.of_person(session, row.beneficiary_id)}
    query = SearchQuery(
        today=now.date(),
        rome=(row.rome,),
        passport=await passports.owned(session, row.beneficiary_id),
        place=next((one.place.point for one in listed if one.place.point), None),
        objective=row.objective,
        filters=Filters(volunteers_only=True),
        page_size=MAX_PAGE_SIZE,
    )
    found: dict[int, SearchHit] = {}
    for radius, near in _TRIES:
        try:
            page = await search(session, engine, replace(query, radius_km=radius, near=near))
        except UnavailableError:
            break
        for hit in page.hits:
            if hit.card.company_id not in asked:
                found.setdefault(hit.card.company_id, hit)
        if len(found) >= MOST:
            break
    return tuple(found.values())[:MOST]
