"""An account is entered once its address is proved, whatever proved it: one session, on one browser.

The browser's earlier session ends (a session is never carried from one account to another). The
address gives what it proves: the companies that have it and no admin.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import sessions, users
from data.session import Session
from domain.account import SESSION_LIFE
from domain.devices import device_words

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What a browser sends: the session it holds (empty: none), and how it names itself."""

    session_token: str
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session that was opened: the token only its browser holds, and the path to go to."""

    user: UUID
    token: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How an account was entered. `id_token` is what ProConnect's logout asks, else empty."""

    method: str
    email: str
    next: str
    id_token: str = ""


async def enter(session: Session, user: UUID, proof: Proof, browser: Browser, now: datetime) -> Entered:
    """Open a session for an account whose address has just been proved."""
    if browser.session_token:
        await sessions.end(session, browser.session_token)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {
        "user_id": user,
        "method": proof.method,
        "device": device_words(browser.user_agent),
        "id_token": proof.id_token,
        "created_at": now,
        "expires_at": now + SESSION_LIFE,
    }
    await sessions.open_session(session, token, values)
    await users.grant_own_companies(session, user, proof.email, now)
    return Entered(user=user, token=token, next=proof.next)
