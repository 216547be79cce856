"""An invented convention for the demonstration: written, signed by codes, validated; the worker seals it.

Made by the use cases that everybody goes through, in the invented people's names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from data.queries import convention_signatories, conventions
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.agency import Situation
from domain.chain import ChainKeys
from domain.convention import As
from domain.roles import NOBODY, Actor
from domain.schedule_pattern import WeeklyPattern, draw
from domain.search import Objective
from domain.terms import Activity, Beneficiary, Contact, Host, SkillSought, Terms
from services.conventions import reviewing, signing
from services.conventions.drafting import Origin, start, submit
from services.conventions.parties import as_named, read
from services.conventions.signing import Device, Typed, code_of
from services.conventions.story import Office
from settings import Settings

_DAY = ((time(9), time(12)), (time(14), time(18)))
_FREE: tuple[tuple[time, time], ...] = ()
_WEEK = WeeklyPattern(week=(_DAY,) * 5 + (_FREE,) * 2)
_AHEAD = timedelta(days=14)
_DEPARTMENT = "57"
_DEVICE = Device("192.0.2.1", "Navigateur de la démonstration")
"""An address kept for examples (RFC 5737)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is in it, as accounts; `company` is the id of the host."""

    agency: int
    company: int
    person: Actor
    counsellor: Actor
    validator: Actor


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where each receives their code and their letters."""

    person: str
    company: str
    tutor: str


async def add_convention(
    session: Session, settings: Settings, cast: Cast, addresses: Addresses, now: datetime
) -> None:
    """One convention, validated, that begins in two weeks."""
    keys = ChainKeys(settings.chain_keys, settings.secret_key)
    office = Office(session, keys, settings.secret_key, now, settings.sends_texts)
    origin = Origin(
        agency_id=cast.agency,
        company_id=cast.company,
        beneficiary_id=cast.person.beneficiary,
        counsellor_id=cast.counsellor.user,
    )
    made = await start(office, cast.person, _document(addresses, now.date()), origin)
    await submit(office, await read(session, cast.person, made.id), made.version)
    for one in await convention_signatories.of_convention(session, made.id):
        await _sign(office, made.id, one.whom)
    if (await _row(session, made.id)).two_step:
        await reviewing.pre_approve(office, await read(session, cast.counsellor, made.id))
    await reviewing.validate(office, await read(session, cast.validator, made.id))


async def _sign(office: Office, convention: UUID, whom: As) -> None:
    """What somebody does with their link and their code."""
    row = await _row(office.session, convention)
    standing = as_named(NOBODY, row, whom)
    await signing.ask_code(office, standing, await _signatory(office.session, convention, whom))
    one = await _signatory(office.session, convention, whom)
    document = row.terms_sha256.hex() if row.terms_sha256 else ""
    typed = Typed(code_of(office.secret_key, one, row.version), document)
    await signing.sign(office, standing, one, typed, _DEVICE)


async def _row(session: Session, convention: UUID) -> ConventionRow:
    found = await conventions.by_id(session, convention)
    if found is None:
        raise LookupError(convention)
    return found


async def _signatory(session: Session, convention: UUID, whom: As) -> convention_signatories.SignatoryRow:
    listed: Sequence[convention_signatories.SignatoryRow] = await convention_signatories.of_convention(
        session, convention
    )
    return next(one for one in listed if one.whom is whom)


def _document(addresses: Addresses, today: date) -> Terms:
    """A week in a greengrocer's, from a Monday."""
    first = today + _AHEAD + timedelta(days=(-today.weekday()) % 7)
    last = first + timedelta(days=4)
    return Terms(
        beneficiary=Beneficiary(
            first_name="Lucas",
            last_name="Moreau",
            birth_date=date(1998, 5, 14),
            email=addresses.person,
            situation=Situation.JOB_SEEKER,
        ),
        host=Host(
            siret="99927632200016",
            name="Aux Cageots de Clémandine",
            address="17 rue du Vieux Pont",
            postal_code="57000",
            city="Metz",
            insee="57463",
            naf="47.21Z",
            activity="Commerce de détail de fruits et légumes",
            agreement="Commerce de détail de fruits et légumes (IDCC 1505)",
            contact=Contact(
                first_name="Malo", last_name="Larvandier", function="Gérant", email=addresses.company
            ),
            tutor=Contact(
                first_name="Chloé",
                last_name="Petit",
                function="Vendeuse",
                email=addresses.tutor,
                phone="+33387000000",
            ),
        ),
        activity=Activity(
            rome="D1106",
            job="Vendeur, vendeuse en fruits et légumes",
            objective=Objective.DISCOVER,
            aims="Voir si l’accueil des clients et le rythme du magasin lui conviennent.",
            assessed_how="Un point chaque midi avec la tutrice, un bilan le dernier jour.",
            tasks="Préparer l’étal, conseiller les clients, peser, tenir la caisse avec la tutrice.",
            skills=(SkillSought("100023", "Accueillir, conseiller un client"),),
            safety="Chaussures fermées et gants ; gestes pour porter les cagettes, montrés le premier jour.",
        ),
        starts_on=first,
        ends_on=last,
        schedule=draw(_WEEK, first, last, _DEPARTMENT),
    )
