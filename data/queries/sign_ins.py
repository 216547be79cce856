"""Sign-ins under way: by mail, and with ProConnect."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from data.session import ReadSession, Session
from data.tables import sign_ins

_s = sign_ins.c


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
