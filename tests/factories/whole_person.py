"""A person about whom every table knows something, under words found nowhere else; and a bystander."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sealing import Sealer
from data.queries.sessions import actor_of, open_session
from data.tables import (
    agency_invitations,
    audit,
    beneficiaries,
    companies,
    company_invitations,
    consents,
    emails,
    flags,
    metadata,
    passports,
    person_searches,
    referrals,
    registrations,
    sign_ins,
    sms,
)
from domain.private import Line, Private
from domain.roles import Actor, Role
from services.accounts.private_lines import tell
from tests.factories.companies import add_company
from tests.factories.forms import NOW
from tests.factories.people import add_active_agency, add_agency, add_company_right, add_right, add_user

EMAIL, PHONE = "zephyrine.quintefeuille@exemple.fr", "+33698765432"
FIRST, LAST = "Zéphyrine", "Quintefeuille"
TOKEN = "whole-person"
SEALER = Sealer("", "k" * 32)
ADDRESSED = {"email", "contact_email", "recipient", "phone", "contact_phone"}
"""Names of columns that hold an address or a number."""


def personal_tables() -> set[str]:
    """Tables about people: those that lead to an account or a file, or hold an address or a number."""
    found = {"users", "beneficiaries"}
    while True:
        leading = {
            table.name
            for table in metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in found
        }
        if leading <= found:
            break
        found |= leading
    return found | {table.name for table in metadata.tables.values() if ADDRESSED & set(table.c.keys())}


@dataclass(frozen=True, slots=True)
class Whole:
    """The person, as whoever asks and by the keys of what is theirs; the colleague stays behind."""

    actor: Actor
    user: UUID
    beneficiary: UUID
    colleague: UUID
    agency: int
    company: int

    @property
    def marks(self) -> tuple[str, ...]:
        """What no row may hold once they are gone: how they are written to, their name, their numbers."""
        return (EMAIL, PHONE, FIRST, LAST, str(self.user), str(self.beneficiary))


async def add_whole_person(session: AsyncSession) -> Whole:
    """A candidate who is an agent, a company's contact and of the staff too: all that is held of anybody."""
    user = await add_user(
        session, EMAIL, first_name=FIRST, last_name=LAST, phone=PHONE, subject="sub-1", back_office=True
    )
    colleague = await add_user(session, "collegue@exemple.fr", first_name="Colin", last_name="Maillard")
    agency = await add_active_agency(session, colleague, contact_email=EMAIL)
    await add_right(session, agency, user, (Role.COUNSELLOR,))
    company = await add_company(session, name="Fournil", jobs=())
    contact = {"contact_email": EMAIL, "contact_name": f"{FIRST} {LAST}", "contact_phone": PHONE}
    await session.execute(companies.update().where(companies.c.id == company).values(**contact))
    await add_company_right(session, company, colleague, Role.COMPANY_ADMIN)
    await add_company_right(session, company, user, Role.COMPANY_CONTACT)
    opened = {"user_id": user, "method": "mail", "device": "Firefox sur Linux", "created_at": NOW}
    await open_session(session, TOKEN, {**opened, "expires_at": NOW + timedelta(hours=12)})
    await _add_file(session, user)
    actor = await actor_of(session, TOKEN, NOW)
    assert actor is not None
    assert actor.beneficiary is not None
    await tell(session, SEALER, actor, Private(rqth=True), {Line.RQTH}, NOW, parent_agrees=False)
    whole = Whole(actor, user, actor.beneficiary, colleague, agency, company)
    await _add_dealings(session, whole)
    await _add_messages(session, whole)
    return whole


async def _add(session: AsyncSession, table: Table, **values: object) -> None:
    await session.execute(insert(table).values(**values))


async def _add_file(session: AsyncSession, user: UUID) -> None:
    made = {"created_at": NOW, "updated_at": NOW}
    row = {"user_id": user, "first_name": FIRST, "last_name": LAST, "email": EMAIL, "insee": "57463"}
    statement = insert(beneficiaries).values(**row, **made).returning(beneficiaries.c.id)
    person = (await session.execute(statement)).scalar_one()
    kept = {"beneficiary_id": person, "token_hash": bytes(32), "created_at": NOW, "seen_at": NOW}
    await _add(session, passports, **kept, data={"jobs": [{"rome": "D1102", "label": "Aide de Zéphyrine"}]})


async def _add_dealings(session: AsyncSession, whole: Whole) -> None:
    """Who accompanies them and whom they accompany, what was searched, decided and read."""
    other = insert(beneficiaries).values(first_name="Autre", created_at=NOW, updated_at=NOW)
    bystander = (await session.execute(other.returning(beneficiaries.c.id))).scalar_one()
    agreed = {"since": NOW, "consent": "beside", "consented_at": NOW, "agency_id": whole.agency}
    searched = {"total": 3, "searched_at": NOW}
    for person, agent in ((whole.beneficiary, whole.colleague), (bystander, whole.user)):
        await _add(session, referrals, beneficiary_id=person, user_id=agent, **agreed)
        await _add(session, person_searches, beneficiary_id=person, user_id=agent, query="lieu=x", **searched)
        given = {"purpose": "passport_to_agency", "target": str(whole.agency), "given_at": NOW}
        await _add(session, consents, beneficiary_id=person, **given)
        line = {"at": NOW, "action": "file.read", "object_kind": "referral", "object_id": "1"}
        await _add(session, audit, **line, actor_id=agent, beneficiary_id=person, agency_id=whole.agency)
    read = {"action": "account.read", "object_kind": "user", "object_id": str(whole.user)}
    await _add(session, audit, at=NOW, actor_id=whole.colleague, **read)
    await _add(session, audit, at=NOW, action="flag.opened", object_kind="flag", object_id="x")
    await _add(session, flags, name="x", enabled=True, updated_at=NOW, updated_by=whole.user)


async def _add_messages(session: AsyncSession, whole: Whole) -> None:
    """What they were sent and asked, and invited to; forms given with their address."""
    asked = {"invited_by": whole.colleague, "email": EMAIL}
    elsewhere = await add_agency(session, name="Autre structure")
    at = {"agency_id": elsewhere, "roles": ["validator"], "invited_at": NOW}
    await _add(session, agency_invitations, **at, **asked)
    to = await add_company(session, name="Scierie", jobs=())
    await _add(session, company_invitations, company_id=to, role="company_admin", created_at=NOW, **asked)
    await _add(session, sign_ins, email=EMAIL, next="/passeport", created_at=NOW)
    sent = {"subject_id": "1", "created_at": NOW, "sent_at": NOW}
    await _add(session, emails, template="account_sign_in", recipient=EMAIL.title(), message_id="m", **sent)
    await _add(session, sms, kind="code", recipient=PHONE, reason="r", parts=1, **sent)
    form = {"siret": "1", "email": EMAIL, "data": {"contact": {"name": FIRST}}, "token_hash": bytes(32)}
    await _add(session, registrations, **form, status="to_prove", created_at=NOW, updated_at=NOW)


async def bystander(session: AsyncSession, email: str, now: datetime) -> Actor:
    """Somebody who has an account and nothing else."""
    user = await add_user(session, email, first_name="Nadir", last_name="Rien")
    row = {"user_id": user, "method": "mail", "created_at": now, "expires_at": now + timedelta(hours=1)}
    await open_session(session, email, row)
    actor = await actor_of(session, email, now)
    assert actor is not None
    return actor
