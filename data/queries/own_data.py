"""Everything held about a person, read whole: one statement a section of `domain.own_data`.

What is found by the address is found in lower case; an address typed by somebody else for a file that
its person has not taken over proves nothing, and opens nothing here.
"""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import array

from data.queries.sms import to_signatory
from data.session import ReadSession
from data.tables import (
    agencies,
    agency_invitations,
    agency_rights,
    audit,
    beneficiaries,
    companies,
    company_invitations,
    company_rights,
    consents,
    emails,
    passports,
    person_searches,
    referrals,
    registrations,
    sessions,
    sign_ins,
    sms,
    users,
)
from domain.own_data import (
    AccompanyingHeld,
    AccountHeld,
    AgencyRightHeld,
    CompanyRightHeld,
    ConsentHeld,
    ContactHeld,
    FileHeld,
    InvitationHeld,
    LineHeld,
    MessageHeld,
    ReferralHeld,
    RegistrationHeld,
    SearchHeld,
    SessionHeld,
    SignInHeld,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose data are read: an account, its address and its file.

    Without a file, the nil UUID, which no row has: a comparison with NULL would find the rows of nobody.
    """

    user: UUID
    email: str
    beneficiary: UUID


async def read_all(session: ReadSession, shape: type[T], query: Select[Any] | Any) -> tuple[T, ...]:  # noqa: ANN401
    """The rows of a query in their shape; arrays are tuples."""
    rows = (await session.execute(query)).mappings()
    return tuple(
        shape(**{name: tuple(one) if isinstance(one, list) else one for name, one in row.items()})
        for row in rows
    )


def name_of(table: Any = users) -> ColumnElement[str]:  # noqa: ANN401 - a table or its alias
    """First and last name, empty when there is nobody."""
    return func.trim(func.concat(table.c.first_name, " ", table.c.last_name))


async def account(session: ReadSession, user: UUID) -> AccountHeld | None:
    """The account."""
    columns = (users.c[name] for name in AccountHeld.__slots__)
    found = await read_all(session, AccountHeld, select(*columns).where(users.c.id == user))
    return found[0] if found else None


async def file(session: ReadSession, person: Person) -> FileHeld | None:
    """The person's file, without what is sealed."""
    b = beneficiaries.c
    columns = (b.first_name, b.last_name, b.email, b.insee, b.created_at, b.updated_at)
    query = (
        select(*columns, passports.c.seen_at.label("passport_seen_at"))
        .outerjoin(passports, passports.c.beneficiary_id == b.id)
        .where(b.id == person.beneficiary)
    )
    found = await read_all(session, FileHeld, query)
    return found[0] if found else None


async def consents_of(session: ReadSession, person: Person) -> tuple[ConsentHeld, ...]:
    """Consents given, and taken back; an agency or a company is told by its name."""
    c, to_agency, to_company = consents.c, agencies.alias(), companies.alias()
    name = func.coalesce(to_agency.c.name, to_company.c.name, c.target).label("target")
    query = (
        select(c.purpose, name, c.given_at, c.revoked_at)
        .outerjoin(
            to_agency, and_(c.purpose == "passport_to_agency", cast(to_agency.c.id, String) == c.target)
        )
        .outerjoin(
            to_company, and_(c.purpose == "passport_to_company", cast(to_company.c.id, String) == c.target)
        )
    )
    mine = query.where(c.beneficiary_id == person.beneficiary)
    return await read_all(session, ConsentHeld, mine.order_by(c.given_at, c.id))


async def referrals_of(session: ReadSession, person: Person) -> tuple[ReferralHeld, ...]:
    """Who accompanies the person, asks to, or did."""
    r = referrals.c
    agent = func.coalesce(func.nullif(name_of(), ""), users.c.email).label("agent")
    query = (
        select(agent, agencies.c.name.label("agency"), r.since, r.consent, r.consented_at, r.until)
        .add_columns(r.end_reason)
        .join(agencies, agencies.c.id == r.agency_id)
        .join(users, users.c.id == r.user_id)
        .where(r.beneficiary_id == person.beneficiary)
    )
    return await read_all(session, ReferralHeld, query.order_by(r.since, r.id))


async def accompanying(session: ReadSession, person: Person) -> tuple[AccompanyingHeld, ...]:
    """That the account accompanies people: who they are is theirs."""
    r = referrals.c
    query = (
        select(agencies.c.name.label("agency"), r.since, r.until, r.end_reason)
        .join(agencies, agencies.c.id == r.agency_id)
        .where(r.user_id == person.user)
    )
    return await read_all(session, AccompanyingHeld, query.order_by(r.since, r.id))


async def searches(session: ReadSession, person: Person) -> tuple[SearchHeld, ...]:
    """Searches made for the person."""
    p = person_searches.c
    query = (
        select(p.searched_at, p.query, p.total, func.coalesce(name_of(), "").label("by"))
        .outerjoin(users, users.c.id == p.user_id)
        .where(p.beneficiary_id == person.beneficiary)
    )
    return await read_all(session, SearchHeld, query.order_by(p.searched_at, p.id))


async def searches_made(session: ReadSession, person: Person) -> tuple[SearchHeld, ...]:
    """Searches that the account made for others: for whom is theirs."""
    p = person_searches.c
    query = select(p.searched_at, p.query, p.total, literal("").label("by")).where(p.user_id == person.user)
    return await read_all(session, SearchHeld, query.order_by(p.searched_at, p.id))


async def _lines(session: ReadSession, person: Person, which: ColumnElement[bool]) -> tuple[LineHeld, ...]:
    a = audit.c
    named = func.coalesce(func.nullif(name_of(), ""), users.c.email, "")
    unnamed = or_(a.role == "back_office", a.actor_id == person.user)
    query = (
        select(a.at, a.action, a.role, func.coalesce(agencies.c.name, "").label("agency"), a.detail)
        .add_columns(a.object_kind, a.object_id, case((unnamed, ""), else_=named).label("by"))
        .outerjoin(agencies, agencies.c.id == a.agency_id)
        .outerjoin(users, users.c.id == a.actor_id)
        .where(which)
    )
    return await read_all(session, LineHeld, query.order_by(a.at, a.id))


async def history(session: ReadSession, person: Person) -> tuple[LineHeld, ...]:
    """What was done with the account or the file, by anybody."""
    account = and_(audit.c.object_kind == "user", audit.c.object_id == str(person.user))
    return await _lines(session, person, or_(account, audit.c.beneficiary_id == person.beneficiary))


async def actions(session: ReadSession, person: Person) -> tuple[LineHeld, ...]:
    """What the account did, its own file and account apart, which `history` has."""
    account = and_(audit.c.object_kind == "user", audit.c.object_id == str(person.user))
    other_file = audit.c.beneficiary_id.is_distinct_from(person.beneficiary)
    elsewhere = or_(audit.c.beneficiary_id.is_(None), other_file)
    return await _lines(session, person, and_(audit.c.actor_id == person.user, elsewhere, ~account))


async def emails_of(session: ReadSession, person: Person) -> tuple[MessageHeld, ...]:
    """E-mails written to the account's address."""
    e = emails.c
    query = select(e.template.label("what"), e.recipient, e.created_at, e.sent_at, e.kept_back)
    mine = query.where(func.lower(e.recipient) == person.email)
    return await read_all(session, MessageHeld, mine.order_by(e.created_at, e.id))


async def sms_of(session: ReadSession, person: Person) -> tuple[MessageHeld, ...]:
    """Text messages written to the person for the conventions that they sign."""
    s = sms.c
    query = select(s.kind.label("what"), s.recipient, s.created_at, s.sent_at, s.kept_back)
    mine = query.where(to_signatory(person.user, person.email))
    return await read_all(session, MessageHeld, mine.order_by(s.created_at, s.id))


async def sessions_of(session: ReadSession, person: Person) -> tuple[SessionHeld, ...]:
    """Where the account is open."""
    s = sessions.c
    columns = (s[name] for name in SessionHeld.__slots__)
    query = select(*columns).where(s.user_id == person.user)
    return await read_all(session, SessionHeld, query.order_by(s.created_at, s.id))


async def sign_ins_of(session: ReadSession, person: Person) -> tuple[SignInHeld, ...]:
    """Links asked for the account's address, a day ago at most."""
    s = sign_ins.c
    query = select(s.created_at, s.next).where(s.email == person.email)
    return await read_all(session, SignInHeld, query.order_by(s.created_at, s.id))


async def agencies_of(session: ReadSession, person: Person) -> tuple[AgencyRightHeld, ...]:
    """Rights in agencies, granted or asked."""
    r = agency_rights.c
    query = (
        select(agencies.c.name.label("agency"), r.roles, r.notified, r.asked_at, r.decided_at)
        .join(agencies, agencies.c.id == r.agency_id)
        .where(r.user_id == person.user)
    )
    return await read_all(session, AgencyRightHeld, query.order_by(r.asked_at, r.agency_id))


async def companies_of(session: ReadSession, person: Person) -> tuple[CompanyRightHeld, ...]:
    """Rights on companies, granted or asked."""
    r, c = company_rights.c, companies.c
    query = (
        select(c.name.label("company"), c.siret, r.role, r.status, r.asked_at, r.decided_at)
        .join(companies, c.id == r.company_id)
        .where(r.user_id == person.user)
    )
    return await read_all(session, CompanyRightHeld, query.order_by(r.asked_at, r.company_id))


async def invitations_of(session: ReadSession, person: Person) -> tuple[InvitationHeld, ...]:
    """Invitations to the account's address that wait."""
    a, c = agency_invitations.c, company_invitations.c
    to_agencies = (
        select(agencies.c.name.label("to"), a.roles, a.invited_at)
        .join(agencies, agencies.c.id == a.agency_id)
        .where(a.email == person.email)
    )
    to_companies = (
        select(companies.c.name.label("to"), array([c.role]).label("roles"), c.created_at)
        .join(companies, companies.c.id == c.company_id)
        .where(c.email == person.email)
    )
    return await read_all(
        session, InvitationHeld, union_all(to_agencies, to_companies).order_by("invited_at")
    )


async def registrations_of(session: ReadSession, person: Person) -> tuple[RegistrationHeld, ...]:
    """Companies' forms given with the account's address, until they are published."""
    r = registrations.c
    columns = (r[name] for name in RegistrationHeld.__slots__)
    query = select(*columns).where(func.lower(r.email) == person.email)
    return await read_all(session, RegistrationHeld, query.order_by(r.created_at, r.id))


async def contacts_of(session: ReadSession, person: Person) -> tuple[ContactHeld, ...]:
    """Companies and agencies that give the account's address as their contact."""
    c, a = companies.c, agencies.c
    of_companies = select(c.name, c.siret, c.contact_name, c.contact_job, c.contact_email, c.contact_phone)
    found = await read_all(
        session, ContactHeld, of_companies.where(func.lower(c.contact_email) == person.email).order_by(c.id)
    )
    empty = literal("")
    of_agencies = select(a.name, a.siret, empty.label("contact_name"), empty.label("contact_job"))
    of_agencies = of_agencies.add_columns(a.contact_email, a.contact_phone)
    mine = func.lower(a.contact_email) == person.email
    return (*found, *(await read_all(session, ContactHeld, of_agencies.where(mine).order_by(a.id))))
