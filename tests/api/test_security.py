"""Headers, same-origin forms, and whose address is counted."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.security import HSTS, caller_address, same_origin, security_headers
from domain.errors import ForbiddenError
from settings import Settings


def request(method: str, **headers: str) -> Any:  # noqa: ANN401 - a stand-in for a connection
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return cast("Any", SimpleNamespace(scope={"method": method}, headers=named))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "https://escale.example", "host": "escale.example"},
        {},
    ],
)
def test_a_form_of_the_site_is_accepted(headers: dict[str, str]) -> None:
    same_origin(request("POST", **headers), cast("Any", None))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "https://escale.example", "host": "escale.example"},
        {"origin": "https://evil.example", "host": "escale.example"},
        {"origin": "null", "host": "escale.example"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_form_of_another_site_is_refused(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(ForbiddenError, match="page du service"):
        same_origin(request(method, **headers), cast("Any", None))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_from_another_site_is_accepted(method: str) -> None:
    same_origin(request(method, sec_fetch_site="cross-site"), cast("Any", None))


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("203.0.113.9", "", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.3", "10.0.0.0/8", "198.51.100.1"),
        ("203.0.113.9", "198.51.100.1", "10.0.0.0/8", "203.0.113.9"),
        ("::1", "2001:db8::1", "::1/128, 10.0.0.0/8", "2001:db8::1"),
        ("10.0.0.2", "", "10.0.0.0/8", "10.0.0.2"),
    ],
)
def test_only_a_trusted_proxy_says_who_calls(peer: str, forwarded: str, trusted: str, expected: str) -> None:
    assert caller_address(peer, forwarded, trusted) == expected


def test_nothing_inline_and_no_framing() -> None:
    policy = security_headers(Settings())["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_tiles_are_the_only_other_host() -> None:
    settings = Settings(tiles_url="https://{s}.tiles.example/{z}/{x}/{y}.png")
    assert (
        "img-src 'self' data: https://tiles.example" in security_headers(settings)["Content-Security-Policy"]
    )


def test_hsts_only_behind_tls() -> None:
    assert "Strict-Transport-Security" not in security_headers(Settings())
    assert security_headers(Settings(behind_tls=True))["Strict-Transport-Security"] == HSTS
