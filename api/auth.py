"""Who makes a request, and whether the route they ask for is open to them.

Each route declares a `right`; a route without one is open to nobody. The session is a cookie that holds
a random token, kept as a hash: it is looked up once a request, only when there is one.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.cookies import SESSION_COOKIE
from api.deps import provide_now
from data.queries.sessions import actor_of
from domain.errors import NotFoundError, SignInError
from domain.roles import NOBODY, Actor, Right

_COOKIE = f"{SESSION_COOKIE}=".encode()
_TO_SIGN_IN = "Connectez-vous pour ouvrir cette page."
_NOT_YOURS = "Cette page n’existe pas, ou n’est pas ouverte à votre compte."


class ActorMiddleware(ASGIMiddleware):
    """Puts the request's `Actor` in its scope, as Litestar's `user`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the session up when the request carries one."""
        carried = any(name == b"cookie" and _COOKIE in value for name, value in scope["headers"])
        scope["user"] = await _read(scope) if carried else NOBODY
        await next_app(scope, receive, send)


async def _read(scope: Scope) -> Actor:
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    token = connection.cookies.get(SESSION_COOKIE, "")
    if not token:
        return NOBODY
    async with connection.app.state.reader() as session:
        return await actor_of(session, token, provide_now()) or NOBODY


def right_of(handler: BaseRouteHandler) -> Right:
    """The right a route declares; raises `ImproperlyConfiguredException` when it declares none."""
    right = handler.opt.get("right")
    if not isinstance(right, Right):
        raise ImproperlyConfiguredException(f"{handler} declares no right")
    return right


def entitled(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: raises `SignInError` for an unknown caller, `NotFoundError` for an account without the right."""
    if connection.scope.get("method") == "OPTIONS":
        return  # Litestar's own answer: which methods a path has, nothing of ours
    actor: Actor = connection.scope["user"]
    if actor.has(right_of(handler)):
        return
    if not actor.signed_in:
        raise SignInError(_TO_SIGN_IN)
    raise NotFoundError(_NOT_YOURS)
