"""The chained story of conventions, and the documents as they were signed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from data.session import ReadSession, Session
from data.tables import convention_events, convention_versions, conventions
from domain.chain import Entry

_e, _v = convention_events.c, convention_versions.c


_SEALED = ("number", "at", "kind", "version", "told", "salt", "told_hash", "key", "mac")
_HEAD = (
    update(conventions)
    .where(conventions.c.id == bindparam("convention"))
    .values(chain_head=bindparam("new_mac"), chain_end=bindparam("new_end"))
    .cte("head")
)
_ADD = (
    insert(convention_events)
    .values(
        convention_id=bindparam("convention"),
        **{name: bindparam(f"new_{name}") for name in (*_SEALED, "facts")},
    )
    .add_cte(_HEAD)
)
_NUMBER = select(func.coalesce(func.max(_e.number), 0)).where(_e.convention_id == bindparam("convention"))
_LAST = select(_NUMBER.scalar_subquery(), conventions.c.chain_head).where(
    conventions.c.id == bindparam("convention")
)


async def add(session: Session, entry: Entry, end: bytes) -> None:
    """Write a sealed line; keep its seal as the head of its chain, and the seal of the end."""
    values = {f"new_{name}": getattr(entry, name) for name in _SEALED} | {"new_end": end}
    await session.execute(_ADD, {**values, "new_facts": dict(entry.facts), "convention": entry.convention})


async def last(session: ReadSession, convention: UUID) -> tuple[int, bytes]:
    """The number of the last line, 0 before the first, and its seal as the convention keeps it."""
    row = (await session.execute(_LAST, {"convention": convention})).one()
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


async def version_text(session: ReadSession, convention: UUID, version: int) -> str | None:
    """The canonical document of a version."""
    query = select(_v.terms).where(_v.convention_id == convention, _v.version == version)
    found: str | None = (await session.execute(query)).scalar_one_or_none()
    return found
