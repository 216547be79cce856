"""Skills passports of browsers, by the hash of their token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import passports

_c = passports.c
_KEPT = (_c.skills, _c.data, _c.created_at)


@dataclass(frozen=True, slots=True)
class PassportRow:
    """Codes of the skills kept, in the order they were given, and what was written beside them."""

    skills: tuple[str, ...]
    data: Mapping[str, Any]
    created_at: datetime


def _row(row: Any) -> PassportRow:  # noqa: ANN401 - a returned row
    return PassportRow(tuple(row.skills), row.data, row.created_at)


async def create(session: Session, token: str, skills: Sequence[str], now: datetime) -> PassportRow:
    """Keep a new passport under its browser's token."""
    values = {"token_hash": hash_token(token), "skills": list(skills), "created_at": now, "seen_at": now}
    statement = insert(passports).values(**values).returning(*_KEPT)
    return _row((await session.execute(statement)).one())


async def read(session: ReadSession, token: str) -> PassportRow | None:
    """Read a passport without noting that it was seen: for searches, which write nothing."""
    query = select(*_KEPT).where(_c.token_hash == hash_token(token))
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def see(session: Session, token: str, now: datetime) -> PassportRow | None:
    """Read a passport; it was seen now, which puts off the day it is dropped."""
    statement = update(passports).where(_c.token_hash == hash_token(token)).values(seen_at=now)
    row = (await session.execute(statement.returning(*_KEPT))).one_or_none()
    return _row(row) if row else None


async def lock(session: Session, token: str) -> PassportRow | None:
    """Read a passport that this transaction will change: another tab waits for its turn."""
    query = select(*_KEPT).where(_c.token_hash == hash_token(token)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def save(
    session: Session, token: str, skills: Sequence[str], data: Mapping[str, Any], now: datetime
) -> None:
    """Write the whole of a passport that was locked."""
    statement = update(passports).where(_c.token_hash == hash_token(token))
    await session.execute(statement.values(skills=list(skills), data=dict(data), seen_at=now))


async def forget(session: Session, token: str) -> None:
    """Delete a passport at its holder's word."""
    await session.execute(passports.delete().where(_c.token_hash == hash_token(token)))
