"""Everything held about a person, read once and told twice: as data, and as a document in French.

Only what is theirs: an agent takes away what is held about themselves, never the person they work with.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import get_type_hints
from uuid import UUID

from clients.sealing import Sealer
from clients.typesetting import typeset
from data.queries import own_conventions, own_data, own_requests
from data.queries.own_data import Person
from data.session import ReadSession
from domain.agency import SITUATION_LABELS
from domain.errors import SignInError
from domain.french import french_date, french_moment
from domain.own_data import ConsentHeld, Held
from domain.own_data_words import Said
from domain.passport import LEVEL_LABELS, TRAVEL_LABELS, evidence_words
from domain.private import LINE_LABELS, Line, Private
from domain.roles import Actor, require_account
from domain.search import OBJECTIVE_LABELS
from services.accounts.private_lines import PURPOSE, line_of, read_private
from services.passports import KeptPassport, show_passport

TEMPLATE = Path(__file__).parents[1] / "templates" / "pdf" / "own_data.typ"
TITLE = "Ce qu’Escale garde sur moi"
_NO_FILE = UUID(int=0)
_GONE = "Ce compte n’existe plus. Connectez-vous."
_NOTHING = "Rien."
_PASSPORT = "Mon passeport"
Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """What is held about a person at a moment."""

    made_at: datetime
    held: Held
    passport: KeptPassport | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the document: facts of one thing (`single`), or one entry a thing; empty: nothing."""

    title: str
    single: bool
    entries: tuple[Facts, ...]

    @property
    def note(self) -> str:
        """What is said where there is nothing."""
        return "" if self.entries else _NOTHING


async def everything(session: ReadSession, sealer: Sealer, actor: Actor, now: datetime) -> OwnData:
    """All that is held about the account that asks; raises `SignInError`, and `UnavailableError`.

    The second when what is sealed cannot be opened: an export that leaves things out would be a lie.
    """
    user = require_account(actor)
    account = await own_data.account(session, user)
    if account is None:
        raise SignInError(_GONE)
    person = Person(user=user, email=account.email, beneficiary=actor.beneficiary or _NO_FILE)
    held = Held(
        account=account,
        file=await own_data.file(session, person),
        private=await read_private(session, sealer, actor.beneficiary),
        consents=_opened(sealer, person, await own_data.consents_of(session, person)),
        referrals=await own_data.referrals_of(session, person),
        searches=await own_data.searches(session, person),
        history=await own_data.history(session, person),
        requests=await own_requests.requests(session, person),
        threads=await own_requests.threads(session, person),
        files=await own_requests.files(session, person),
        visits=await own_requests.visits_of(session, person),
        drafts=await own_requests.drafts(session, person),
        saved_searches=await own_requests.saved(session, person),
        favourites=await own_requests.favourites_of(session, person),
        conventions=await own_conventions.conventions_of(session, person),
        versions=await own_conventions.versions(session, person),
        signatures=await own_conventions.signatures(session, person),
        scans=await own_conventions.scans(session, person),
        story=await own_conventions.story(session, person),
        documents=await own_conventions.documents(session, person),
        assessments=await own_conventions.assessments_of(session, person),
        emails=await own_data.emails_of(session, person),
        sms=await own_data.sms_of(session, person),
        sessions=await own_data.sessions_of(session, person),
        sign_ins=await own_data.sign_ins_of(session, person),
        agencies=await own_data.agencies_of(session, person),
        companies=await own_data.companies_of(session, person),
        invitations=await own_data.invitations_of(session, person),
        registrations=await own_data.registrations_of(session, person),
        contacts=await own_data.contacts_of(session, person),
        accompanying=await own_data.accompanying(session, person),
        searches_made=await own_data.searches_made(session, person),
        written=await own_requests.written(session, person),
        convention_parts=await own_conventions.parts(session, person),
        templates=await own_conventions.templates(session, person),
        actions=await own_data.actions(session, person),
    )
    passport = await show_passport(session, actor.passport) if actor.passport else None
    return OwnData(made_at=now, held=held, passport=passport)


