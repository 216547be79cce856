"""`/api/v1/search`: companies at their places, ranked, each with its reasons."""

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody

from api.cookies import passport_key
from api.deps import Searching, SearchingDep
from api.openapi import problems
from api.routes.search_answer import SearchAnswer, to_answer
from api.routes.search_query import ApiRequest, PassportCookie, SearchBody, provide_search_body, to_query
from data.queries.passports import PassportKey
from domain.roles import Right
from services.search import search


async def _answer(searching: Searching, asked: SearchBody, held: PassportKey) -> SearchAnswer:
    query = to_query(asked, searching.now, held)
    async with searching.transaction() as session:
        return to_answer(await search(session, searching.engine, query))


@get(
    "/search",
    right=Right.ANYONE,
    dependencies={"asked": Provide(provide_search_body, sync_to_thread=False)},
    responses=problems(),
    summary="Chercher, par adresse",
)
async def search_by_url(
    searching: SearchingDep,
    asked: NamedDependency[SearchBody],
    request: ApiRequest,
    passport: PassportCookie = None,
) -> SearchAnswer:
    """Companies ranked for skills, occupations and a place; a shareable URL, never a passport's id in it."""
    return await _answer(searching, asked, passport_key(request.user, passport))


@post("/search", right=Right.ANYONE, status_code=200, responses=problems(413), summary="Chercher")
async def search_by_body(
    searching: SearchingDep,
    data: JSONBody[SearchBody],
    request: ApiRequest,
    passport: PassportCookie = None,
) -> SearchAnswer:
    """The same by body, with a passport's id if there is one."""
    return await _answer(searching, data, passport_key(request.user, passport))
