"""ProConnect's client against a real local provider: what it proves, and all that proves nothing."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from clients.oidc import Flow, Identity, ProConnect, RefusedError, flow_of
from domain.errors import UnavailableError
from tests.clients.http_server import closed_port
from tests.clients.oidc_server import CLIENT, FAULTS, SECRET, Provider, provider

BACK = "http://escale.test/connexion/proconnect/retour"
FLOW = flow_of("k" * 32, "a-state")
TIMEOUT_S = 1.5


@pytest.fixture(scope="module")
def _started() -> Iterator[Provider]:
    with provider() as started:
        yield started


@pytest.fixture
def server(_started: Provider) -> Provider:
    """The provider, behaving again."""
    _started.kind, _started.fault, _started.error, _started.down, _started.slow_s = (
        "RS256",
        "",
        "",
        False,
        0.0,
    )
    return _started


@pytest.fixture
async def client(server: Provider) -> AsyncIterator[ProConnect]:
    one = ProConnect(server.url, CLIENT, SECRET, BACK, TIMEOUT_S)
    yield one
    await one.close()


async def code(client: ProConnect, flow: Flow = FLOW) -> str:
    """Follow the address as a browser does; the code that it brings back."""
    async with httpx.AsyncClient() as browser:
        sent = await browser.get(await client.authorize_url(flow))
    back = parse_qs(urlsplit(sent.headers["location"]).query)
    assert back["state"] == [flow.state]
    return back["code"][0]


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
async def test_a_person_is_identified(client: ProConnect, server: Provider, kind: str) -> None:
    server.kind = kind
    found = await client.identify(await code(client), FLOW)
    assert replace(found, id_token="") == Identity(
        subject="person-1",
        email="ana.petit@mission-locale.exemple.fr",
        first_name="Ana",
        last_name="Petit",
        siret="35600000000048",
        id_token="",
    )
    assert found.id_token.count(".") == len(["header", "claims"])


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_proves_nothing_is_refused(client: ProConnect, server: Provider, fault: str) -> None:
    asked = await code(client)
    server.fault = fault
    if fault == "userinfo_email":
        assert "@" not in (await client.identify(asked, FLOW)).email  # the use case refuses it
        return
    with pytest.raises(RefusedError, match="confirmé"):
        await client.identify(asked, FLOW)


async def test_a_code_serves_once_and_only_who_started(client: ProConnect) -> None:
    asked = await code(client)
    with pytest.raises(RefusedError):
        await client.identify(asked, flow_of("k" * 32, "another"))
    asked = await code(client)
    await client.identify(asked, FLOW)
    with pytest.raises(RefusedError):
        await client.identify(asked, FLOW)
    stolen = await code(client, flow_of("k" * 32, "a-thief"))
    with pytest.raises(RefusedError):
        await client.identify(stolen, replace(flow_of("k" * 32, "a-thief"), nonce=FLOW.nonce))


async def test_the_wrong_secret_is_refused(server: Provider) -> None:
    wrong = ProConnect(server.url, CLIENT, "wrong", BACK, TIMEOUT_S)
    with pytest.raises(RefusedError):
        await wrong.identify(await code(wrong), FLOW)
    await wrong.close()


async def test_the_description_is_read_once_and_new_keys_are_found(
    client: ProConnect, server: Provider
) -> None:
    server.asked.clear()
    await client.identify(await code(client), FLOW)
    await client.identify(await code(client), FLOW)
    assert server.asked.count("/.well-known/openid-configuration") == 1
    server.renew_keys()
    assert (await client.identify(await code(client), FLOW)).subject == "person-1"


async def test_a_provider_that_is_down_or_slow_is_said(client: ProConnect, server: Provider) -> None:
    asked = await code(client)
    server.down = True
    with pytest.raises(UnavailableError, match="lien par e-mail"):
        await client.identify(asked, FLOW)
    server.down, server.slow_s = False, TIMEOUT_S
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        await client.identify(asked, FLOW)
    assert time.monotonic() - began < TIMEOUT_S * 1.5
    gone = ProConnect(f"http://127.0.0.1:{await closed_port()}", CLIENT, SECRET, BACK, TIMEOUT_S)
    with pytest.raises(UnavailableError):
        await gone.authorize_url(FLOW)
    await gone.close()


async def test_an_issuer_that_is_another_is_not_believed(server: Provider) -> None:
    other = ProConnect(server.url.replace("127.0.0.1", "localhost"), CLIENT, SECRET, BACK, TIMEOUT_S)
    with pytest.raises(UnavailableError):
        await other.authorize_url(FLOW)
    await other.close()


async def test_the_logout_names_the_session(client: ProConnect) -> None:
    address = urlsplit(await client.logout_url("an-id-token", "a-state", "http://escale.test/"))
    assert address.path == "/end_session"
    assert parse_qs(address.query) == {
        "id_token_hint": ["an-id-token"],
        "state": ["a-state"],
        "post_logout_redirect_uri": ["http://escale.test/"],
    }


def test_nonce_and_verifier_are_ours_alone() -> None:
    assert flow_of("k" * 32, "a-state") == FLOW
    others = (flow_of("k" * 32, "b-state"), flow_of("l" * 32, "a-state"))
    assert (
        len({FLOW.nonce, FLOW.verifier, *(one.nonce for one in others), *(one.verifier for one in others)})
        == 6
    )
