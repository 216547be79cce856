"""An account is entered once its address is proved, whatever proved it: one session, on one browser.

The browser's earlier session ends (a session is never carried from one account to another). The
address gives what it proves: the companies that have it and no admin. The browser's passport becomes
the account's when its person says it is theirs.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import sessions, users
from data.session import Session
from domain.account import SESSION_LIFE
from domain.devices import device_words
from services.accounts.own_passport import claim_for

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What a browser sends: the session it holds (empty: none), and how it names itself."""

    session_token: str
    user_agent: str
    passport_token: str = ""
    """That of a passport its person says is theirs, to be put in the account; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session that was opened: the token only its browser holds, and the path to go to.

    `claimed`: the browser's passport is now the account's.
    """

    user: UUID
    token: str
    next: str
    claimed: bool = False


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
    claimed = bool(browser.passport_token) and await claim_for(session, user, browser.passport_token, now)
    return Entered(user=user, token=token, next=proof.next, claimed=claimed)
