"""Every route called by every kind of account: generated from the routes, so that none is forgotten."""

import asyncio
from collections.abc import Iterator
from itertools import product
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from api.app import create_app
from api.auth import right_of
from api.cookies import SESSION_COOKIE
from data.session import create_engine, create_maker
from domain.roles import Right
from settings import Settings
from tests.api.callers import CALLERS, add_callers, token_of
from tests.conftest import in_thread

UNDECLARED = ("/static", "/schema", "/favicon.ico")
"""Files and the API's description: no handler of ours, open to everyone."""
FILLED = {"siret": "99900000100017", "int": "999999", "uuid": "00000000-0000-4000-8000-000000000000"}
WHOLE = create_app(Settings(environment="test", mailbox_path="/nowhere"))


def routes(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith(UNDECLARED):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    yield method, route.path, handler


ROUTES = list(routes(WHOLE))


def test_every_route_declares_a_right() -> None:
    assert len(ROUTES) > 40
    for _, _, handler in ROUTES:
        assert right_of(handler) in Right


def filled(app: Litestar, path: str) -> str:
    route = next(one for one in app.routes if one.path == path)
    parts = []
    for part in cast("Any", route).path_components:
        if isinstance(part, str):
            parts.append(part)
        else:
            kind = part.type.__name__.lower()
            parts.append(FILLED.get(part.name, FILLED.get(kind, "inconnu" * 6)))
    return "/" + "/".join(parts)


@pytest.fixture(scope="module")
def callers(starter_database: str) -> None:
    async def write() -> None:
        engine = create_engine(starter_database, 1)
        async with create_maker(engine)() as session, session.begin():
            await add_callers(session)
        await engine.dispose()

    in_thread(lambda: asyncio.run(write()))


def sent_to_sign_in(answer: httpx.Response) -> bool:
    to_page = answer.status_code == httpx.codes.SEE_OTHER
    return to_page and answer.headers["location"].startswith("/connexion?")


@pytest.mark.usefixtures("callers")
@pytest.mark.parametrize("caller", sorted(CALLERS))
async def test_each_route_is_open_to_those_it_says(client: httpx.AsyncClient, caller: str) -> None:
    app = WHOLE
    wrong = []
    for method, path, handler in ROUTES:
        if "boite-aux-lettres" in path:
            continue  # the application under test has no mailbox
        cookies = {} if caller == "nobody" else {SESSION_COOKIE: token_of(caller)}
        if "deconnexion" in path:
            continue  # would end the caller's session
        client.cookies.clear()
        client.cookies.update(cookies)
        answer = await client.request(method, filled(app, path))
        right = right_of(handler)
        if right in CALLERS[caller]:
            refused = sent_to_sign_in(answer) or answer.status_code == httpx.codes.UNAUTHORIZED
        elif caller == "nobody":
            expected = httpx.codes.UNAUTHORIZED if path.startswith("/api/") else httpx.codes.SEE_OTHER
            refused = answer.status_code != expected
        else:
            refused = answer.status_code != httpx.codes.NOT_FOUND
        if refused or answer.is_server_error:
            wrong.append((method, path, right.value, answer.status_code))
    assert not wrong


@pytest.mark.usefixtures("callers")
async def test_a_number_that_no_row_can_have_is_not_found(client: httpx.AsyncClient) -> None:
    wrong = []
    numbered = [one for one in ROUTES if ":int" in one[1]]
    for (method, path, handler), number in product(numbered, (1 << 63, -(1 << 63) - 1, 10**25)):
        caller = next(name for name in CALLERS if right_of(handler) in CALLERS[name])
        client.cookies.clear()
        client.cookies.update({} if caller == "nobody" else {SESSION_COOKIE: token_of(caller)})
        address = filled(WHOLE, path).replace(FILLED["int"], str(number))
        answer = await client.request(method, address)
        if answer.status_code != httpx.codes.NOT_FOUND:
            wrong.append((method, address, answer.status_code))
    assert numbered
    assert not wrong
