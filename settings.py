"""The settings of every process, read once from the environment by a door and handed down.

This is the only module that reads `os.environ`. Every value has a default that works for a
developer; `production` is said explicitly, and then the values that guard people are demanded.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
_DEVELOPMENT_KEY = "development-only-secret-key-32-bytes-long"


class SettingsError(ValueError):
    """A setting is missing or cannot be read; the message names the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per environment variable of the same name in capitals (`port` is `PORT`)."""

    environment: str = "development"
    """`development`, `test`, `demo` or `production`."""
    port: int = 8000
    public_url: str = "http://localhost:8000"
    """Base of every link sent by mail, without a final slash."""
    database_url: str = ""
    """`postgresql://…`; empty means that `ops` starts the embedded server."""
    database_pool: int = 10
    """Connections a process may hold."""
    valkey_url: str = ""
    """`redis://…` or `unix://…`; empty means that `ops` starts the embedded server."""
    secret_key: str = _DEVELOPMENT_KEY
    """At least 32 characters: signs the CSRF cookie and hashes what counters count."""
    chain_keys: str = ""
    """Keys that chain the stories of conventions, between commas (`escale keys new` makes one): the first
    seals, none is ever taken away. Empty: one made from `secret_key`, for developers."""
    encryption_keys: str = ""
    """Keys of what is encrypted at rest, between commas (`escale keys new` makes one): the first
    encrypts, all decrypt. Demanded in production; elsewhere one is derived from `secret_key`."""
    seal_pem: str = ""
    """Key and certificate that seal documents (`escale keys seal` makes them), in PEM, or the path of their
    file. Production demands this or the next; elsewhere one without value is derived from `secret_key`."""
    seal_pkcs12: str = ""
    """Path of a PKCS#12 file instead, for a qualified certificate."""
    seal_pkcs12_password: str = ""
    seal_former: str = ""
    """Certificates that sealed before, in PEM or the path of their file: what they sealed still verifies."""
    timestamp_url: str = ""
    """Authority that vouches for the time of seals (RFC 3161); empty: the service's clock says it."""
    timestamp_trusted: str = ""
    """Certificates of that authority, in PEM or the path of their file; comes with it."""
    storage_url: str = (ROOT / ".escale" / "documents").as_uri()
    """Where documents are kept: `file:///folder`, or
    `s3://key:secret@host[:port]/bucket[/prefix][?region=…][&tls=0]`, its parts percent-encoded."""
    trusted_proxies: str = ""
    """Comma-separated networks whose `X-Forwarded-For` and `-Proto` are believed."""
    behind_tls: bool = False
    """Cookies are Secure and HSTS is sent."""
    smtp_url: str = "smtp://localhost:1025"
    """`smtp://[user:password@]host:port` or `smtps://…`."""
    mail_from: str = "Escale <ne-pas-repondre@escale.example>"
    mail_reply_to: str = ""
    mail_allow: str = ""
    """Outside production: addresses, domains and mobile numbers (+33…) that may be written to, between
    commas; `*` is everybody. What is not allowed is kept back, and `escale outbox list` counts it."""
    sms_url: str = "https://api.brevo.com/v3"
    sms_api_key: str = ""
    """Brevo's API key; empty: a text message is refused, and shown to the operator."""
    sms_sender: str = "Escale"
    """Eleven letters and digits at most."""
    bounce_secret: str = ""
    """What the mail provider must say (`Authorization: Bearer …`) to report bounces; empty: refused."""
    relay_domain: str = ""
    """Domain of the addresses by which the two sides of a request answer by mail; empty: they answer on
    the page."""
    relay_listen: str = "lmtp://127.0.0.1:8024"
    """Where `escale relay` takes these answers from the mail server: `lmtp://…` or `smtp://host:port`."""
    relay_authserv: str = ""
    """Name under which that server writes `Authentication-Results`; what it found forged is dropped."""
    inbound_secret: str = ""
    """What the mail provider must say, or sign with, to hand over an answer; empty: refused."""
    webhooks_per_minute: int = 600
    """Reports that one address (IP) may send in a minute."""
    operator_email: str = ""
    """Who is told of the work that was given up, at most once an hour."""
    mailbox_path: str = ""
    """Folder of the demo's mail sink; its page is mounted only when this is set, never in production."""
    proconnect_url: str = ""
    """Address (issuer) of ProConnect; empty: people sign in by mail only. The next two come with it."""
    proconnect_client_id: str = ""
    proconnect_client_secret: str = ""
    sirene_url: str = "https://recherche-entreprises.api.gouv.fr"
    sirene_timeout_s: float = 2.0
    geocoding_url: str = "https://data.geopf.fr/geocodage"
    tiles_url: str = ""
    """Map tiles, `https://…/{z}/{x}/{y}.png`; empty: the map shows points and rings only."""
    tiles_attribution: str = ""
    escale_reference: str = ""
    """Folder holding `rome/`, `geo/`, `naf/` as published; empty: the starter data."""
    publisher: str = ""
    """Who publishes the site, with its postal address: shown on the legal pages, like the next three."""
    publication_director: str = ""
    publisher_contact: str = ""
    hosting: str = ""
    """Name, address and telephone of who hosts the site."""
    registrations_per_hour: int = 60
    """Registrations one address (IP) may start in an hour: a network may register its members."""
    mails_per_hour: int = 5
    """Links by mail that one company's address may be sent in an hour."""
    passports_per_hour: int = 300
    """Passports one address (IP) may make in an hour: a whole training room behind one address."""
    names_per_link_per_hour: int = 5
    """Names tried in an hour to take over a file with the link that was sent."""
    exports_per_hour: int = 20
    """Copies of everything held about them that one account may make in an hour: each is typeset."""
    drafts_per_ip_per_hour: int = 300
    """Requests begun, and CVs added, from one address (IP) in an hour: a whole training room."""
    requests_per_ip_per_hour: int = 200
    """Requests sent from one address (IP) in an hour."""
    requests_per_person_per_hour: int = 10
    """Requests sent in an hour by one e-mail address, or for one person."""
    requests_per_company_per_hour: int = 30
    """Requests sent to one company in an hour, proved or not: its quota is far below."""
    codes_per_signatory_per_day: int = 12
    """Codes that somebody may be sent in a day to sign one convention; each may be tried five times."""
    signings_per_ip_per_hour: int = 600
    """Codes and links asked, and codes tried, from one address (IP) in an hour: a whole agency."""
    papers_per_ip_per_hour: int = 300
    """Copies to sign by hand made for one address (IP) in an hour."""
    verifications_per_ip_per_hour: int = 300
    """Conventions and files verified from one address (IP) in an hour, by the public page."""
    sign_ins_per_email_per_hour: int = 6
    """Sign-in links that one e-mail address may be sent in an hour."""
    sign_ins_per_ip_per_hour: int = 600
    """Sign-ins asked from one address (IP) in an hour: a whole agency behind one address."""

    @property
    def production(self) -> bool:
        """Whether real people depend on this process."""
        return self.environment == "production"

    @property
    def sends_texts(self) -> bool:
        """Whether anything takes text messages: the mailbox where there is one, else a provider."""
        return bool(self.mailbox_path or self.sms_api_key)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the variables that are set; raises `SettingsError` naming the one that is wrong."""
        source = os.environ if environ is None else environ  # noqa: TID251 - the one place
        hints = get_type_hints(cls)
        values: dict[str, Any] = {
            field.name: _parse(field.name.upper(), source[field.name.upper()], hints[field.name])
            for field in fields(cls)
            if source.get(field.name.upper(), "") != ""
        }
        settings = cls(**values)
        _check(settings)
        return settings


def _parse(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        if raw.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise SettingsError(f"{name}: expected 1 or 0, got {raw!r}")
        return raw.lower() in {"1", "true", "yes"}
    try:
        return kind(raw)
    except ValueError as error:
        raise SettingsError(f"{name}: expected {kind.__name__}, got {raw!r}") from error


_SECRET_LENGTH = 32
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
"""32 bytes in URL-safe base 64."""


def _is_key(text: str) -> bool:
    return _KEY.fullmatch(text.strip()) is not None


def _check(settings: Settings) -> None:
    if settings.environment not in {"development", "test", "demo", "production"}:
        raise SettingsError(f"ENVIRONMENT: unknown value {settings.environment!r}")
    told = (settings.proconnect_url, settings.proconnect_client_id, settings.proconnect_client_secret)
    if not all(_is_key(one) for one in settings.encryption_keys.split(",") if one.strip()):
        raise SettingsError("ENCRYPTION_KEYS: expected keys as escale keys new writes them, between commas")
    if not all(_is_key(one) for one in settings.chain_keys.split(",") if one.strip()):
        raise SettingsError("CHAIN_KEYS: expected keys as escale keys new writes them, between commas")
    if any(told) and not all(told):
        raise SettingsError("PROCONNECT_URL, PROCONNECT_CLIENT_ID, PROCONNECT_CLIENT_SECRET: all or none")
    _check_documents(settings)
    if settings.production:
        _check_production(settings)


def _check_production(settings: Settings) -> None:
    if settings.secret_key == _DEVELOPMENT_KEY or len(settings.secret_key) < _SECRET_LENGTH:
        raise SettingsError("SECRET_KEY: set a random value of 32 characters or more in production")
    if not settings.chain_keys:
        raise SettingsError("CHAIN_KEYS: set at least one key in production (escale keys new)")
    if not settings.encryption_keys:
        raise SettingsError("ENCRYPTION_KEYS: set at least one key in production (escale keys new)")
    if not settings.database_url or not settings.valkey_url:
        raise SettingsError("DATABASE_URL and VALKEY_URL: both are needed in production")
    if not settings.seal_pem and not settings.seal_pkcs12:
        raise SettingsError("SEAL_PEM or SEAL_PKCS12: set one in production (escale keys seal)")
    if settings.storage_url == Settings().storage_url:
        raise SettingsError("STORAGE_URL: set it in production")
    if settings.mailbox_path:
        raise SettingsError("MAILBOX_PATH: the mailbox page is never mounted in production")


def _check_documents(settings: Settings) -> None:
    """The messages never quote `STORAGE_URL`: it holds a secret."""
    if settings.seal_pem and settings.seal_pkcs12:
        raise SettingsError("SEAL_PEM and SEAL_PKCS12: one or the other")
    if bool(settings.timestamp_url) != bool(settings.timestamp_trusted):
        raise SettingsError("TIMESTAMP_URL and TIMESTAMP_TRUSTED: both or none")
    if not _is_place(settings.storage_url):
        raise SettingsError("STORAGE_URL: expected file:///folder or s3://key:secret@host/bucket")


def _is_place(url: str) -> bool:
    try:
        place = urlsplit(url)
        told = (place.hostname, place.username, place.password, place.path.strip("/"), place.port != 0)
    except ValueError:
        return False
    if place.scheme == "file":
        return not place.netloc and place.path.startswith("/")
    return place.scheme == "s3" and all(told)
