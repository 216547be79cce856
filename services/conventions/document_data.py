"""What the PDF of a convention says, as plain values that its template lays out.

Everything is words already: the template decides nothing. The same convention gives the same values, and the
same values the same bytes (`document_file`). What it must say: Code du travail, D5135-1 and following, and
décret n° 2023-1304; `tests/services/test_convention_document.py` looks for each mention on the paper.

The person's situation, address and telephone are not on it: the law does not ask for them, and the company
reads it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from clients.qr import qr_svg
from domain.chain import canonical
from domain.contacts import masked, show_phone
from domain.convention import AS_LABELS, KIND_LABELS, As, Kind
from domain.french import french_date, french_moment
from domain.schedule import MIDNIGHT, WEEKDAYS, Schedule, french_hours, french_time, summary
from domain.search import OBJECTIVE_LABELS, Objective
from domain.terms import Contact, Terms, contact_of, signatories
from domain.terms_clauses import accident_steps, commitments
from domain.terms_mentions import referent_of
from services.conventions import document_words as words

Data = dict[str, Any]
_COLON = re.compile(r" (?=[:»])|(?<=«) ")
_BEFORE = re.compile(r" (?=[;?!])")
_HOURS = re.compile(r"(?<=\d) (?=h\b)|(?<=\bh) (?=\d)")
_MARK = 8
"""Letters of a hash that tell two texts apart at a glance."""
_VERBATIM = {"verify", "at", "reference"}
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescriber:
    """The prescribing structure, its address on one line. `validates`: who validates for it, if another.

    `referent`: the name of who accompanies the person there, when known.
    """

    name: str
    kind: str
    siret: str
    address: str
    phone: str = ""
    email: str = ""
    validates: str = ""
    referent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature as its proof has it. `reached`: the address or number that the code went to.

    `document`: SHA-256 of the document signed, in hexadecimal. `attested_by`: the agent, for a paper.
    """

    whom: As
    name: str
    at: datetime
    channel: str
    reached: str
    document: str
    attested_by: str = ""
    scan: str = ""
    """SHA-256 of the paper, in hexadecimal, when it was scanned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What seals a convention: who signed, who validated it, the last line of its story (hexadecimal)."""

    version: int
    document: str
    signatures: tuple[Signature, ...]
    validated_by: str
    validated_at: datetime
    chain_head: str
    changed_since: str = ""
    """What the law lets change without new signatures (the tutor), in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Which convention it is. `verify_url`: the public page that its QR code opens."""

    reference: str
    verify_url: str
    prescriber: Prescriber


def final_data(terms: Terms, paper: Paper, proof: Proof) -> Data:
    """The validated convention and its certificate of signatures."""
    said = f"Validée le {french_date(proof.validated_at)} · version {proof.version}"
    signed = [(AS_LABELS[one.whom], one.name, one.at) for one in _in_order(proof.signatures)]
    signed.append((words.VALIDATION, f"{proof.validated_by}, {paper.prescriber.name}", proof.validated_at))
    return {
        **_data(terms, paper, said),
        "at": proof.validated_at.isoformat(),
        "signed": [[label, name, french_moment(at)] for label, name, at in signed],
        "certificate": _certificate(paper, proof),
    }


def paper_data(terms: Terms, paper: Paper, version: int, document: str, at: datetime) -> Data:
    """The convention to be signed by hand, by those who sign no other way.

    Every page bears its version, which is told again to attest the signature, and the beginning of
    `document`: SHA-256 of its text, in hexadecimal.
    """
    printed = words.PRINTED.format(version=version, mark=document[:_MARK])
    return {
        **_data(terms, paper, f"{printed} · {words.STATUS_PAPER}"),
        "at": at.isoformat(),
        "to_sign": [[AS_LABELS[whom], contact_of(terms, whom).name] for whom in signatories(terms)]
        + [[words.VALIDATION, paper.prescriber.name]],
    }


def blank_data(kind: Kind, at: datetime) -> Data:
    """The form to fill by hand: the same sections, with room to write."""
    empty = Paper(reference="", verify_url="", prescriber=Prescriber(name="", kind="", siret="", address=""))
    data = _data(Terms(kind=kind), empty, words.STATUS_BLANK)
    data["sections"][1]["facts"] += [[label, ""] for label in words.BLANK_PERSON]
    data["activity"].append([words.BLANK_HAZARDS, ""])
    signatories = [[label, ""] for label in words.BLANK_SIGNATORIES]
    return {**data, "at": at.isoformat(), "blank": True, "to_sign": signatories}


