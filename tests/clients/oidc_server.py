"""A provider of the ProConnect kind on a local port: it signs, checks what it is told, and can misbehave.

RS256 and ES256 keys, discovery, authorize, token (client secret, PKCE, a code serves once), signed
userinfo, logout. What it does wrong is asked by `fault`.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "escale", "a-secret-between-us"
KINDS = ("RS256", "ES256")
PERSON = {
    "sub": "person-1",
    "email": "Ana.Petit@mission-locale.exemple.fr",
    "given_name": "Ana",
    "usual_name": "Petit",
    "uid": "person-1",
    "siret": "35600000000048",
}
FAULTS = (
    *("nonce", "audience", "several", "issuer", "expired", "signature", "none", "shared_key", "no_sub"),
    *("userinfo_json", "userinfo_other", "userinfo_signature", "userinfo_audience", "userinfo_email"),
    *("token_refused", "userinfo_refused", "token_not_json"),
)
"""What proves nothing: each must be refused."""


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _key(kind: str) -> RSAKey | ECKey:
    named: Any = {"kid": f"{kind}-{secrets.token_hex(4)}", "use": "sig", "alg": kind}
    return RSAKey.generate_key(2048, named) if kind == "RS256" else ECKey.generate_key("P-256", named)


@dataclass(slots=True)
class Provider:
    """The provider's state; `fault` names what it does wrong, `error` what it refuses at the door."""

    url: str = ""
    kind: str = "RS256"
    fault: str = ""
    error: str = ""
    down: bool = False
    slow_s: float = 0.0
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    keys: dict[str, RSAKey | ECKey] = field(default_factory=lambda: {one: _key(one) for one in KINDS})
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    logouts: list[dict[str, str]] = field(default_factory=list)

    def renew_keys(self) -> None:
        """New keys under new names, as a provider does from time to time."""
        self.keys = {kind: _key(kind) for kind in self.keys}

    def discovery(self) -> dict[str, Any]:
        names = ("authorization", "token", "userinfo", "end_session")
        return {
            "issuer": self.url,
            **{f"{name}_endpoint": f"{self.url}/{name}" for name in names},
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            "userinfo_signing_alg_values_supported": ["RS256", "ES256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back, as if the person had signed in."""
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email", "siret"} <= set(asked["scope"].split())
        if self.error:
            return f"{asked['redirect_uri']}?{urlencode({'error': self.error, 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, Any]:
        """Tokens for a code, once, for who started it."""
        asked = self.codes.pop(form["code"], None)
        challenge = _base64(hashlib.sha256(form["code_verifier"].encode()).digest())
        proved = (
            asked is not None
            and (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
            and form["redirect_uri"] == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if not proved or asked is None or self.fault == "token_refused":
            return 400, {"error": "invalid_grant"}
        if self.fault == "token_not_json":
            return 200, b"<html>"
        access = secrets.token_urlsafe(16)
        self.tokens.add(access)
        id_token = self._id_token(asked["nonce"])
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": id_token}

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url if self.fault != "issuer" else "https://ailleurs.example",
            "aud": {"audience": "another", "several": [CLIENT, "another"]}.get(self.fault, CLIENT),
            "sub": self.person["sub"],
            "nonce": nonce if self.fault != "nonce" else "another",
            "iat": now,
            "exp": now + 60 if self.fault != "expired" else now - 3600,
        }
        if self.fault == "no_sub":
            del claims["sub"]
        if self.fault in {"none", "shared_key"}:
            return self._unsigned(claims)
        return self._signed(claims, self.fault == "signature")

    def _unsigned(self, claims: dict[str, Any]) -> str:
        """A token of the algorithms that we must not accept: none, or one keyed by our own secret."""
        header = {"alg": "none" if self.fault == "none" else "HS256"}
        signed = ".".join(_base64(json.dumps(one).encode()) for one in (header, claims))
        if self.fault == "none":
            return f"{signed}."
        return f"{signed}.{_base64(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest())}"

    def _signed(self, claims: dict[str, Any], badly: bool) -> str:
        key = self.keys[self.kind]
        signing = _key(self.kind) if badly else key
        return jwt.encode({"alg": self.kind, "kid": key.kid}, claims, signing)

    def userinfo(self, authorization: str) -> tuple[int, str, bytes]:
        if authorization.removeprefix("Bearer ") not in self.tokens or self.fault == "userinfo_refused":
            return 401, "application/json", b"{}"
        person = dict(self.person)
        if self.fault == "userinfo_other":
            person["sub"] = "somebody-else"
        if self.fault == "userinfo_email":
            person["email"] = "no address"
        if self.fault == "userinfo_json":
            return 200, "application/json", json.dumps(person).encode()
        audience = "another" if self.fault == "userinfo_audience" else CLIENT
        claims = {"iss": self.url, "aud": audience, "exp": int(time.time()) + 60, **person}
        return 200, "application/jwt", self._signed(claims, self.fault == "userinfo_signature").encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: Provider


class _Handler(BaseHTTPRequestHandler):
    """One request; the provider is the server's."""

    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, kind: str, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def _json(self, status: int, value: object) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._answer(status, "application/json", body)

    def _met(self) -> tuple[str, dict[str, str]]:
        parts, state = urlsplit(self.path), self.server.state
        state.asked.append(parts.path)
        time.sleep(state.slow_s)
        path = "/down" if state.down else parts.path
        return path, {name: values[0] for name, values in parse_qs(parts.query).items()}

    def do_GET(self) -> None:
        path, asked = self._met()
        state = self.server.state
        match path:
            case "/.well-known/openid-configuration":
                self._json(200, state.discovery())
            case "/jwks":
                self._json(200, {"keys": [key.as_dict(private=False) for key in state.keys.values()]})
            case "/authorization":
                self._answer(302, "text/plain", b"", state.authorize(asked))
            case "/userinfo":
                self._answer(*state.userinfo(self.headers.get("Authorization", "")))
            case "/end_session":
                state.logouts.append(asked)
                back = f"{asked['post_logout_redirect_uri']}?{urlencode({'state': asked['state']})}"
                self._answer(302, "text/plain", b"", back)
            case _:
                self._json(503, {})

    def do_POST(self) -> None:
        path, _ = self._met()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._json(*(self.server.state.token(form) if path == "/token" else (503, {})))


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers while the block runs."""
    state = Provider()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.state = state
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
