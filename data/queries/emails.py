"""E-mails: one row each, unique by what it is about and whom it is for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, case, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data.queries.addresses import UNREACHABLE
from data.session import ReadSession, Session
from data.tables import emails

_c = emails.c
_KEY = ("template", "subject_id", "recipient", "reason")

KeptBack = Literal["", "held", "unreachable", "refused"]
"""Why a message is not sent; empty when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRow:
    """What makes an e-mail one of a kind; `reason` tells two of the same template and subject apart."""

    template: str
    subject_id: str
    recipient: str
    reason: str
    message_id: str


_NOW = bindparam("created_at", type_=_c.created_at.type)
_KEPT_BACK = bindparam("kept_back", type_=_c.kept_back.type)
_ADD = (
    insert(emails)
    .values(
        {name: bindparam(name) for name in (*_KEY, "message_id")}
        | {
            "created_at": _NOW,
            "sent_at": case((or_(_KEPT_BACK != "", UNREACHABLE), null()), else_=_NOW),
            "kept_back": case((UNREACHABLE, "unreachable"), else_=_KEPT_BACK),
        }
    )
    .on_conflict_do_nothing(constraint="uq_emails_once")
    .returning(_c.id, _c.kept_back)
)


@dataclass(frozen=True, slots=True)
class Written:
    """An e-mail just written, and why it is not to be sent, if it is not."""

    id: int
    kept_back: KeptBack


async def add(
    session: Session,
    email: EmailRow,
    now: datetime,
    kept_back: KeptBack = "",
    address_hash: bytes | None = None,
) -> Written | None:
    """Write that an e-mail is sent, in the transaction that sends it; None when it is known.

    With the hash of an address, it is kept back when that address leads nowhere. A transaction that is
    writing the same e-mail is waited for.
    """
    values = {
        "template": email.template,
        "subject_id": email.subject_id,
        "recipient": email.recipient,
        "reason": email.reason,
        "message_id": email.message_id,
        "created_at": now,
        "kept_back": kept_back,
        "address_hash": address_hash,
    }
    row = (await session.execute(_ADD, values)).one_or_none()
    return Written(*row) if row else None


async def refuse(session: Session, email: int) -> None:
    """The server of its recipient does not know them: it was not sent after all."""
    await session.execute(update(emails).where(_c.id == email).values(kept_back="refused", sent_at=None))


async def last_sent(session: ReadSession, template: str) -> datetime | None:
    """When an e-mail of that template last went out."""
    query = select(func.max(_c.sent_at)).where(_c.template == template)
    moment: datetime | None = (await session.execute(query)).scalar_one()
    return moment


async def kept_back(session: ReadSession) -> dict[str, int]:
    """How many e-mails were not sent, by why."""
    counts = select(_c.kept_back, func.count()).where(_c.kept_back != "").group_by(_c.kept_back)
    return {str(row[0]): int(row[1]) for row in await session.execute(counts)}
