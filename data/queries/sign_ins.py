"""Sign-ins under way: by mail, and with ProConnect."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import oidc_flows, sign_ins

_s, _f = sign_ins.c, oidc_flows.c


@dataclass(frozen=True, slots=True)
class SignIn:
    """A link asked: the address it goes to, and the path of our site it leads to."""

    id: UUID
    email: str
    next: str


async def add(session: Session, email: str, next_path: str, now: datetime) -> UUID:
    """Keep a request for a link; its id."""
    statement = insert(sign_ins).values(email=email, next=next_path, created_at=now).returning(_s.id)
    made: UUID = (await session.execute(statement)).scalar_one()
    return made


async def by_id(session: ReadSession, sign_in: UUID) -> SignIn | None:
    """A request for a link, until it is dropped."""
    row = (await session.execute(select(_s.id, _s.email, _s.next).where(_s.id == sign_in))).one_or_none()
    return SignIn(*row) if row else None


async def start_flow(session: Session, state: str, next_path: str, now: datetime) -> None:
    """Keep a sign-in with ProConnect under way, under the hash of its state."""
    values = {"state_hash": hash_token(state), "next": next_path, "created_at": now}
    await session.execute(insert(oidc_flows).values(**values))


async def take_flow(session: Session, state: str, since: datetime) -> str | None:
    """The path that a sign-in started after `since` leads to; it is forgotten: a state serves once."""
    statement = delete(oidc_flows).where(_f.state_hash == hash_token(state), _f.created_at > since)
    found: str | None = (await session.execute(statement.returning(_f.next))).scalar_one_or_none()
    return found
