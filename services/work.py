"""What a job is given: the work an outbox row describes, and the tools that reach the outside world."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.geocoding import Geocoder
from clients.sms import NoSms, SmsSender
from clients.smtp import Mailer
from domain.allowed import EVERYBODY, Allowed


@dataclass(frozen=True, slots=True)
class Work:
    """One outbox row being worked on. `payload` holds ids; `now` is the worker's clock."""

    id: int
    payload: Mapping[str, Any]
    created_at: datetime
    now: datetime
    ended: AsyncExitStack | None = None
    """Closed by the worker once the transaction has ended, whatever its end. Without it there is only
    one piece of work at a time."""


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
    sms: SmsSender = field(default_factory=NoSms)
    allowed: Allowed = EVERYBODY
    """Who may be written to."""
    operator_email: str = ""
    """Who is told of the work that is parked; nobody when empty."""
    last_step: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from the last step of a message to the end of its transaction: between the two, a crash
    repeats it. One at a time, so that a killed process repeats one message at most."""

    async def one_at_a_time(self, work: Work) -> None:
        """Wait for one's turn to take the last step; it lasts until the work's transaction has ended.

        Once a job: it would wait for itself.
        """
        if work.ended is not None:
            await work.ended.enter_async_context(self.last_step)
