"""What a job is given: the work an outbox row describes, and the tools that reach the outside world."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.geocoding import Geocoder
from clients.smtp import Mailer


@dataclass(frozen=True, slots=True)
class Work:
    """One outbox row being worked on. `payload` holds ids; `now` is the worker's clock."""

    id: int
    payload: Mapping[str, Any]
    created_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What jobs of a process share."""

    mailer: Mailer
    geocoder: Geocoder
    public_url: str
    """Base of the links in mails, without a final slash."""
    mail_from: str
    mail_reply_to: str
    secret_key: str
