"""Text messages: one row each, unique by what it is about and whom it is for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from data.queries.emails import KeptBack
from data.session import ReadSession, Session
from data.tables import sms

_c = sms.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsRow:
    """What makes a message one of a kind; `reason` tells two of the same kind and subject apart."""

    kind: str
    subject_id: str
    recipient: str
    reason: str
    parts: int


async def add(session: Session, row: SmsRow, now: datetime, kept_back: KeptBack = "") -> int | None:
    """Write that a message is sent, in the transaction that sends it; its id, None when it is known."""
    written = (
        insert(sms)
        .values(
            kind=row.kind,
            subject_id=row.subject_id,
            recipient=row.recipient,
            reason=row.reason,
            parts=row.parts,
            created_at=now,
            sent_at=None if kept_back else now,
            kept_back=kept_back,
        )
        .on_conflict_do_nothing(constraint="uq_sms_once")
        .returning(_c.id)
    )
    found = (await session.execute(written)).one_or_none()
    return int(found[0]) if found else None


async def name(session: Session, sms_id: int, provider_id: str) -> None:
    """Keep the number the provider gave a message."""
    await session.execute(update(sms).where(_c.id == sms_id).values(provider_id=provider_id))


async def kept_back(session: ReadSession) -> dict[str, int]:
    """How many messages were not sent, by why."""
    counts = select(_c.kept_back, func.count()).where(_c.kept_back != "").group_by(_c.kept_back)
    return {str(row[0]): int(row[1]) for row in await session.execute(counts)}
