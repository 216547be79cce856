"""The sealed documents of conventions: what each was made of, its tail, its hashes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, tuple_

from data.session import ReadSession, Session
from data.tables import convention_documents, conventions

_d, _c = convention_documents.c, conventions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """One sealed document. `data` and `tail` are None once anonymised: the hashes stay.

    `number`: 1, 2… as they were sealed: again when the tutor has changed. `made_with`: versions of what made
    it, and `without_time` when no authority vouched for its time.
    """

    convention_id: UUID
    reference: str
    number: int
    data: str | None
    made_with: Mapping[str, str]
    unsealed_sha256: bytes
    sealed_sha256: bytes
    tail: bytes | None
    at: datetime

    @property
    def key(self) -> str:
        """Under which the storage has the sealed file."""
        return self.sealed_sha256.hex()


@dataclass(frozen=True, slots=True)
class Untimed:
    """A document sealed while no authority vouched for its time, and why: technical words, no name."""

    reference: str
    number: int
    at: datetime
    why: str


def _rows() -> Select[Any]:
    joined = convention_documents.join(conventions, _c.id == _d.convention_id)
    return select(*_d, _c.reference).select_from(joined)


async def _one(session: ReadSession, query: Select[Any]) -> DocumentRow | None:
    row = (await session.execute(query)).mappings().one_or_none()
    return DocumentRow(**row) if row else None


async def by_number(session: ReadSession, convention: UUID, number: int) -> DocumentRow | None:
    """One document of a convention."""
    return await _one(session, _rows().where(_d.convention_id == convention, _d.number == number))


async def last(session: ReadSession, convention: UUID) -> DocumentRow | None:
    """The one that is in force, None before the first."""
    query = _rows().where(_d.convention_id == convention).order_by(_d.number.desc()).limit(1)
    return await _one(session, query)


async def by_hash(session: ReadSession, sealed: bytes) -> DocumentRow | None:
    """The document that a sealed file is."""
    return await _one(session, _rows().where(_d.sealed_sha256 == sealed))


async def after(session: ReadSession, last_seen: tuple[UUID, int], limit: int) -> Sequence[DocumentRow]:
    """Those that are kept whole, in the order of their keys, after one; for whoever walks them all."""
    query = _rows().where(tuple_(_d.convention_id, _d.number) > last_seen, _d.tail.is_not(None))
    query = query.order_by(_d.convention_id, _d.number).limit(limit)
    return [DocumentRow(**row) for row in (await session.execute(query)).mappings()]


async def without_time(session: ReadSession, limit: int) -> Sequence[Untimed]:
    """The latest that were sealed without a certified time, the newest first."""
    why = _d.made_with["without_time"].astext
    joined = convention_documents.join(conventions, _c.id == _d.convention_id)
    query = select(_c.reference, _d.number, _d.at, why).select_from(joined).where(why.is_not(None))
    rows = await session.execute(query.order_by(_d.at.desc()).limit(limit))
    return [Untimed(*row) for row in rows]


async def count_without_time(session: ReadSession, since: datetime | None = None) -> int:
    """How many in all, or from that moment on."""
    query = select(func.count()).where(_d.made_with.has_key("without_time"))
    return await session.scalar(query.where(_d.at >= since) if since else query) or 0


async def add(session: Session, convention: UUID, values: Mapping[str, Any]) -> None:
    """Write a sealed document; another of the same number or content is refused by the database."""
    await session.execute(insert(convention_documents).values(convention_id=convention, **values))
