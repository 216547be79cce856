"""Accounts: found or made by a proved address, and what their owner changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, case, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import companies, company_rights, users

_u = users.c


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account as its owner sees it."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    phone: str
    siret: str | None
    proconnect: bool
    created_at: datetime
    warned_at: datetime | None


_SHOWN = (
    _u.id,
    _u.email,
    _u.first_name,
    _u.last_name,
    _u.phone,
    _u.siret,
    _u.subject.is_not(None).label("proconnect"),
    _u.created_at,
    _u.warned_at,
)


_BY_ID = select(*_SHOWN).where(_u.id == bindparam("user"))


async def by_id(session: ReadSession, user: UUID) -> User | None:
    """An account."""
    row = (await session.execute(_BY_ID, {"user": user})).mappings().one_or_none()
    return User(**row) if row else None


async def entered(session: Session, email: str, now: datetime) -> UUID:
    """The account of a proved address, made when there is none; it signs in now."""
    seen = {"seen_at": now, "warned_at": None}
    statement = insert(users).values(email=email, created_at=now, **seen)
    statement = statement.on_conflict_do_update(index_elements=[_u.email], set_=seen)
    found: UUID = (await session.execute(statement.returning(_u.id))).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """What ProConnect tells of a person; names fill an account that has none."""

    subject: str
    email: str
    first_name: str
    last_name: str
    siret: str


async def entered_as(session: Session, told: Told, now: datetime) -> UUID | None:
    """The account of a person ProConnect names, found by its subject, else by its proved address, else made.

    It signs in now. None when the address is that of an account which another subject has.
    """
    seen = {"seen_at": now, "warned_at": None, "siret": told.siret or None}
    known = update(users).where(_u.subject == told.subject).values(**seen).returning(_u.id)
    found: UUID | None = (await session.execute(known)).scalar_one_or_none()
    if found is not None:
        return found
    names = {"first_name": told.first_name, "last_name": told.last_name}
    statement = insert(users).values(email=told.email, subject=told.subject, created_at=now, **names, **seen)
    new = statement.excluded
    empty = and_(_u.first_name == "", _u.last_name == "")
    statement = statement.on_conflict_do_update(
        index_elements=[_u.email],
        set_={
            **seen,
            "subject": new.subject,
            "first_name": case((empty, new.first_name), else_=_u.first_name),
            "last_name": case((empty, new.last_name), else_=_u.last_name),
        },
        where=_u.subject.is_(None),
    )
    linked: UUID | None = (await session.execute(statement.returning(_u.id))).scalar_one_or_none()
    return linked


async def change(session: Session, user: UUID, values: dict[str, str]) -> None:
    """Write what the person says of themselves: `first_name`, `last_name`, `phone`."""
    await session.execute(update(users).where(_u.id == user).values(**values))


async def grant_own_companies(session: Session, user: UUID, email: str, now: datetime) -> int:
    """Make the account an admin of the companies that have its proved address and no admin; how many."""
    right = company_rights.c
    administered = exists().where(
        and_(
            right.company_id == companies.c.id,
            right.role == "company_admin",
            right.status == "accepted",
        )
    )
    mine = select(
        companies.c.id,
        literal(user, _u.id.type),
        literal("company_admin"),
        literal("accepted"),
        literal(now, _u.created_at.type),
        literal(now, _u.created_at.type),
    ).where(companies.c.proof == "proved", func.lower(companies.c.contact_email) == email, ~administered)
    columns = ["company_id", "user_id", "role", "status", "asked_at", "decided_at"]
    statement = insert(company_rights).from_select(columns, mine)
    accepted = {"role": "company_admin", "status": "accepted", "decided_at": now}
    statement = statement.on_conflict_do_update(
        index_elements=[right.company_id, right.user_id], set_=accepted
    )
    return len((await session.execute(statement.returning(right.company_id))).all())
