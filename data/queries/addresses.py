"""What is known of addresses that bounce, under their HMAC."""

from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import address_states, bounces

_c = address_states.c

Kind = Literal["hard", "soft"]


UNREACHABLE = exists().where(
    _c.address_hash == bindparam("address_hash", type_=_c.address_hash.type), _c.unreachable_at.is_not(None)
)
"""Whether a hard bounce came back from that address since it was last proved."""


async def report(session: Session, event_hash: bytes, address_hash: bytes, kind: Kind, now: datetime) -> bool:
    """Keep one report of a bounce; False when it is known already."""
    row = await session.execute(
        insert(bounces)
        .values(event_hash=event_hash, address_hash=address_hash, kind=kind, received_at=now)
        .on_conflict_do_nothing(index_elements=[bounces.c.event_hash])
        .returning(bounces.c.id)
    )
    return row.first() is not None


async def mark_dead(session: Session, address_hash: bytes, now: datetime) -> bool:
    """The address is unreachable from now on; False when that was known."""
    statement = insert(address_states).values(address_hash=address_hash, unreachable_at=now, updated_at=now)
    written = statement.on_conflict_do_update(
        index_elements=[_c.address_hash],
        set_={"unreachable_at": now, "updated_at": now},
        where=_c.unreachable_at.is_(None),
    ).returning(_c.id)
    return (await session.execute(written)).first() is not None


async def count_soft(session: Session, address_hash: bytes, now: datetime) -> None:
    """One more bounce that may pass."""
    statement = insert(address_states).values(address_hash=address_hash, soft_bounces=1, updated_at=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[_c.address_hash],
            set_={"soft_bounces": _c.soft_bounces + 1, "updated_at": now},
        )
    )


async def forget(session: Session, address_hash: bytes) -> None:
    """The address was proved: it starts anew."""
    await session.execute(delete(address_states).where(_c.address_hash == address_hash))


async def count_unreachable(session: ReadSession) -> int:
    """How many addresses are unreachable."""
    query = select(func.count()).select_from(address_states).where(_c.unreachable_at.is_not(None))
    return int((await session.execute(query)).scalar_one())
