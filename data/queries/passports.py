"""Skills passports: those of browsers by the hash of their token, those of people by their id."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import beneficiaries, passports

_c = passports.c
PassportKey = str | UUID
"""What opens a passport: the token that a browser holds, or the id of the one that a person has."""
_TOKEN_BYTES = 32
_KEPT = (_c.skills, _c.data, _c.created_at)


@dataclass(frozen=True, slots=True)
class PassportRow:
    """Codes of the skills kept, in the order they were given, and what was written beside them."""

    skills: tuple[str, ...]
    data: Mapping[str, Any]
    created_at: datetime


def _opened(key: PassportKey) -> ColumnElement[bool]:
    return _c.id == key if isinstance(key, UUID) else _c.token_hash == hash_token(key)


def _no_cookie() -> bytes:
    """A hash that no browser's token has."""
    return hash_token(secrets.token_urlsafe(_TOKEN_BYTES))


def _row(row: Any) -> PassportRow:  # noqa: ANN401 - a returned row
    return PassportRow(tuple(row.skills), row.data, row.created_at)


async def create(session: Session, token: str, skills: Sequence[str], now: datetime) -> PassportRow:
    """Keep a new passport under its browser's token."""
    values = {"token_hash": hash_token(token), "skills": list(skills), "created_at": now, "seen_at": now}
    statement = insert(passports).values(**values).returning(*_KEPT)
    return _row((await session.execute(statement)).one())


async def read(session: ReadSession, key: PassportKey) -> PassportRow | None:
    """Read a passport without noting that it was seen: for searches, which write nothing."""
    query = select(*_KEPT).where(_opened(key))
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def unclaimed(session: ReadSession, key: PassportKey) -> UUID | None:
    """The id of the passport that key opens, while it is a browser's and no person's."""
    found: UUID | None = await session.scalar(select(_c.id).where(_opened(key), _c.beneficiary_id.is_(None)))
    return found


async def owned(session: ReadSession, beneficiary: UUID) -> UUID | None:
    """The id of a person's passport, None without one."""
    found: UUID | None = await session.scalar(select(_c.id).where(_c.beneficiary_id == beneficiary))
    return found


async def see(session: Session, key: PassportKey, now: datetime) -> PassportRow | None:
    """Read a passport; it was seen now, which puts off the day it is dropped."""
    statement = update(passports).where(_opened(key)).values(seen_at=now)
    row = (await session.execute(statement.returning(*_KEPT))).one_or_none()
    return _row(row) if row else None


async def lock(session: Session, key: PassportKey) -> PassportRow | None:
    """Read a passport that this transaction will change: another tab waits for its turn."""
    query = select(*_KEPT).where(_opened(key)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def save(
    session: Session, key: PassportKey, skills: Sequence[str], data: Mapping[str, Any], now: datetime
) -> None:
    """Write the whole of a passport that was locked."""
    statement = update(passports).where(_opened(key))
    await session.execute(statement.values(skills=list(skills), data=dict(data), seen_at=now))


async def forget(session: Session, key: PassportKey) -> None:
    """Delete a passport at its holder's word."""
    await session.execute(passports.delete().where(_opened(key)))


async def create_for(session: Session, beneficiary: UUID, now: datetime) -> UUID:
    """The passport of a person's file, empty when it is made; no cookie opens it. Gives its id."""
    statement = upsert(passports).values(
        token_hash=_no_cookie(), beneficiary_id=beneficiary, created_at=now, seen_at=now
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=[_c.beneficiary_id]))
    made: UUID = (await session.execute(select(_c.id).where(_c.beneficiary_id == beneficiary))).scalar_one()
    return made


async def lock_owner(session: Session, beneficiary: UUID) -> UUID | None:
    """The id of a person's passport, None without one; their file is locked, so that one claims at a time."""
    await session.execute(
        select(beneficiaries.c.id).where(beneficiaries.c.id == beneficiary).with_for_update()
    )
    found: UUID | None = await session.scalar(select(_c.id).where(_c.beneficiary_id == beneficiary))
    return found


async def claim(session: Session, key: PassportKey, beneficiary: UUID) -> None:
    """A browser's passport, or another file's, becomes a person's: no cookie opens it any more."""
    statement = update(passports).where(_opened(key))
    await session.execute(statement.values(beneficiary_id=beneficiary, token_hash=_no_cookie()))
