"""The chained story of conventions, and the documents as they were signed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.session import ReadSession, Session
from data.tables import convention_events, convention_versions, conventions
from domain.chain import Entry

_e, _v = convention_events.c, convention_versions.c


async def add(session: Session, entry: Entry) -> None:
    """Write a sealed line, and keep its seal as the head of its chain."""
    names = (*("number", "at", "kind", "version", "told", "salt", "told_hash", "key", "mac"),)
    values = {name: getattr(entry, name) for name in names} | {"facts": dict(entry.facts)}
    await session.execute(insert(convention_events).values(convention_id=entry.convention, **values))
    head = update(conventions).where(conventions.c.id == entry.convention).values(chain_head=entry.mac)
    await session.execute(head)


async def last(session: ReadSession, convention: UUID) -> tuple[int, bytes]:
    """The number of the last line, 0 before the first, and its seal as the convention keeps it."""
    number = select(func.coalesce(func.max(_e.number), 0)).where(_e.convention_id == convention)
    query = select(number.scalar_subquery(), conventions.c.chain_head).where(conventions.c.id == convention)
    row = (await session.execute(query)).one()
    return int(row[0]), bytes(row[1])


async def entries(session: ReadSession, convention: UUID) -> Sequence[Entry]:
    """Every line, the first first."""
    query = select(convention_events).where(_e.convention_id == convention).order_by(_e.number)
    return [
        Entry(
            convention=row["convention_id"],
            **{name: row[name] for name in ("number", "at", "kind", "version", "facts", "told", "salt")},
            **{name: row[name] for name in ("told_hash", "key", "mac")},
        )
        for row in (await session.execute(query)).mappings()
    ]


async def keep_version(
    session: Session, convention: UUID, version: int, terms: bytes, sha256: bytes, now: datetime
) -> None:
    """Keep a document as it is sent to be signed."""
    values = {"terms": terms.decode(), "sha256": sha256, "at": now}
    query = upsert(convention_versions).values(convention_id=convention, version=version, **values)
    await session.execute(query.on_conflict_do_nothing())


async def version_text(session: ReadSession, convention: UUID, version: int) -> str | None:
    """The canonical document of a version."""
    query = select(_v.terms).where(_v.convention_id == convention, _v.version == version)
    found: str | None = (await session.execute(query)).scalar_one_or_none()
    return found
