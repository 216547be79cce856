"""Where an account is signed in, and how its owner ends it."""

from datetime import datetime
from uuid import UUID

from data.queries import sessions
from data.queries.sessions import SessionRow
from data.session import ReadSession, Session
from domain.errors import NotFoundError
from domain.roles import Actor, require_account

_GONE = "Cet appareil n’est déjà plus connecté à votre compte."


async def list_sessions(session: ReadSession, actor: Actor, now: datetime) -> tuple[SessionRow, ...]:
    """Where the account is signed in, the latest first."""
    return await sessions.of_user(session, require_account(actor), now)


async def end_session(session: Session, actor: Actor, session_id: UUID) -> None:
    """End one session of the account; raises `NotFoundError` when it has no such session."""
    if await sessions.close(session, require_account(actor), session_id) is None:
        raise NotFoundError(_GONE)


async def end_others(session: Session, actor: Actor) -> int:
    """End the account's sessions on other browsers; how many."""
    user = require_account(actor)
    return await sessions.close_others(session, user, actor.session) if actor.session else 0


async def sign_out(session: Session, token: str) -> str:
    """End the session of that browser; what ProConnect's logout asks, empty when it is not concerned."""
    return await sessions.end(session, token) or "" if token else ""
