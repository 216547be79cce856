"""One test a row of the table: what is a moment too old goes, what is not stays."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

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
    users,
)
from domain.retention import RETENTION, WARNED_BEFORE, Kept
from services.conventions.archives import CONVENTIONS
from services.retention import apply_retention
from tests.factories.companies import add_company
from tests.factories.conventions import office_at
from tests.factories.forms import NOW
from tests.factories.people import add_active_agency, add_agency, add_user
from tests.services.test_retention_requests import REQUESTS

Row = Mapping[str, Any]
MOMENT = timedelta(seconds=1)
OWNER = UUID("11111111-1111-4111-8111-111111111111")


def registration(status: str, at: datetime) -> Row:
    proved = {"proved_at": at} if status in {"to_check", "published"} else {}
    known = {"siret": "1", "data": {}, "created_at": at, "updated_at": at, "status": status}
    return known | proved | {"token_hash": secrets.token_bytes(32)}


def passport(at: datetime) -> Row:
    return {"token_hash": secrets.token_bytes(32), "created_at": NOW - timedelta(days=900), "seen_at": at}


def link(at: datetime) -> Row:
    known = {"purpose": "company.prove", "subject_id": "1", "created_at": at - timedelta(days=7)}
    return known | {"token_hash": secrets.token_bytes(32), "expires_at": at}


def email(at: datetime) -> Row:
    known = {"template": "t", "subject_id": "1", "recipient": "x"}
    return known | {"message_id": secrets.token_hex(), "reason": secrets.token_hex(), "created_at": at}


def text_message(at: datetime) -> Row:
    known = {"kind": "t", "subject_id": "1", "recipient": "x", "parts": 1}
    return known | {"reason": secrets.token_hex(), "created_at": at}


def bounce(at: datetime) -> Row:
    hashes = {"event_hash": secrets.token_bytes(32), "address_hash": secrets.token_bytes(32)}
    return hashes | {"kind": "soft", "received_at": at}


def state(at: datetime) -> Row:
    return {"address_hash": secrets.token_bytes(32), "unreachable_at": at, "updated_at": at}


def account(at: datetime) -> Row:
    told = at + RETENTION[Kept.UNUSED_ACCOUNTS].life - WARNED_BEFORE
    seen = {"created_at": at, "seen_at": at, "warned_at": told}
    return seen | {"email": f"{secrets.token_hex(4)}@exemple.fr"}


def session_row(at: datetime) -> Row:
    known = {"user_id": OWNER, "method": "mail", "created_at": at - timedelta(hours=12)}
    return known | {"token_hash": secrets.token_bytes(32), "expires_at": at}


def inbound_mail(at: datetime) -> Row:
    held = {"source": "mime", "recipient": "x", "null_sender": False, "content": b"x", "status": "waiting"}
    return held | {"received_hash": secrets.token_bytes(32), "received_at": at}


def invitation(at: datetime) -> Row:
    return {"email": f"{secrets.token_hex(4)}@exemple.fr", "role": "company_contact", "created_at": at}


def agency_invitation(at: datetime) -> Row:
    return {"email": f"{secrets.token_hex(4)}@exemple.fr", "roles": ["validator"], "invited_at": at}


def template(at: datetime) -> Row:
    return {"label": "Boulangerie, 2 semaines", "terms": {}, "created_at": at}


def person_search(at: datetime) -> Row:
    return {"query": secrets.token_hex(4), "total": 1, "searched_at": at}


def consent(at: datetime) -> Row:
    given = {"purpose": "passport_to_agency", "given_at": at - timedelta(days=900)}
    return given | {"target": secrets.token_hex(4), "revoked_at": at}


async def file_of(session: AsyncSession, **values: object) -> UUID:
    made = {"created_at": NOW, "updated_at": NOW} | values
    statement = insert(beneficiaries).values(**made).returning(beneficiaries.c.id)
    found: UUID = (await session.execute(statement)).scalar_one()
    return found


CASES = [
    (Kept.UNPROVED_REGISTRATIONS, registrations, lambda at: registration("draft", at)),
    (Kept.UNPROVED_REGISTRATIONS, registrations, lambda at: registration("to_prove", at)),
    (Kept.ENDED_REGISTRATIONS, registrations, lambda at: registration("published", at)),
    (Kept.ENDED_REGISTRATIONS, registrations, lambda at: registration("refused", at)),
    (Kept.UNCLAIMED_PASSPORTS, passports, passport),
    (Kept.LINKS, links, link),
    (Kept.EMAILS, emails, email),
    (Kept.SMS, sms, text_message),
    (Kept.BOUNCES, bounces, bounce),
    (Kept.INBOUND_MAILS, inbound_mails, inbound_mail),
    (Kept.ADDRESS_STATES, address_states, state),
    (Kept.SCHEDULED_RUNS, scheduled_runs, lambda at: {"job": "x", "planned_for": at}),
    (Kept.SESSIONS, sessions, session_row),
    (Kept.SIGN_INS, sign_ins, lambda at: {"email": "lea@exemple.fr", "created_at": at}),
    (Kept.OIDC_FLOWS, oidc_flows, lambda at: {"state_hash": secrets.token_bytes(32), "created_at": at}),
    (Kept.UNUSED_ACCOUNTS, users, account),
    (Kept.AUDIT, audit, lambda at: {"action": "x", "object_kind": "x", "object_id": "1", "at": at}),
    (Kept.COMPANY_INVITATIONS, company_invitations, invitation),
    (Kept.CONVENTION_TEMPLATES, convention_templates, template),
    (Kept.AGENCY_INVITATIONS, agency_invitations, agency_invitation),
    (Kept.UNCLAIMED_FILES, beneficiaries, lambda at: {"created_at": at, "updated_at": at}),
    (Kept.PERSON_SEARCHES, person_searches, person_search),
    (Kept.WITHDRAWN_CONSENTS, consents, consent),
    (Kept.DONE_WORK, outbox, lambda at: {"job": "x", "payload": {}, "done_at": at}),
]


def test_every_row_has_its_test() -> None:
    assert {case[0] for case in CASES} | REQUESTS | CONVENTIONS == set(RETENTION) == set(Kept)


@pytest.mark.parametrize(("kept", "table", "row"), CASES)
async def test_dropped_in_time(session: AsyncSession, kept: Kept, table: Table, row: Any) -> None:  # noqa: ANN401
    if table is sessions:
        await add_user(session, id=OWNER, created_at=NOW, seen_at=NOW)
    owner: Row = {}
    if table is company_invitations:
        owner = {"company_id": await add_company(session, jobs=())}
    if table in {agency_invitations, convention_templates}:
        owner = {"agency_id": await add_agency(session)}
    if table in {person_searches, consents}:
        owner = {"beneficiary_id": await file_of(session)}
    limit = NOW - RETENTION[kept].life
    await session.execute(insert(table), [row(limit - MOMENT) | owner])
    await session.execute(insert(table), [row(limit + MOMENT) | owner])
    gone = await apply_retention(office_at(session, NOW))
    assert {one: count for one, count in gone.items() if count} == {kept: 1}
    assert len((await session.execute(select(table))).all()) == 1


async def test_an_account_not_told_or_needed_stays(session: AsyncSession) -> None:
    long_ago = account(NOW - timedelta(days=900))
    await session.execute(insert(users).values(**{**long_ago, "warned_at": None}))
    await session.execute(insert(users).values(**{**account(NOW - timedelta(days=900)), "warned_at": NOW}))
    needed = await add_user(session, **account(NOW - timedelta(days=900)))
    await add_active_agency(session, needed)
    assert sum((await apply_retention(office_at(session, NOW))).values()) == 0


async def test_a_claimed_passport_stays(session: AsyncSession) -> None:
    person = await file_of(session)
    row = passport(NOW - timedelta(days=900))
    await session.execute(insert(passports).values(**row, beneficiary_id=person))
    assert sum((await apply_retention(office_at(session, NOW))).values()) == 0


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (registrations, registration("to_check", NOW - timedelta(days=900))),
        (outbox, {"job": "x", "payload": {}, "created_at": NOW - timedelta(days=900)}),
        (outbox, {"job": "x", "payload": {}, "parked_at": NOW - timedelta(days=900)}),
    ],
)
async def test_what_waits_for_somebody_stays(session: AsyncSession, table: Table, row: Row) -> None:
    await session.execute(insert(table), [row])
    assert sum((await apply_retention(office_at(session, NOW))).values()) == 0


async def test_an_unclaimed_file_goes_two_months_after_its_last_accompaniment(session: AsyncSession) -> None:
    long_ago, limit = NOW - timedelta(days=900), NOW - RETENTION[Kept.UNCLAIMED_FILES].life
    agent = await add_user(session, "agent@exemple.fr", created_at=NOW, seen_at=NOW)
    other = await add_user(session, "autre@exemple.fr", created_at=NOW, seen_at=NOW)
    agency = await add_active_agency(session, agent)

    async def accompanied(*ends: datetime | None, **values: object) -> UUID:
        person = await file_of(session, created_at=long_ago, updated_at=long_ago, **values)
        for user, until in zip((agent, other), ends, strict=False):
            known = {"since": long_ago, "consent": "beside", "consented_at": long_ago}
            ended = {"until": until, "end_reason": "agent" if until else ""}
            row = {"beneficiary_id": person, "agency_id": agency, "user_id": user} | known | ended
            await session.execute(insert(referrals).values(**row))
        return person

    ended_long_ago = await accompanied(limit - MOMENT, limit - MOMENT)
    never = await accompanied()
    kept = [
        await accompanied(None),
        await accompanied(limit - MOMENT, None),
        await accompanied(limit - MOMENT, limit + MOMENT),
        await accompanied(limit - MOMENT, user_id=other),
        asks := await accompanied(limit - MOMENT),
        opened := await accompanied(limit - MOMENT),
    ]
    company = await add_company(session, jobs=())
    asked = {"company_id": company, "beneficiary_id": asks, "rome": "D1102", "label": "Boulangerie"}
    asked |= {"contact_mode": "email", "status": "pending", "status_at": NOW, "objective": "discover"}
    asked |= {"candidate_address": "a", "company_address": "b", "created_at": NOW, "updated_at": NOW}
    await session.execute(insert(discussions).values(**asked))
    await session.execute(insert(passports).values(**passport(limit + MOMENT), beneficiary_id=opened))
    for person in (ended_long_ago, never):
        await session.execute(insert(passports).values(**passport(long_ago), beneficiary_id=person))
    gone = await apply_retention(office_at(session, NOW))
    assert {one: count for one, count in gone.items() if count} == {Kept.UNCLAIMED_FILES: 2}
    assert set(await session.scalars(select(beneficiaries.c.id))) == set(kept)
    assert list(await session.scalars(select(passports.c.beneficiary_id))) == [opened]


async def test_a_consent_that_holds_stays(session: AsyncSession) -> None:
    given = {
        "beneficiary_id": await file_of(session),
        **consent(NOW - timedelta(days=9000)),
        "revoked_at": None,
    }
    await session.execute(insert(consents).values(**given))
    assert sum((await apply_retention(office_at(session, NOW))).values()) == 0
