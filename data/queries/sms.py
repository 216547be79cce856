"""Text messages: one row each, unique by what it is about and whom it is for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from data.queries.emails import KeptBack
from data.session import ReadSession, Session
from data.tables import beneficiaries, convention_signatories, conventions, sms

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


def to_signatory(user: UUID, email: str) -> ColumnElement[bool]:
    """Messages about a convention that the person signs, written to the number that it gives for them.

    They are known by their proved address, or by their own file: a number typed in a profile proves nothing.
    """
    s = convention_signatories.c
    file = select(beneficiaries.c.id).where(beneficiaries.c.user_id == user)
    own = and_(s.whom == "beneficiary", conventions.c.beneficiary_id.in_(file))
    signs = select(cast(s.convention_id, String), s.phone).join(conventions)
    return tuple_(_c.subject_id, _c.recipient).in_(signs.where(or_(func.lower(s.email) == email, own)))


async def forget(session: Session, user: UUID, email: str) -> None:
    """Remove what `to_signatory` finds."""
    await session.execute(delete(sms).where(to_signatory(user, email)))
