"""Is the service able to answer? For load balancers, the demo and people who wonder."""

from typing import Annotated, Literal

import msgspec
from litestar import get

from api.deps import CountersDep, SearchingDep
from api.openapi import problems, shown
from data.queries.health import ping
from domain.errors import UnavailableError
from domain.roles import Right

CATCHING_UP = "La recherche relit ce qui a changé. Réessayez dans un instant."


class Health(msgspec.Struct):
    """`ok` once search answers; the counters may be away, search goes on without them."""

    status: Literal["ok"]
    companies: Annotated[int, shown(300)]
    offers: Annotated[int, shown(637)]
    referential: Annotated[str, shown("460")]
    """Version of the ROME in use: `starter`, or a number such as `460`."""
    counters: Literal["ok", "away"]


@get("/health", right=Right.ANYONE, responses=problems(), summary="État du service")
async def health(searching: SearchingDep, counters: CountersDep) -> Health:
    """200 once PostgreSQL and the search engine answer, else 503 with Retry-After."""
    async with searching.transaction() as session:
        await ping(session)
    search = searching.engine
    if search.away:
        raise UnavailableError(CATCHING_UP, retry_after_s=1)
    return Health(
        status="ok",
        companies=search.companies,
        offers=search.offers,
        referential=search.rome_version,
        counters="ok" if await counters.ping() else "away",
    )
