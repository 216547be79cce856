"""ProConnect, the State's sign-in for professionals: OpenID Connect, authorization code with PKCE.

What ProConnect tells is believed only when its signature, issuer, audience, date and nonce are right: the
ID token, and the person's details, which it sends as a signed JWT. Algorithms are those it announces,
among the asymmetric ones: `none`, and keys shared with us, are never accepted.
Source: partenaires.proconnect.gouv.fr/docs/fournisseur-service, read on 2026-11-21; OpenID Connect
Core 1.0, sections 3.1.3.7 and 5.3.2; RP-Initiated Logout 1.0.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from domain.errors import DomainError, UnavailableError

SCOPE = "openid email given_name usual_name uid siret"
_SAFE_ALGORITHMS = ("RS256", "ES256", "PS256")
_CACHED_S = 3600.0
_LEEWAY_S = 30
"""Clocks of two servers differ by some seconds."""
_DOWN = "ProConnect ne répond pas pour le moment. Recevez plutôt un lien par e-mail."
_REFUSED = "ProConnect n’a pas confirmé votre identité. Recommencez, ou recevez un lien par e-mail."
_BAD_STATUS = 500


class RefusedError(DomainError):
    """What came back proves nothing: refused by the person, too old, or not from ProConnect."""

    code = "proconnect_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(_REFUSED)
        self.reason = reason
        """In English, without personal data, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who ProConnect says the person is; `email` is in lower case, what it does not tell is empty."""

    subject: str
    email: str
    first_name: str
    last_name: str
    siret: str
    id_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sign-in under way: what leaves in addresses (`state`), what stays here."""

    state: str
    nonce: str
    verifier: str


@dataclass(slots=True)
class _Cached:
    metadata: dict[str, Any]
    keys: KeySet
    until: float


