"""Registrations under way: read by the browser's token or by id, always locked before a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import registrations
from domain.company import RegistrationStatus

_c = registrations.c


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRow:
    """A registration as kept; `data` is the form under way, empty once it is published."""

    id: UUID
    status: RegistrationStatus
    siret: str
    email: str
    data: Mapping[str, Any]
    company_id: int | None
    """The company it edits; None for a new one."""
    created_at: datetime
    updated_at: datetime


def _select() -> Select[Any]:
    return select(_c.id, _c.status, _c.siret, _c.email, _c.data, _c.company_id, _c.created_at, _c.updated_at)


def _row(row: Any) -> RegistrationRow:  # noqa: ANN401 - a row of _select
    return RegistrationRow(
        id=row.id,
        status=RegistrationStatus(row.status),
        siret=row.siret,
        email=row.email,
        data=row.data,
        company_id=row.company_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def start(
    session: Session,
    token: str,
    siret: str,
    data: Mapping[str, Any],
    now: datetime,
    company_id: int | None = None,
) -> RegistrationRow:
    """Keep a new draft under its browser's token."""
    values = {"token_hash": hash_token(token), "siret": siret, "data": data, "company_id": company_id}
    statement = insert(registrations).values(**values, created_at=now, updated_at=now)
    columns = _select().selected_columns
    return _row((await session.execute(statement.returning(*columns))).one())


async def by_token(session: ReadSession, token: str) -> RegistrationRow | None:
    """The registration of a browser."""
    row = (await session.execute(_select().where(_c.token_hash == hash_token(token)))).one_or_none()
    return _row(row) if row else None


async def lock_by_token(session: Session, token: str) -> RegistrationRow | None:
    """The registration of a browser, locked until the end of the transaction."""
    query = _select().where(_c.token_hash == hash_token(token)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def by_id(session: ReadSession, registration_id: UUID) -> RegistrationRow | None:
    """The registration of that id."""
    row = (await session.execute(_select().where(_c.id == registration_id))).one_or_none()
    return _row(row) if row else None


async def lock(session: Session, registration_id: UUID) -> RegistrationRow | None:
    """The registration of that id, locked until the end of the transaction."""
    query = _select().where(_c.id == registration_id).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def save(session: Session, row: RegistrationRow, now: datetime) -> None:
    """Keep what changed. `now` becomes the proof's date when the status says that the mail is proved."""
    values: dict[str, Any] = {
        "status": row.status,
        "siret": row.siret,
        "email": row.email,
        "data": dict(row.data),
    }
    if row.status in {RegistrationStatus.TO_CHECK, RegistrationStatus.PUBLISHED}:
        values["proved_at"] = now
    await session.execute(update(registrations).where(_c.id == row.id).values(**values, updated_at=now))


async def waiting_for_check(session: ReadSession) -> Sequence[RegistrationRow]:
    """What the back office has to look at, oldest first."""
    query = _select().where(_c.status == RegistrationStatus.TO_CHECK).order_by(_c.updated_at, _c.id)
    return [_row(row) for row in await session.execute(query)]
