"""E-mails: one row each, unique by what it is about and whom it is for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import Session
from data.tables import emails

_c = emails.c


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRow:
    """What makes an e-mail one of a kind; `reason` tells two of the same template and subject apart."""

    template: str
    subject_id: str
    recipient: str
    reason: str
    message_id: str


async def claim(session: Session, email: EmailRow, now: datetime) -> int | None:
    """The id of the row to send, locked; None when that e-mail was sent already."""
    await session.execute(
        insert(emails)
        .values(
            template=email.template,
            subject_id=email.subject_id,
            recipient=email.recipient,
            reason=email.reason,
            message_id=email.message_id,
            created_at=now,
        )
        .on_conflict_do_nothing(constraint="uq_emails_once")
    )
    query = (
        select(_c.id, _c.sent_at)
        .where(
            _c.template == email.template,
            _c.subject_id == email.subject_id,
            _c.recipient == email.recipient,
            _c.reason == email.reason,
        )
        .with_for_update()
    )
    row = (await session.execute(query)).one()
    return None if row.sent_at else int(row.id)


async def sent(session: Session, email_id: int, now: datetime) -> None:
    """The mail server took it."""
    await session.execute(update(emails).where(_c.id == email_id).values(sent_at=now))
