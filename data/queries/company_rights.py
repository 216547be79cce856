"""The rights of accounts on companies: asked, accepted, changed, withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import companies, company_rights, users
from domain.roles import Role

_c, _r, _u = companies.c, company_rights.c, users.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account's right on a company; `role` is what it asked for until it is accepted."""

    user: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    accepted: bool
    asked_at: datetime

    @property
    def name(self) -> str:
        """First and last names, or the address of an account that gave none."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


def _select() -> Select[Any]:
    return select(_r.user_id, _r.role, _r.status, _r.asked_at, _u.email, _u.first_name, _u.last_name).join(
        users, _u.id == _r.user_id
    )


def _member(row: Any) -> Member:  # noqa: ANN401 - a row of _select
    return Member(
        user=row.user_id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role(row.role),
        accepted=row.status == "accepted",
        asked_at=row.asked_at,
    )


_TEAM = (
    _select().where(_r.company_id == bindparam("company")).order_by(_r.status.desc(), _r.asked_at, _r.user_id)
)


async def team(session: ReadSession, company_id: int) -> tuple[Member, ...]:
    """Everybody with a right on the company, those who wait first, then the oldest."""
    rows = await session.execute(_TEAM, {"company": company_id})
    return tuple(_member(row) for row in rows)


async def member(session: ReadSession, company_id: int, user: UUID) -> Member | None:
    """The right of an account on a company, accepted or not."""
    query = _select().where(_r.company_id == company_id, _r.user_id == user)
    row = (await session.execute(query)).one_or_none()
    return _member(row) if row else None


async def account(session: ReadSession, user: UUID) -> Member | None:
    """The names and address of an account, as those of a member without rights."""
    row = (await session.execute(select(users).where(_u.id == user))).one_or_none()
    if row is None:
        return None
    return Member(
        user=row.id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role.COMPANY_CONTACT,
        accepted=False,
        asked_at=row.created_at,
    )


async def waiting_of(session: ReadSession, user: UUID) -> int:
    """How many companies an account waits to join."""
    query = select(func.count()).where(_r.user_id == user, _r.status == "pending")
    return int((await session.execute(query)).scalar_one())


async def ask(session: Session, company_id: int, user: UUID, role: Role, now: datetime) -> bool:
    """A right asked; whether it was not there already, in whatever state."""
    values = {"company_id": company_id, "user_id": user, "role": role, "status": "pending", "asked_at": now}
    statement = insert(company_rights).values(**values).on_conflict_do_nothing().returning(_r.user_id)
    return (await session.execute(statement)).first() is not None


async def grant(
    session: Session, company_id: int, user: UUID, role: Role, now: datetime, *, by: UUID | None
) -> None:
    """An accepted right of that role, whether it was asked or not."""
    decided = {"role": role, "status": "accepted", "decided_at": now, "decided_by": by}
    statement = insert(company_rights).values(company_id=company_id, user_id=user, asked_at=now, **decided)
    await session.execute(
        statement.on_conflict_do_update(index_elements=[_r.company_id, _r.user_id], set_=decided)
    )


async def grant_contact(session: Session, company_id: int, now: datetime) -> None:
    """The account of the address on file, if there is one, administers a company that has no admin."""
    admin = and_(_r.company_id == company_id, _r.role == "company_admin", _r.status == "accepted")
    decided = {"role": "company_admin", "status": "accepted", "decided_at": now}
    mine = select(
        _c.id,
        _u.id,
        *(literal(value) for value in ("company_admin", "accepted")),
        *(literal(now, _r.asked_at.type) for _ in range(2)),
    ).join(users, _u.email == func.lower(_c.contact_email))
    columns = ["company_id", "user_id", "role", "status", "asked_at", "decided_at"]
    statement = insert(company_rights).from_select(
        columns, mine.where(_c.id == company_id, ~exists().where(admin))
    )
    await session.execute(
        statement.on_conflict_do_update(index_elements=[_r.company_id, _r.user_id], set_=decided)
    )


async def set_role(session: Session, company_id: int, user: UUID, role: Role) -> None:
    """Change the role of a right."""
    mine = and_(_r.company_id == company_id, _r.user_id == user)
    await session.execute(update(company_rights).where(mine).values(role=role))


async def remove(session: Session, company_id: int, user: UUID) -> None:
    """Take a right away, asked or accepted."""
    await session.execute(delete(company_rights).where(_r.company_id == company_id, _r.user_id == user))
