"""Requests under way: found by what their browser holds or by their id, locked before a decision.

With them, the CV that waits with a draft, and becomes the request's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import contact_drafts, discussion_files

_d, _f = contact_drafts.c, discussion_files.c


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A request under way; `email` is to be proved, empty for an account. `data` is what was written."""

    id: UUID
    offer_id: int
    email: str
    data: Mapping[str, Any]
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class CvKept:
    """The CV of a draft, without its bytes."""

    id: UUID
    name: str


_COLUMNS = (_d.id, _d.offer_id, _d.email, _d.data, _d.sent_at)


def _row(row: Mapping[Any, Any] | None) -> DraftRow | None:
    return DraftRow(**row) if row else None


async def by_key(session: ReadSession, keys: Sequence[str]) -> DraftRow | None:
    """The draft of the first of these keys that has one."""
    hashes = [hash_token(key) for key in keys]
    query = select(_d.token_hash, *_COLUMNS).where(_d.token_hash.in_(hashes))
    rows = {row["token_hash"]: row for row in (await session.execute(query)).mappings()}
    first = next((rows[one] for one in hashes if one in rows), None)
    return _row({name: value for name, value in first.items() if name != "token_hash"} if first else None)


def _one(draft: UUID) -> Select[Any]:
    return select(*_COLUMNS).where(_d.id == draft)


async def by_id(session: ReadSession, draft: UUID) -> DraftRow | None:
    """A draft, read."""
    return _row((await session.execute(_one(draft))).mappings().one_or_none())


async def lock(session: Session, draft: UUID) -> DraftRow | None:
    """A draft, locked until the end of the transaction."""
    return _row((await session.execute(_one(draft).with_for_update())).mappings().one_or_none())


async def add(session: Session, key: str, offer_id: int, now: datetime) -> DraftRow:
    """The draft of that key, made empty when there is none: two first savings at once make one."""
    values = {"token_hash": hash_token(key), "offer_id": offer_id, "created_at": now, "updated_at": now}
    statement = upsert(contact_drafts).values(**values)
    again = statement.on_conflict_do_update(index_elements=[_d.token_hash], set_={"updated_at": now})
    row = (await session.execute(again.returning(*_COLUMNS))).mappings().one()
    return DraftRow(**row)


async def save(session: Session, draft: UUID, values: Mapping[str, Any], now: datetime) -> DraftRow:
    """Write what changed in a locked draft: `email`, `data`, `sent_at`."""
    statement = update(contact_drafts).where(_d.id == draft).values(**values, updated_at=now)
    return DraftRow(**(await session.execute(statement.returning(*_COLUMNS))).mappings().one())


async def rekey(session: Session, draft: UUID, key: str) -> None:
    """Another browser, or an account on the same one, holds the draft from now on."""
    await session.execute(
        delete(contact_drafts).where(_d.token_hash == hash_token(key), _d.id != draft)
    )  # what that browser had begun for the same offer gives way to what was sent
    await session.execute(update(contact_drafts).where(_d.id == draft).values(token_hash=hash_token(key)))


async def forget(session: Session, draft: UUID) -> None:
    """Delete a draft, its CV with it."""
    await session.execute(delete(contact_drafts).where(_d.id == draft))


async def cv_of(session: ReadSession, draft: UUID) -> CvKept | None:
    """The CV that waits with a draft."""
    row = (await session.execute(select(_f.id, _f.name).where(_f.draft_id == draft))).one_or_none()
    return CvKept(row.id, row.name) if row else None


async def keep_cv(session: Session, draft: UUID, name: str, content: bytes, now: datetime) -> CvKept:
    """Keep the CV of a draft, which takes the place of the one it had."""
    await drop_cv(session, draft)
    values = {"draft_id": draft, "kind": "cv", "name": name, "media_type": "application/pdf"}
    statement = insert(discussion_files).values(**values, content=content, added_at=now)
    return CvKept((await session.execute(statement.returning(_f.id))).scalar_one(), name)


async def drop_cv(session: Session, draft: UUID) -> None:
    """Delete the CV of a draft."""
    await session.execute(delete(discussion_files).where(_f.draft_id == draft))


async def hand_over_cv(session: Session, draft: UUID, discussion: UUID) -> None:
    """The CV of a draft becomes that of the request it was made for."""
    owner = {"draft_id": None, "discussion_id": discussion}
    await session.execute(update(discussion_files).where(_f.draft_id == draft).values(**owner))
