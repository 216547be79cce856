"""Invented people for the demonstration: one account for each space, an agency, people accompanied.

Written once, by the use cases that everybody goes through, into a database that this folder made for
itself: never into one that settings name. Nobody has a password: they sign in by the link in the mailbox.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import msgspec

from api.pages.mailbox import ACCOUNTS_FILE, DemoAccount
from data.queries import codes, companies, places, users
from data.queries.referrals import account_of
from data.session import Session
from domain.account import Profile
from domain.agency import AgencyKind, Member
from domain.agency_form import AgencyForm
from domain.passport import (
    Home,
    Job,
    Level,
    Mobility,
    Passport,
    Travel,
    with_levels,
    with_objective,
    with_travel,
)
from domain.referral import NewPerson
from domain.roles import NOBODY, Actor, Role
from domain.search import Objective
from domain.values import department_of
from ops.demo_conventions import Addresses, Cast, add_convention
from ops.transactions import now, transaction
from services import back_office, company_rights, passports, person_files, referrals
from services.accounts.profile import change_profile
from services.agencies import activate, members, register
from services.agencies.registering import signed_in
from settings import Settings

CANDIDATE = "lucas@demo.example"
AGENT = "nadia@demo.example"
AGENCY_ADMIN = "karim@demo.example"
COMPANY_ADMIN = "malo.larvandier@aux-cageots-de-clemandine.example"
STAFF = "equipe@demo.example"
_TUTOR = "chloe@demo.example"
_BESIDE = NewPerson(first_name="Zoé", last_name="Durand", email="zoe@demo.example", agreed=True)
_COMPANY = "99927632200016"
"""A greengrocer's in Metz, of the starter data, whose address is that of its admin."""
_METZ = "57463"
_SELLER, _FLORIST = "D1106", "D1209"
_SKILLS = 8
_FORM = AgencyForm(
    kind=AgencyKind.MISSION_LOCALE,
    name="Mission locale des Trois Rivières",
    postal_code="57000",
    city="Metz",
    departments=("57",),
    contact_email="accueil@mission-locale.example",
)
_WAITING = replace(
    _FORM, kind=AgencyKind.PLIE, name="PLIE de la Seille", contact_email="accueil@plie.example"
)
ACCOUNTS = (
    DemoAccount(CANDIDATE, "Lucas Moreau, candidat", "son passeport, sa convention validée", "/compte"),
    DemoAccount(
        AGENT, "Nadia Benali, conseillère", "deux personnes accompagnées, leurs dossiers", "/accompagnement"
    ),
    DemoAccount(
        AGENCY_ADMIN,
        "Karim Haddad, responsable de la mission locale",
        "sa structure, ses membres, une demande à traiter",
        "/mes-structures",
    ),
    DemoAccount(
        COMPANY_ADMIN,
        "Malo Larvandier, gérant d’un magasin de primeurs",
        "sa fiche, ses collègues, une demande à traiter",
        "/entreprise",
    ),
    DemoAccount(
        STAFF, "L’équipe d’Escale", "une structure à activer, les entreprises, les envois", "/gestion"
    ),
)


def add_people(settings: Settings, mailbox: Path) -> tuple[DemoAccount, ...]:
    """Write them unless they are there, and their addresses where the mailbox page reads them.

    Nobody where the starter's companies are not: somebody imported theirs.
    """
    if not asyncio.run(_add_once(settings)):
        return ()
    (mailbox / ACCOUNTS_FILE).write_bytes(msgspec.json.encode(ACCOUNTS))
    return ACCOUNTS