class ProConnect:
    """The provider's client, one for a process; `timeout_s` bounds each exchange as a whole.

    `issuer` is its address, under which it describes itself; `back_url` where people come back.
    """

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, back_url: str, timeout_s: float = 5.0
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._id, self._secret, self._back = client_id, client_secret, back_url
        self._timeout_s = timeout_s
        self._cached: _Cached | None = None
        self._client = httpx.AsyncClient(timeout=timeout_s, follow_redirects=False)

    async def authorize_url(self, flow: Flow) -> str:
        """Where the browser is sent; raises `UnavailableError`."""
        known = await self._known()
        address: str = prepare_grant_uri(
            known.metadata["authorization_endpoint"],
            client_id=self._id,
            response_type="code",
            redirect_uri=self._back,
            scope=SCOPE,
            state=flow.state,
            nonce=flow.nonce,
            acr_values="eidas1",
            code_challenge=create_s256_code_challenge(flow.verifier),
            code_challenge_method="S256",
        )
        return address

    async def identify(self, code: str, flow: Flow) -> Identity:
        """Who came back with that code; raises `RefusedError` or `UnavailableError`."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._identify(code, flow)
        except (httpx.HTTPError, TimeoutError) as error:
            raise UnavailableError(_DOWN) from error
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise RefusedError(type(error).__name__) from error

    async def logout_url(self, id_token: str, state: str, back_url: str) -> str:
        """Where the browser ends the person's ProConnect session; raises `UnavailableError`."""
        known = await self._known()
        asked = {"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back_url}
        return f"{known.metadata['end_session_endpoint']}?{urlencode(asked)}"

    async def _identify(self, code: str, flow: Flow) -> Identity:
        known = await self._known()
        tokens = await self._exchange(known.metadata["token_endpoint"], code, flow.verifier)
        claims = await self._checked(tokens["id_token"], "id_token_signing_alg_values_supported", flow.nonce)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = await self._client.get(known.metadata["userinfo_endpoint"], headers=headers)
        _require_ok(answer)
        if not answer.headers.get("content-type", "").startswith("application/jwt"):
            raise RefusedError("the person's details are not signed")
        person = await self._checked(answer.text.strip(), "userinfo_signing_alg_values_supported")
        if person["sub"] != claims["sub"]:
            raise RefusedError("the person's details are another's")
        return Identity(
            subject=str(claims["sub"]),
            email=str(person["email"]).lower(),
            first_name=str(person.get("given_name") or ""),
            last_name=str(person.get("usual_name") or ""),
            siret=str(person.get("siret") or ""),
            id_token=str(tokens["id_token"]),
        )

    async def _exchange(self, endpoint: str, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._id,
            "client_secret": self._secret,
            "code_verifier": verifier,
        }
        answer = await self._client.post(endpoint, data=form)
        _require_ok(answer)
        return _object(answer)

    async def _checked(self, token: str, announced: str, nonce: str | None = None) -> dict[str, Any]:
        """The claims of a token that ProConnect signed for us, now (for this flow when `nonce` is given)."""
        known = await self._known()
        supported = known.metadata.get(announced) or ["RS256"]
        algorithms = [one for one in _SAFE_ALGORITHMS if one in supported]
        try:
            claims = jwt.decode(token, known.keys, algorithms=algorithms).claims
        except (JoseError, ValueError):
            # Keys may have been renewed since they were read: once more with those of now.
            claims = jwt.decode(token, (await self._known(fresh=True)).keys, algorithms=algorithms).claims
        asked: dict[str, Any] = {
            "iss": {"essential": True, "value": known.metadata["issuer"]},
            "aud": {"essential": True, "value": self._id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        if nonce is not None:
            asked["nonce"] = {"essential": True, "value": nonce}
        JWTClaimsRegistry(leeway=_LEEWAY_S, **asked).validate(claims)
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._id:
            raise RefusedError("the token is for several, and not ours")
        return claims

    async def _known(self, *, fresh: bool = False) -> _Cached:
        """ProConnect's description and keys, read once an hour."""
        now = time.monotonic()
        if self._cached is None or fresh or self._cached.until < now:
            try:
                async with asyncio.timeout(self._timeout_s):
                    self._cached = await self._read(now)
            except (httpx.HTTPError, TimeoutError, JoseError, ValueError, KeyError, TypeError) as error:
                raise UnavailableError(_DOWN) from error
        return self._cached

    async def _read(self, now: float) -> _Cached:
        answer = await self._client.get(f"{self._issuer}/.well-known/openid-configuration")
        answer.raise_for_status()
        metadata = _object(answer)
        if str(metadata["issuer"]).rstrip("/") != self._issuer:
            raise ValueError("another issuer")
        for name in ("authorization", "token", "userinfo", "end_session"):
            if not str(metadata[f"{name}_endpoint"]).startswith(("https://", self._issuer)):
                raise ValueError(f"{name}: not over TLS")
        keys = await self._client.get(str(metadata["jwks_uri"]))
        keys.raise_for_status()
        return _Cached(metadata, KeySet.import_key_set(_key_set(keys)), now + _CACHED_S)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def flow_of(secret_key: str, state: str) -> Flow:
    """The sign-in that a state names: its nonce and verifier are computed, only we can."""

    def derived(what: str) -> str:
        return hmac.new(secret_key.encode(), f"oidc:{what}:{state}".encode(), hashlib.sha256).hexdigest()

    return Flow(state=state, nonce=derived("nonce"), verifier=derived("verifier"))


def _require_ok(answer: httpx.Response) -> None:
    """A refusal proves nothing; a failure of the provider is not the person's."""
    if answer.status_code >= _BAD_STATUS:
        answer.raise_for_status()
    if not answer.is_success:
        raise RefusedError(f"HTTP {answer.status_code}")


def _object(answer: httpx.Response) -> dict[str, Any]:
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - bad data, not a bad call
    return found


def _key_set(answer: httpx.Response) -> Any:  # noqa: ANN401 - the library's own shape
    """Its keys for signatures of a kind that we accept."""
    found: Mapping[str, Any] = _object(answer)
    return {"keys": [one for one in found["keys"] if one.get("kty") in {"RSA", "EC"}]}