def _opened(sealer: Sealer, person: Person, consents: tuple[ConsentHeld, ...]) -> tuple[ConsentHeld, ...]:
    """The consents, with the lines that some are for."""
    return tuple(
        replace(one, target=line_of(sealer, person.beneficiary, one.target).value)
        if one.purpose == PURPOSE
        else one
        for one in consents
    )


def titles() -> tuple[str, ...]:
    """What a copy holds, section by section, in French."""
    account, *others = (said.label for _, said in _said_fields(Held))
    return (account, _PASSPORT, *others)


async def as_pdf(data: OwnData) -> bytes:
    """The document; the same bytes for the same data."""
    account = data.held.account
    name = f"{account.first_name} {account.last_name}".strip() or account.email
    values = {
        "title": TITLE,
        "subtitle": f"{name}, le {_written(data.made_at)}",
        "sections": [asdict(one) | {"note": one.note} for one in sections(data)],
    }
    return await typeset(TEMPLATE, values, data.made_at)


def sections(data: OwnData) -> tuple[Section, ...]:
    """The document's parts, in the order of `titles`: every section of `Held`, and the passport."""
    made = []
    for one, said in _said_fields(Held):
        value = getattr(data.held, one)
        single = not isinstance(value, tuple)
        things = (value,) if single else value
        entries = tuple(facts for thing in things if thing is not None and (facts := _facts(thing)))
        made.append(Section(title=said.label, single=single, entries=entries))
    facts = _passport(data.passport) if data.passport else []
    made.insert(1, Section(title=_PASSPORT, single=True, entries=(facts,) if facts else ()))
    return tuple(made)


def _said_fields(shape: type) -> Iterator[tuple[str, Said]]:
    """Fields that have a French name, in order."""
    hints = get_type_hints(shape, include_extras=True)
    for one in fields(shape):
        said: Said = hints[one.name].__metadata__[0]
        if said.label:
            yield one.name, said


def _facts(thing: object) -> Facts:
    """What one thing says, what is empty left out."""
    if isinstance(thing, Private):
        return _private(thing)
    named = ((said, getattr(thing, name)) for name, said in _said_fields(type(thing)))
    written = ((said.label, _written(value, said)) for said, value in named)
    return [(label, text) for label, text in written if text]


def _written(value: object, said: Said | None = None) -> str:
    """A value as people write it; empty when there is none."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return french_moment(value)
    if isinstance(value, date):
        return french_date(value)
    if isinstance(value, tuple):
        return ", ".join(_written(one, said) for one in value)
    text = "" if value is None else str(value)
    return said.words.get(text, text) if said else text


def _private(told: Private) -> Facts:
    facts = []
    for line in told.lines:
        value = getattr(told, line.value)
        said = SITUATION_LABELS[told.situation] if line is Line.SITUATION and told.situation else ""
        facts.append((LINE_LABELS[line], said or ("oui" if value is True else str(value))))
    if told.under_15:
        facts.append(("Moins de 15 ans, avec l’accord de", told.parent))
    return facts


def _passport(kept: KeptPassport) -> Facts:
    held, skills, jobs = kept.held, kept.skill_labels, kept.occupation_labels
    facts = [("Commencé le", _written(kept.created_at))]
    for job in held.jobs:
        length = f" ({job.months} mois)" if job.months else ""
        facts.append(("Métier exercé", f"{job.label or jobs.get(job.rome, job.rome)}{length}"))
    for line in held.lines:
        parts = [skills.get(line.skill, line.skill), LEVEL_LABELS[line.level] if line.level else ""]
        shown = f"{evidence_words(line)} : {line.attested_by}" if line.attested_by else evidence_words(line)
        parts += [shown, f"« {line.sentence} »" if line.sentence else ""]
        facts.append(("Savoir-faire", ", ".join(part for part in parts if part)))
    facts += [("Métier cherché", jobs.get(code, code)) for code in held.wishes]
    facts += [("Phrase à confirmer", one.text) for one in held.said]
    if held.objective:
        facts.append(("But de l’immersion", OBJECTIVE_LABELS[held.objective]))
    if held.home:
        facts.append(("Commune de départ", held.home.label))
    if held.mobility:
        travel = f"{TRAVEL_LABELS[held.mobility.travel]}, jusqu’à {held.mobility.max_km} km"
        facts.append(("Déplacements", travel))
    return facts
