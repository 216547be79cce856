"""Mails that came in: stored once, read when their turn comes, ended with what became of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import discussion_files, inbound_mails
from domain.inbound import Outcome

_c, _f = inbound_mails.c, discussion_files.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail as it arrived for one address. `source` is the format of `content`: `mime` or `brevo`."""

    received_hash: bytes
    source: str
    recipient: str
    null_sender: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class Explained:
    """A mail whose sender is told why it was not handed on; `sender` is empty once they were."""

    outcome: Outcome
    sender: str


async def add(session: Session, mail: Received, now: datetime) -> int | None:
    """Keep a mail; its id, None when it is known."""
    values = {
        "received_hash": mail.received_hash,
        "source": mail.source,
        "recipient": mail.recipient,
        "null_sender": mail.null_sender,
        "content": mail.content,
        "status": Outcome.WAITING.value,
        "received_at": now,
    }
    statement = insert(inbound_mails).values(**values)
    once = statement.on_conflict_do_nothing(index_elements=[_c.received_hash]).returning(_c.id)
    added: int | None = (await session.execute(once)).scalar_one_or_none()
    return added


_WAITING = (
    select(_c.received_hash, _c.source, _c.recipient, _c.null_sender, _c.content)
    .where(_c.id == bindparam("inbound"), _c.status == Outcome.WAITING.value)
    .with_for_update()
)


async def lock_waiting(session: Session, inbound: int) -> Received | None:
    """A mail that waits, locked until the end of the transaction; None when it has ended."""
    row = (await session.execute(_WAITING, {"inbound": inbound})).mappings().one_or_none()
    return Received(**row) if row else None


_END = (
    update(inbound_mails)
    .where(_c.id == bindparam("inbound"))
    .values(status=bindparam("outcome"), content=None, ended_at=bindparam("now"))
)


async def end(session: Session, inbound: int, outcome: Outcome, now: datetime) -> None:
    """Say what became of a mail; its content goes."""
    await session.execute(_END, {"inbound": inbound, "outcome": outcome.value, "now": now})


async def explain(
    session: Session, inbound: int, sender: str, sender_hash: bytes, since: datetime, now: datetime
) -> bool:
    """Note that its sender is to be told why; False when they were told of another one later than `since`.

    Two mails of one sender are decided on one after the other.
    """
    key = int.from_bytes(sender_hash[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    told = select(_c.id).where(_c.sender_hash == sender_hash, _c.explained_at > since).limit(1)
    if (await session.execute(told)).first() is not None:
        return False
    values = {"sender": sender, "sender_hash": sender_hash, "explained_at": now}
    await session.execute(update(inbound_mails).where(_c.id == inbound).values(**values))
    return True


async def explained(session: ReadSession, inbound: int) -> Explained | None:
    """Who is to be told what became of a mail."""
    row = (await session.execute(select(_c.status, _c.sender).where(_c.id == inbound))).one_or_none()
    return Explained(Outcome(row[0]), row[1]) if row else None


async def forget_sender(session: Session, inbound: int) -> None:
    """They were told: only the hash of their address stays."""
    await session.execute(update(inbound_mails).where(_c.id == inbound).values(sender=""))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to be kept with a message."""

    name: str
    media_type: str
    content: bytes


async def attach(session: Session, discussion: UUID, message: int, file: Attached, now: datetime) -> None:
    """Keep a file that came with a message."""
    values = {"discussion_id": discussion, "message_id": message, "kind": "attachment", "name": file.name}
    held = {"media_type": file.media_type, "content": file.content, "added_at": now}
    await session.execute(insert(discussion_files).values(**values, **held))


_ATTACHED = select(func.count()).select_from(discussion_files).where(_f.message_id == bindparam("message"))


async def count_attached(session: ReadSession, message: int) -> int:
    """How many files came with a message."""
    return int((await session.execute(_ATTACHED, {"message": message})).scalar_one())


async def by_outcome(session: ReadSession) -> dict[Outcome, int]:
    """How many mails came in, by what became of them."""
    rows = await session.execute(select(_c.status, func.count()).group_by(_c.status))
    return {Outcome(row[0]): int(row[1]) for row in rows}
