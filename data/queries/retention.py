"""The statements of `domain.retention`: what is too old goes."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete

from data.session import Session
from data.tables import (
    address_states,
    bounces,
    emails,
    links,
    outbox,
    passports,
    registrations,
    scheduled_runs,
    sms,
)
from domain.company import RegistrationStatus
from domain.retention import Kept

_status, _changed = registrations.c.status, registrations.c.updated_at
_UNPROVED = (RegistrationStatus.DRAFT, RegistrationStatus.TO_PROVE)
_ENDED = (RegistrationStatus.PUBLISHED, RegistrationStatus.REFUSED)


def _old(kept: Kept, before: datetime) -> tuple[Table, tuple[ColumnElement[bool], ...]]:
    return {
        Kept.UNPROVED_REGISTRATIONS: (registrations, (_status.in_(_UNPROVED), _changed < before)),
        Kept.ENDED_REGISTRATIONS: (registrations, (_status.in_(_ENDED), _changed < before)),
        Kept.UNCLAIMED_PASSPORTS: (
            passports,
            (passports.c.seen_at < before, passports.c.beneficiary_id.is_(None)),
        ),
        Kept.LINKS: (links, (links.c.expires_at < before,)),
        Kept.EMAILS: (emails, (emails.c.created_at < before,)),
        Kept.SMS: (sms, (sms.c.created_at < before,)),
        Kept.BOUNCES: (bounces, (bounces.c.received_at < before,)),
        Kept.ADDRESS_STATES: (address_states, (address_states.c.updated_at < before,)),
        Kept.DONE_WORK: (outbox, (outbox.c.done_at < before,)),
        Kept.SCHEDULED_RUNS: (scheduled_runs, (scheduled_runs.c.planned_for < before,)),
    }[kept]


async def drop(session: Session, kept: Kept, before: datetime) -> int:
    """Delete what ended before that moment; how many rows went."""
    table, conditions = _old(kept, before)
    gone = await session.execute(delete(table).where(*conditions).returning(*table.primary_key.columns))
    return len(gone.all())
