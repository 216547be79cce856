"""What a job is given: the work an outbox row describes, and the tools that reach the outside world."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.geocoding import Geocoder
from clients.inbound_files import InboundFiles
from clients.seal import DocumentSeal
from clients.sms import NoSms, SmsSender
from clients.smtp import Mailer
from clients.storage import Storage
from domain.allowed import EVERYBODY, Allowed


async def _at_once() -> None:
    """Whoever works alone waits for nobody."""


@dataclass(frozen=True, slots=True)
class Work:
    """One outbox row being worked on. `payload` holds ids; `now` is the worker's clock."""

    id: int
    payload: Mapping[str, Any]
    created_at: datetime
    now: datetime
    last_step: Callable[[], Awaitable[None]] = _at_once
    """Waits for one's turn to hand a message over; the turn lasts until the transaction has ended.

    Between the two a crash repeats the message: one at a time, a killed process repeats one at most.
    Once a job, which would else wait for itself.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What jobs of a process share."""

    mailer: Mailer
    geocoder: Geocoder
    seal: DocumentSeal
    storage: Storage
    """Where the sealed files are."""
    public_url: str
    """Base of the links in mails, without a final slash."""
    mail_from: str
    mail_reply_to: str
    secret_key: str
    chain_keys: str = ""
    """As the setting has them."""
    sms: SmsSender = field(default_factory=NoSms)
    allowed: Allowed = EVERYBODY
    """Who may be written to."""
    relay_domain: str = ""
    """Domain of the addresses that reach the two sides of a discussion; empty: none do."""
    relay_authserv: str = ""
    """Whose word is taken on mails that their sender did not send."""
    inbound_files: InboundFiles = field(default_factory=lambda: InboundFiles("", ""))
    operator_email: str = ""
    """Who is told of the work that is parked; nobody when empty."""
