"""What every answer carries and what no request may do: headers, same-origin forms, the caller's address."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Message, Scope

from domain.errors import ForbiddenError
from domain.roles import NOBODY
from settings import Settings

HSTS = "max-age=31536000; includeSubDomains"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FORM_REFUSED = (
    "Cette demande ne vient pas d’une page du service. "
    "Rouvrez la page du formulaire, puis envoyez-le de nouveau."
)


def security_headers(settings: Settings) -> dict[str, str]:
    """The headers of every answer: no inline script or style, no framing, no address given away."""
    tiles = urlsplit(settings.tiles_url.replace("{s}.", ""))
    images = f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""
    policy = {
        "default-src": "'self'",
        "img-src": f"'self' data:{images}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), payment=(), geolocation=(self)",
    }
    if settings.behind_tls:
        headers["Strict-Transport-Security"] = HSTS
    return headers


def _allowed(scope: Scope) -> str:
    """The methods of a path: Litestar's own answer forgets those declared after the first."""
    routes = (route for route in scope["litestar_app"].routes if route.path_format == scope["path_template"])
    methods = {str(method) for route in routes for method in getattr(route, "methods", ())}
    return ", ".join(sorted(methods))


def headers_hook(settings: Settings) -> Callable[[Message, Scope], Any]:
    """A `before_send` hook that adds the security headers a route has not set itself."""
    fixed = [(name.lower().encode(), value.encode()) for name, value in security_headers(settings).items()]

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        if scope.get("user", NOBODY).signed_in:  # no shared computer keeps what an account was shown
            MutableScopeHeaders.from_message(message).setdefault("Cache-Control", "no-store")
        if message["status"] == HTTPStatus.NO_CONTENT and dict(scope).get("method") == "OPTIONS":
            MutableScopeHeaders.from_message(message)["Allow"] = _allowed(scope)
        own = {name for name, _ in message["headers"]}
        message["headers"] = [*message["headers"], *(one for one in fixed if one[0] not in own)]

    return add_headers


def http_method(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The method of a request; a websocket, which opens with a GET, has none of its own."""
    return str(dict(connection.scope).get("method", "GET"))


def same_origin(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: refuse a state-changing request that a page of another site made the browser send.

    Browsers say where a request comes from (`Sec-Fetch-Site`, else `Origin`) and a page cannot
    forge it; a client that is no browser sends neither and carries no cookie worth stealing.
    """
    if http_method(connection) in _SAFE_METHODS:
        return
    site = connection.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return
    origin = connection.headers.get("origin")
    if site is None and (origin is None or urlsplit(origin).netloc == connection.headers.get("host", "")):
        return
    raise ForbiddenError(_FORM_REFUSED)


@lru_cache(maxsize=8)
def _networks(trusted: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(
        ipaddress.ip_network(part.strip(), strict=False) for part in trusted.split(",") if part.strip()
    )


def caller_address(peer: str, forwarded_for: str, trusted_proxies: str) -> str:
    """The caller's address: the last one of `X-Forwarded-For` that is not a trusted proxy's.

    The header is believed only when the peer itself is a trusted proxy; otherwise anyone could
    choose the address that counters count.
    """
    networks = _networks(trusted_proxies)
    hops = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    address = peer
    while hops and _is_within(address, networks):
        address = hops.pop()
    return address


def _is_within(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
