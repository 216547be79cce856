"""Links sent by mail: kept as hashes, one purpose each, dead after their time."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import links

_c = links.c


@dataclass(frozen=True, slots=True)
class Link:
    """What a token opens: `subject_id` is the id of what `purpose` is about."""

    id: int
    subject_id: str
    expires_at: datetime
    used_at: datetime | None


def hash_token(token: str) -> bytes:
    """What is kept of an opaque token: its SHA-256 (the token is 256 random bits: no salt is needed)."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


_MOMENT = timedelta(microseconds=1)
_MINTED = ("token_hash", "purpose", "subject_id", "created_at", "expires_at")
_MINT = (
    insert(links)
    .values({name: bindparam(name) for name in _MINTED})
    .on_conflict_do_nothing(index_elements=[_c.token_hash])
)


async def mint(
    session: Session, token: str, purpose: str, subject_id: str, now: datetime, expires_at: datetime
) -> None:
    """Keep a link; the same token again changes nothing."""
    values = (hash_token(token), purpose, subject_id, now, expires_at)
    await session.execute(_MINT, dict(zip(_MINTED, values, strict=True)))


async def minted_since(session: ReadSession, purpose: str, subject_id: str, since: datetime) -> bool:
    """Whether a link of that subject was made after that moment."""
    mine = (_c.purpose == purpose, _c.subject_id == subject_id, _c.created_at > since)
    return (await session.execute(select(_c.id).where(*mine).limit(1))).first() is not None


async def read_used(session: ReadSession, token: str, purpose: str) -> str | None:
    """The subject of that token and purpose when the link has served; locks nothing."""
    mine = (_c.token_hash == hash_token(token), _c.purpose == purpose, _c.used_at.is_not(None))
    return (await session.scalars(select(_c.subject_id).where(*mine))).one_or_none()


_READ = select(_c.id, _c.subject_id, _c.expires_at, _c.used_at).where(
    _c.token_hash == bindparam("token_hash"), _c.purpose == bindparam("purpose")
)
_LOCK = _READ.with_for_update()


async def read(session: ReadSession, token: str, purpose: str) -> Link | None:
    """The link of that token and purpose."""
    return await _one(session, _READ, token, purpose)


async def lock(session: Session, token: str, purpose: str) -> Link | None:
    """The same, locked until the end of the transaction."""
    return await _one(session, _LOCK, token, purpose)


async def _one(session: ReadSession, query: Select[Any], token: str, purpose: str) -> Link | None:
    asked = {"token_hash": hash_token(token), "purpose": purpose}
    row = (await session.execute(query, asked)).one_or_none()
    return Link(row[0], row[1], row[2], row[3]) if row else None


async def use(session: Session, link_id: int, now: datetime) -> None:
    """A single-use link has served."""
    await session.execute(update(links).where(_c.id == link_id).values(used_at=now))


async def end(session: Session, purpose: str, subject_id: str, now: datetime) -> None:
    """The links of a subject end now; they are kept, so that who opens one is told."""
    mine = (_c.purpose == purpose, _c.subject_id == subject_id, _c.expires_at > now)
    ended = func.greatest(now, _c.created_at + _MOMENT)  # the clock that minted it may be ahead of ours
    await session.execute(update(links).where(*mine).values(expires_at=ended))


async def prolong(
    session: Session, purpose: str, subject_ids: Iterable[str], now: datetime, until: datetime
) -> None:
    """The links of these subjects that still open something do so until then, at least."""
    mine = (_c.purpose == purpose, _c.subject_id.in_(list(subject_ids)))
    alive = (_c.expires_at > now, _c.expires_at < until)
    await session.execute(update(links).where(*mine, *alive).values(expires_at=until))


async def revoke(session: Session, purpose: str, subject_id: str) -> None:
    """Forget the links of a subject: what they were sent for has changed."""
    await session.execute(delete(links).where(_c.purpose == purpose, _c.subject_id == subject_id))