def written(data: Data) -> str:
    """The one way these values are kept, and given to the template."""
    return canonical(_fine(data)).decode()


def _fine(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same with the spaces of French that no line breaks at."""
    match value:
        case str():
            return _BEFORE.sub("\u202f", _COLON.sub("\u00a0", _HOURS.sub("\u00a0", value)))
        case dict():
            return {key: one if key in _VERBATIM else _fine(one) for key, one in value.items()}
        case list():
            return [_fine(one) for one in value]
        case _:
            return value


def _data(terms: Terms, paper: Paper, status: str) -> Data:
    return {
        "title": words.TITLES[terms.kind],
        "kind": KIND_LABELS[terms.kind],
        "law": words.LAWS[terms.kind],
        "reference": paper.reference,
        "status": status,
        "verify": {"url": paper.verify_url, "qr": qr_svg(paper.verify_url)} if paper.verify_url else None,
        "blank": False,
        "sections": _sections(terms, paper.prescriber),
        "activity": _activity(terms),
        "objectives": [
            {"label": OBJECTIVE_LABELS[one], "chosen": one is terms.activity.objective} for one in Objective
        ],
        "timetable": _timetable(terms),
        "commitments": commitments(terms),
        "accident": accident_steps(terms, paper.prescriber.name, _reach(paper.prescriber)),
        "signed": [],
        "to_sign": [],
        "certificate": None,
    }


def _sections(terms: Terms, prescriber: Prescriber) -> list[Data]:
    """The parties, each with its facts."""
    listed = [
        ("La structure prescriptrice", _of_prescriber(prescriber)),
        ("La personne accueillie", _of_person(terms)),
        ("L’entreprise d’accueil", _of_host(terms)),
        ("La structure d’accompagnement", _of_accompanying(terms, prescriber)),
    ]
    return [{"title": title, "facts": [list(fact) for fact in facts]} for title, facts in listed]


def _of_prescriber(prescriber: Prescriber) -> list[Fact]:
    facts = [
        ("Nom", prescriber.name),
        ("Adresse", prescriber.address),
        ("Téléphone, e-mail", _reach(prescriber)),
    ]
    given = [("Type", prescriber.kind), ("SIRET", french_siret(prescriber.siret))]
    given += [("Validation confiée à", prescriber.validates)]
    return facts + [fact for fact in given if fact[1]]


def _of_person(terms: Terms) -> list[Fact]:
    person = terms.beneficiary
    born = french_date(person.birth_date) if person.birth_date else ""
    facts = [
        ("Nom et prénom", _by_last_name(person.first_name, person.last_name)),
        ("Date de naissance", born),
    ]
    if terms.kind is Kind.MINI_STAGE:
        facts.append(("Établissement scolaire", person.school))
    if terms.representative:
        facts.append(("Représentant légal", _with_function(terms.representative)))
    if terms.employed:
        employer = terms.employer
        siret = f" (SIRET {french_siret(employer.siret)})" if employer.siret else ""
        facts.append(("Employeur actuel", f"{employer.name}{siret}"))
        facts.append(("Signe pour l’employeur", _with_function(employer.contact)))
    return facts


def _of_host(terms: Terms) -> list[Fact]:
    host = terms.host
    return [
        ("Nom", host.name),
        ("Adresse", _address(host.address, host.postal_code, host.city)),
        ("SIRET", french_siret(host.siret)),
        ("Activité principale", host.activity),
        ("Convention collective", host.agreement or (words.NO_AGREEMENT if host.name else "")),
        ("Signe pour l’entreprise", _with_function(host.contact)),
        (words.TUTOR, _with_function(host.tutor)),
        ("Téléphone pour le suivi", _phone(host.tutor.phone)),
    ]


def _of_accompanying(terms: Terms, prescriber: Prescriber) -> list[Fact]:
    return [
        ("Nom", terms.accompanying.structure or prescriber.name),
        ("Référent ou référente", _with_function(referent_of(terms, prescriber.referent))),
    ]


def _activity(terms: Terms) -> list[list[str]]:
    """What is done and why, as paragraphs; the objective is apart."""
    activity = terms.activity
    skills = " ; ".join(one.label for one in activity.skills)
    told = [
        ("Métier", activity.job + (f" (ROME {activity.rome})" if activity.rome else "")),
        ("Objectifs précis", activity.aims),
        ("Comment on saura s’ils sont atteints", activity.assessed_how),
        ("Activités confiées", activity.tasks),
        ("Compétences recherchées", skills),
        ("Santé, sécurité, équipements de protection", activity.safety),
    ]
    if terms.minor:
        told.append(("Travaux interdits avant 18 ans", words.NO_HAZARD))
    if terms.renews:
        told.append(("Renouvellement", f"Renouvelle la convention {terms.renews} : {terms.renewal_reason}"))
    return [list(one) for one in told]


def _timetable(terms: Terms) -> Data:
    """The weeks of presence, a line each; columns are the days that anybody comes."""
    schedule = terms.schedule
    place = terms.work_place
    days = sorted({day.weekday() for day in schedule.days}) or list(range(6))
    return {
        "where": _address(place.address, place.postal_code, place.city),
        "from": french_date(terms.starts_on) if terms.starts_on else "",
        "to": french_date(terms.ends_on) if terms.ends_on else "",
        "total": summary(schedule) if schedule else "",
        "columns": ["Semaine du", *(WEEKDAYS[day].capitalize() for day in days), "Total"],
        "rows": [_week(schedule, monday, days) for monday in schedule.weeks] or [[""] * (len(days) + 2)] * 5,
    }


def _week(schedule: Schedule, monday: date, days: list[int]) -> list[str]:
    told = [_hours(schedule, monday + timedelta(days=day)) for day in days]
    return [_short(monday), *told, french_hours(schedule.minutes_by_week[monday])]


def _hours(schedule: Schedule, day: date) -> str:
    periods = schedule.hours_on(day)
    if not periods:
        return "—"
    return "\n".join(f"{french_time(start)} – {_until(end)}" for start, end in periods)


def _until(end: time) -> str:
    return "24 h" if end == MIDNIGHT else french_time(end)


def _short(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _certificate(paper: Paper, proof: Proof) -> Data:
    since = [["Changé depuis les signatures", proof.changed_since]] if proof.changed_since else []
    return {
        "facts": [
            ["Convention", paper.reference],
            ["Version signée", str(proof.version)],
            *since,
            ["Empreinte du texte signé (SHA-256)", grouped(proof.document)],
            ["Dernier maillon du récit chaîné (HMAC-SHA-256)", grouped(proof.chain_head)],
        ],
        "signatures": [_signature(one) for one in _in_order(proof.signatures)],
        "validation": [
            ["Qui", f"{proof.validated_by}, pour {paper.prescriber.validates or paper.prescriber.name}"],
            ["Quand", f"{french_moment(proof.validated_at)} (heure de Paris)"],
            ["Comment", words.BY_ACCOUNT],
        ],
        "explained": words.EXPLAINED,
    }


def _signature(one: Signature) -> Data:
    facts = [["Nom", one.name], ["Quand", f"{french_moment(one.at)} (heure de Paris)"]]
    if one.channel == "paper":
        facts.append(["Comment", f"{words.CHANNELS['paper']}, attestée par {one.attested_by}"])
    else:
        facts.append(["Comment", f"{words.CHANNELS[one.channel]} {masked(one.reached)}"])
    facts.append(["Texte signé", grouped(one.document)])
    if one.scan:
        facts.append(["Papier signé, numérisé", grouped(one.scan)])
    return {"title": AS_LABELS[one.whom], "facts": facts}


def _in_order(signatures: tuple[Signature, ...]) -> list[Signature]:
    return sorted(signatures, key=lambda one: (list(As).index(one.whom), one.at))


def grouped(hexadecimal: str) -> str:
    """A hash that can be read aloud and broken over lines: `9f86d081 884c7d65 …`."""
    return " ".join(hexadecimal[at : at + 8] for at in range(0, len(hexadecimal), 8))


def french_siret(siret: str) -> str:
    """A SIRET as it is read: `552 100 554 00025`."""
    if len(siret) != len("00000000000000"):
        return siret
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}".replace(" ", "\u00a0")


def _by_last_name(first: str, last: str) -> str:
    return f"{last.upper()} {first}".strip()


def _with_function(contact: Contact) -> str:
    return ", ".join(one for one in (contact.name, contact.function) if one)


def _address(street: str, postal_code: str, city: str) -> str:
    return ", ".join(one for one in (street, f"{postal_code} {city}".strip()) if one)


def _phone(number: str) -> str:
    return show_phone(number).replace(" ", "\u00a0")


def _reach(prescriber: Prescriber) -> str:
    return ", ".join(one for one in (_phone(prescriber.phone), prescriber.email) if one)
