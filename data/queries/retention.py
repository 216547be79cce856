"""The statements of `domain.retention`: what is too old goes."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, or_, select

from data.queries.retention_requests import old_requests, wipe_bodies
from data.session import Session
from data.tables import (
    address_states,
    agency_invitations,
    audit,
    beneficiaries,
    bounces,
    company_invitations,
    consents,
    convention_templates,
    discussions,
    emails,
    inbound_mails,
    links,
    oidc_flows,
    outbox,
    passports,
    person_searches,
    referrals,
    registrations,
    scheduled_runs,
    sessions,
    sign_ins,
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
        Kept.INBOUND_MAILS: (inbound_mails, (inbound_mails.c.received_at < before,)),
        Kept.ADDRESS_STATES: (address_states, (address_states.c.updated_at < before,)),
        Kept.DONE_WORK: (outbox, (outbox.c.done_at < before,)),
        Kept.SCHEDULED_RUNS: (scheduled_runs, (scheduled_runs.c.planned_for < before,)),
        Kept.SESSIONS: (sessions, (sessions.c.expires_at < before,)),
        Kept.SIGN_INS: (sign_ins, (sign_ins.c.created_at < before,)),
        Kept.OIDC_FLOWS: (oidc_flows, (oidc_flows.c.created_at < before,)),
        Kept.UNCLAIMED_FILES: (beneficiaries, _unclaimed(before)),
        Kept.PERSON_SEARCHES: (person_searches, (person_searches.c.searched_at < before,)),
        Kept.WITHDRAWN_CONSENTS: (consents, (consents.c.revoked_at < before,)),
        Kept.AUDIT: (audit, (audit.c.at < before,)),
        Kept.CONVENTION_TEMPLATES: (convention_templates, (convention_templates.c.created_at < before,)),
        Kept.AGENCY_INVITATIONS: (agency_invitations, (agency_invitations.c.invited_at < before,)),
        Kept.COMPANY_INVITATIONS: (company_invitations, (company_invitations.c.created_at < before,)),
        **old_requests(before),
    }[kept]


def _unclaimed(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Files of people without an account that nobody opens any more, and that hold no request."""
    person = beneficiaries.c.id
    recent = or_(referrals.c.until.is_(None), referrals.c.until >= before)
    followed = select(referrals.c.id).where(referrals.c.beneficiary_id == person, recent)
    seen = select(passports.c.id).where(passports.c.beneficiary_id == person, passports.c.seen_at >= before)
    asks = select(discussions.c.id).where(discussions.c.beneficiary_id == person)
    return (
        beneficiaries.c.user_id.is_(None),
        beneficiaries.c.updated_at < before,
        *(~one.correlate(beneficiaries).exists() for one in (followed, seen, asks)),
    )


async def drop(session: Session, kept: Kept, before: datetime, now: datetime) -> int:
    """Delete what ended before that moment, or wipe it; how many rows went."""
    if kept is Kept.MESSAGE_BODIES:
        return len((await session.execute(wipe_bodies(before, now))).all())
    table, conditions = _old(kept, before)
    gone = await session.execute(delete(table).where(*conditions).returning(*table.primary_key.columns))
    return len(gone.all())
