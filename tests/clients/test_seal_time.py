"""The time of a seal is an authority's when one answers as it should; otherwise the seal says it has none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import tsp

from clients import seal_timestamp
from clients.seal import DocumentSeal
from clients.seal_keys import TimeSource, new_seal_key
from domain.seal import SealFault
from tests.clients.http_server import closed_port
from tests.clients.pages import NOW, page
from tests.clients.raw_server import Asked, Reply, serve_bytes
from tests.clients.time_server import ANSWERED, Authority

LATER = NOW + timedelta(minutes=3)
KEY = new_seal_key("Cachet de test", NOW, 1)
AUTHORITY = Authority(LATER)


@pytest.fixture(scope="module")
async def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return await page(tmp_path_factory.mktemp("pdf"))


def seal_at(address: str, authority: Authority = AUTHORITY) -> DocumentSeal:
    return DocumentSeal(KEY, time=TimeSource(f"http://{address}/tsr", (authority.certificate,)))


async def test_the_authoritys_time(pdf: bytes) -> None:
    AUTHORITY.asked.clear()
    async with serve_bytes(AUTHORITY.answer) as address:
        sealed = await seal_at(address).seal(pdf, NOW)
    assert len(AUTHORITY.asked) == 1
    assert (sealed.timestamped, sealed.without_time) == (True, "")
    seen = await seal_at("nowhere.invalid").verify(sealed.whole)
    assert (seen.valid, seen.timestamped, seen.signed_at) == (True, True, LATER)
    unknown = await DocumentSeal(KEY).verify(sealed.whole)  # valid, its time is only said
    assert (unknown.valid, unknown.timestamped, unknown.signed_at) == (True, False, NOW)


async def test_a_token_changed_afterwards_is_a_change(pdf: bytes) -> None:
    """The token is in the one part of the file that the seal does not cover."""
    async with serve_bytes(AUTHORITY.answer) as address:
        sealed = await seal_at(address).seal(pdf, NOW)
    start = sealed.whole.index(b"/Contents <")
    last = sealed.whole.index(b"00" * 100, start) - 20  # in the authority's signature
    digit = b"0" if sealed.whole[last : last + 1] != b"0" else b"1"
    seen = await seal_at("nowhere.invalid").verify(sealed.whole[:last] + digit + sealed.whole[last + 1 :])
    assert seen.fault is SealFault.CHANGED
    assert not seen.timestamped


def refused(_: Asked) -> Reply:
    return Reply(503)


def another_type(_: Asked) -> Reply:
    return Reply(body=b"<html>", headers={"Content-Type": "text/html"})


def nonsense(_: Asked) -> Reply:
    return Reply(body=b"\x30\x82no", headers={"Content-Type": ANSWERED})


def endless(_: Asked) -> Reply:
    return Reply(body=bytes(seal_timestamp.TOKEN_BYTES + 1), headers={"Content-Type": ANSWERED})


def of_another_request(asked: Asked) -> Reply:
    """A replayed answer: its nonce is another's."""
    request = tsp.TimeStampReq.load(asked.body)
    request["nonce"] = 7
    return AUTHORITY.answer(replace(asked, body=request.dump(force=True)))


def of_another_document(asked: Asked) -> Reply:
    request = tsp.TimeStampReq.load(asked.body)
    request["message_imprint"]["hashed_message"] = bytes(32)
    return AUTHORITY.answer(replace(asked, body=request.dump(force=True)))


@pytest.mark.parametrize(
    "answer", [refused, another_type, nonsense, endless, of_another_request, of_another_document]
)
async def test_an_authority_that_fails_does_not_prevent_the_seal(
    pdf: bytes, answer: Callable[[Asked], Reply]
) -> None:
    async with serve_bytes(answer) as address:
        sealed = await seal_at(address).seal(pdf, NOW)
    assert not sealed.timestamped
    assert sealed.without_time
    seen = await DocumentSeal(KEY).verify(sealed.whole)
    assert (seen.valid, seen.timestamped, seen.signed_at) == (True, False, NOW)


async def test_nobody_there_or_too_slow(pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_timestamp, "_WITHIN_S", 0.3)
    assert (await seal_at(f"127.0.0.1:{await closed_port()}").seal(pdf, NOW)).without_time
    async with serve_bytes(lambda asked: Reply(200, AUTHORITY.answer(asked).body, after_s=2)) as address:
        assert "TimeoutError" in (await seal_at(address).seal(pdf, NOW)).without_time


async def test_a_time_of_somebody_else_is_not_kept(pdf: bytes) -> None:
    stranger = Authority(LATER, "Autorité inconnue")
    async with serve_bytes(stranger.answer) as address:
        sealed = await seal_at(address).seal(pdf, NOW)
    assert not sealed.timestamped
    assert "TIMESTAMP_TRUSTED" in sealed.without_time
    assert len(sealed.tail) < 10_000


async def test_the_authoritys_certificate_may_expire_the_time_does_not(pdf: bytes) -> None:
    then = datetime(2016, 5, 4, 12, tzinfo=UTC)
    authority, key = Authority(then), new_seal_key("Cachet ancien", then, 1)
    async with serve_bytes(authority.answer) as address:
        time = TimeSource(f"http://{address}", (authority.certificate,))
        sealed = await DocumentSeal(key, time=time).seal(pdf, then)
    assert (sealed.timestamped, sealed.without_time) == (True, "")
    seen = await DocumentSeal(key, time=time).verify(sealed.whole)
    assert (seen.timestamped, seen.signed_at) == (True, then)
