"""A person about whom every table knows something, under words found nowhere else; and a bystander."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Table, insert, select
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
    contact_drafts,
    discussion_files,
    discussion_messages,
    discussion_reminders,
    discussions,
    emails,
    favourites,
    flags,
    inbound_mails,
    metadata,
    offers,
    passports,
    person_searches,
    referrals,
    registrations,
    saved_searches,
    sign_ins,
    sms,
    visits,
)
from domain.private import Line, Private
from domain.roles import Actor, Role
from services.accounts.private_lines import tell
from tests.factories.companies import add_company
from tests.factories.convention_rows import Party, add_conventions
from tests.factories.forms import NOW
from tests.factories.people import add_active_agency, add_agency, add_company_right, add_right, add_user

EMAIL, PHONE = "zephyrine.quintefeuille@exemple.fr", "+33698765432"
FIRST, LAST = "Zéphyrine", "Quintefeuille"
REQUEST = UUID("5e1f0000-0000-4000-8000-0000000000aa")
"""The number of their request for an immersion."""
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
    bystander: UUID
    """Somebody whom they accompany."""

    @property
    def marks(self) -> tuple[str, ...]:
        """What no row may hold once they are gone: how they are written to, their name, their numbers."""
        return (EMAIL, PHONE, FIRST, LAST, str(self.user), str(self.beneficiary), str(REQUEST))


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
    made = {"first_name": "Autre", "created_at": NOW, "updated_at": NOW}
    statement = insert(beneficiaries).values(**made).returning(beneficiaries.c.id)
    other = (await session.execute(statement)).scalar_one()
    whole = Whole(actor, user, actor.beneficiary, colleague, agency, company, other)
    await _add_dealings(session, whole)
    await _add_requests(session, whole)
    party = Party(whole.user, whole.beneficiary, whole.agency, whole.colleague)
    await _add_messages(session, whole, await add_conventions(session, party))
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
    agreed = {"since": NOW, "consent": "beside", "consented_at": NOW, "agency_id": whole.agency}
    searched = {"total": 3, "searched_at": NOW}
    for person, agent in ((whole.beneficiary, whole.colleague), (whole.bystander, whole.user)):
        await _add(session, referrals, beneficiary_id=person, user_id=agent, **agreed)
        await _add(session, person_searches, beneficiary_id=person, user_id=agent, query="lieu=x", **searched)
        given = {"purpose": "passport_to_agency", "target": str(whole.agency), "given_at": NOW}
        await _add(session, consents, beneficiary_id=person, **given)
        line = {"at": NOW, "action": "file.read", "object_kind": "referral", "object_id": "1"}
        await _add(session, audit, **line, actor_id=agent, beneficiary_id=person, agency_id=whole.agency)
    read = {
        "action": "account.read",
        "role": "back_office",
        "object_kind": "user",
        "object_id": str(whole.user),
    }
    await _add(session, audit, at=NOW, actor_id=whole.colleague, **read)
    await _add(session, audit, at=NOW, action="flag.opened", object_kind="flag", object_id="x")
    await _add(session, flags, name="x", enabled=True, updated_at=NOW, updated_by=whole.user)


async def _add_requests(session: AsyncSession, whole: Whole) -> None:
    """A request of theirs with all that goes with it, one begun, and one that they answer."""
    company = await add_company(session, name="Serre", jobs=["D1102"])
    offer = await session.scalar(select(offers.c.id).where(offers.c.company_id == company))
    at = {"created_at": NOW, "updated_at": NOW}
    for person, name, author in ((whole.beneficiary, "a", None), (whole.bystander, "b", whole.user)):
        asked = {"company_id": company, "beneficiary_id": person, "rome": "D1102", "label": "Boulangerie"}
        asked |= {"contact_mode": "email", "status": "pending", "status_at": NOW, "objective": "discover"}
        asked |= {
            "candidate_address": f"{name}1",
            "company_address": f"{name}2",
            "phone": PHONE if not author else "",
        }
        asked |= {"availability": {"start": "2026-12-01", "half_days": ["mon_am"]}, "answered_by": author}
        one = uuid4() if author else REQUEST
        await _add(session, discussions, id=one, **asked, **at)
        thread = {
            "discussion_id": one,
            "author_id": author,
            "channel": "page",
            "body": "Bonjour",
            "sent_at": NOW,
        }
        await _add(session, discussion_messages, side="company" if author else "candidate", **thread)
        if author:
            continue
        file = {"kind": "cv", "name": f"{FIRST}.pdf", "media_type": "application/pdf", "content": b"%PDF-"}
        await _add(session, discussion_files, discussion_id=one, added_at=NOW, **file)
        await _add(session, discussion_reminders, discussion_id=one, kind="company_3_days", at=NOW)
        meet = {
            "proposed_by": "company",
            "status": "proposed",
            "slots": [NOW],
            "minutes": 30,
            "place": f"Chez {LAST}",
        }
        await _add(session, visits, discussion_id=one, **meet, **at)
    begun = {"token_hash": bytes(32), "offer_id": offer, "email": EMAIL, "data": {"first_name": FIRST}}
    await _add(session, contact_drafts, **begun, **at)
    reply = {
        "received_hash": bytes(32),
        "source": "mime",
        "recipient": "a1",
        "sender": EMAIL,
        "content": b"-",
    }
    await _add(session, inbound_mails, **reply, null_sender=False, status="waiting", received_at=NOW)
    kept = {"label": "Boulanger à Metz", "query": "lieu=Metz", "frequency": "daily", "created_at": NOW}
    await _add(session, saved_searches, user_id=whole.user, checked_at=NOW, seen_at=NOW, **kept)
    liked = {"beneficiary_id": whole.beneficiary, "company_id": company, "note": "près de chez moi"}
    await _add(session, favourites, added_by=whole.colleague, added_at=NOW, **liked)


async def _add_messages(session: AsyncSession, whole: Whole, convention: UUID) -> None:
    """What they were sent, for a convention of theirs too, and invited to; forms given with their address."""
    asked = {"invited_by": whole.colleague, "email": EMAIL}
    elsewhere = await add_agency(session, name="Autre structure")
    at = {"agency_id": elsewhere, "roles": ["validator"], "invited_at": NOW}
    await _add(session, agency_invitations, **at, **asked)
    to = await add_company(session, name="Scierie", jobs=())
    await _add(session, company_invitations, company_id=to, role="company_admin", created_at=NOW, **asked)
    await _add(session, sign_ins, email=EMAIL, next="/passeport", created_at=NOW)
    sent = {"subject_id": "1", "created_at": NOW, "sent_at": NOW}
    await _add(session, emails, template="account_sign_in", recipient=EMAIL.title(), message_id="m", **sent)
    text = {"kind": "code", "recipient": PHONE, "reason": "r", "parts": 1}
    await _add(session, sms, **text, **(sent | {"subject_id": str(convention)}))
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