async def _add_once(settings: Settings) -> bool:
    async with transaction(settings.database_url) as session:
        company = await companies.by_siret(session, _COMPANY)
        if company is None:
            return False
        if await account_of(session, AGENT):
            return True
        agency, admin, agent = await _agency(session)
        person = await _accompanied(session, agency, agent)
        await _enter(session, COMPANY_ADMIN, "Malo", "Larvandier")
        chloe = await _enter(session, _TUTOR, "Chloé", "Petit")
        await company_rights.ask(session, chloe, _COMPANY, now())
        await back_office.appoint(session, NOBODY, STAFF, now())
        cast = Cast(agency=agency, company=company.id, person=person, counsellor=agent, validator=admin)
        await add_convention(session, settings, cast, Addresses(CANDIDATE, COMPANY_ADMIN, _TUTOR), now())
    return True


async def _enter(session: Session, email: str, first_name: str, last_name: str) -> Actor:
    """An account as its first sign-in makes it, with a name."""
    user = await users.entered(session, email, now())
    await users.grant_own_companies(session, user, email, now())
    actor = Actor(user=user)
    await change_profile(session, actor, Profile(first_name=first_name, last_name=last_name))
    return actor


async def _agency(session: Session) -> tuple[int, Actor, Actor]:
    """An active agency whose admin has somebody to answer, its counsellor too; another waits to be active."""
    karim = await _enter(session, AGENCY_ADMIN, "Karim", "Haddad")
    number = await register(session, karim, _FORM, {Role.VALIDATOR}, now())
    await activate(session, Actor(back_office=True), number, now())
    admin = Actor(user=karim.user, agencies={number: frozenset({Role.AGENCY_ADMIN, Role.VALIDATOR})})
    nadia = await _enter(session, AGENT, "Nadia", "Benali")
    await members.ask_to_join(session, nadia, number, now())
    counsellor = frozenset({Role.COUNSELLOR})
    await members.grant(session, admin, number, signed_in(nadia), Member(counsellor), now())
    ines = await _enter(session, "ines@demo.example", "Inès", "Roy")
    await members.ask_to_join(session, ines, number, now())
    paul = await _enter(session, "paul@demo.example", "Paul", "Fabre")
    await register(session, paul, _WAITING, {Role.VALIDATOR}, now())
    return number, admin, Actor(user=nadia.user, agencies={number: counsellor})


async def _accompanied(session: Session, agency: int, agent: Actor) -> Actor:
    """A candidate who agreed from their account, given; a person whose file was started beside the agent."""
    lucas = await _enter(session, CANDIDATE, "Lucas", "Moreau")
    await referrals.propose(session, agent, agency, CANDIDATE, now())
    asked = next(row for row in await person_files.people(session, agent) if not row.current)
    person = replace(lucas, beneficiary=asked.beneficiary_id)
    await referrals.answer(session, person, asked.id, now(), accepts=True)
    own = await passports.passport_for(session, asked.beneficiary_id, now())
    await _fill(session, own, _SELLER, Job(rome="D1106", months=14), Travel.TRANSIT)
    zoe = await referrals.start_file(session, agent, agency, _BESIDE, now())
    theirs = await passports.passport_for(session, zoe, now())
    await _fill(session, theirs, _FLORIST, None, Travel.BIKE)
    return person


async def _fill(session: Session, passport: UUID, wish: str, job: Job | None, travel: Travel) -> None:
    """What a first meeting writes: some skills with their levels, what is looked for, from where."""
    skills = await codes.skills_of(session, wish, _SKILLS)
    levels = {code: Level(1 + at % len(Level)) for at, code in enumerate(skills)}
    await passports.declare_skills(session, passport, skills, now())
    await passports.add_wish(session, passport, wish, now())
    if job is not None:
        await passports.add_job(session, passport, job, now())
    town = await places.commune(session, _METZ)
    home = Home(town.insee, f"{town.name} ({department_of(town.insee)})", town.point) if town else None

    def tell(held: Passport) -> Passport:
        rated = with_objective(with_levels(held, levels), Objective.DISCOVER)
        return with_travel(rated, home, Mobility(travel, 15)) if home else rated

    await passports.change_passport(session, passport, tell, now())
