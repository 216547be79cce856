"""What a convention must say before it is sent to its people: every error with its field, in French.

The limits of the schedule are in `schedule_limits`; twins and cumulated days need the database, and are
asked by `services.conventions`.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from domain.agency import Situation
from domain.contacts import is_email, phone_fault, tidy_email, tidy_phone
from domain.convention import As, Kind
from domain.errors import FieldError
from domain.search import Objective
from domain.sms import is_mobile
from domain.terms import (
    MAX_LINE,
    MAX_NAME,
    MAX_SKILLS,
    MAX_TEXT,
    OLDEST,
    Contact,
    Coverage,
    Place,
    Terms,
    contact_of,
    signatories,
)
from domain.values import POSTAL_CODE_PATTERN, clean_line, clean_text, compact_siret, fold, is_siret

T = TypeVar("T")


class Part(StrEnum):
    """The five parts of the form, in order; each holds whole branches of the document."""

    PERSON = "person"
    COMPANY = "company"
    ACTIVITY = "activity"
    SCHEDULE = "schedule"
    FOLLOW_UP = "follow_up"


PART_LABELS = {
    Part.PERSON: "La personne accueillie",
    Part.COMPANY: "L’entreprise d’accueil",
    Part.ACTIVITY: "Le métier et les activités",
    Part.SCHEDULE: "Les dates et les horaires",
    Part.FOLLOW_UP: "La structure prescriptrice et le suivi",
}
PART_OF = {
    "kind": Part.PERSON,
    "beneficiary": Part.PERSON,
    "representative": Part.PERSON,
    "employed": Part.PERSON,
    "employer": Part.PERSON,
    "coverage": Part.PERSON,
    "host": Part.COMPANY,
    "activity": Part.ACTIVITY,
    "place": Part.SCHEDULE,
    "starts_on": Part.SCHEDULE,
    "ends_on": Part.SCHEDULE,
    "schedule": Part.SCHEDULE,
    "agency": Part.FOLLOW_UP,
    "accompanying": Part.FOLLOW_UP,
    "renews": Part.FOLLOW_UP,
    "renewal_reason": Part.FOLLOW_UP,
}
"""The part where each first word of a field's path is asked."""
_LONG = {"aims", "assessed_how", "tasks", "safety", "renewal_reason", "gratuity"}


def part_of(field: str) -> Part:
    """The part of the form that asks a field, by its path (`host.siret`)."""
    return PART_OF[field.partition(".")[0]]


def tidied(terms: Terms) -> Terms:
    """Spaces, invisible characters, addresses, numbers and SIRETs put right; nothing refused."""
    return _tidy(terms, terms.host.postal_code)


def _tidy(value: T, postal_code: str) -> T:
    changed: dict[str, Any] = {}
    for one in fields(value):  # type: ignore[arg-type]
        found = getattr(value, one.name)
        if isinstance(found, StrEnum):
            continue
        if isinstance(found, str):
            changed[one.name] = _tidy_text(one.name, found, postal_code)
        elif is_dataclass(found) and one.name != "schedule":
            changed[one.name] = _tidy(found, postal_code)
    return replace(value, **changed)  # type: ignore[type-var]


def _tidy_text(name: str, text: str, postal_code: str) -> str:
    if name == "email":
        return tidy_email(text).lower()
    if name == "phone":
        return tidy_phone(text, postal_code) if text else ""
    if name == "siret":
        return compact_siret(text)
    return clean_text(text) if name in _LONG else clean_line(text)


def check_terms(terms: Terms, today: date) -> tuple[FieldError, ...]:
    """Everything that keeps a tidied document from being sent, the schedule's limits left out.

    `today`: at the place; what is asked of somebody under 18 is asked by it until the first day is known.
    """
    return (
        *_sizes(terms, ""),
        *_person(terms, today),
        *_employment(terms),
        *_host(terms),
        *_accompanying(terms),
        *_activity(terms, today),
        *_dates(terms),
        *_reachable(terms),
    )


def _sizes(value: object, path: str) -> Iterator[FieldError]:
    for one in fields(value):  # type: ignore[arg-type]
        found, here = getattr(value, one.name), f"{path}{one.name}"
        if isinstance(found, str):
            most = _most(one.name)
            if len(found) > most:
                yield FieldError(here, f"Raccourcissez à {most} caractères au plus.", "too_long")
        elif is_dataclass(found) and one.name != "schedule":
            yield from _sizes(found, f"{here}.")


def _most(name: str) -> int:
    if name in _LONG:
        return MAX_TEXT
    return MAX_NAME if name in {"first_name", "last_name"} else MAX_LINE


def _wanted(path: str, value: object, what: str) -> Iterator[FieldError]:
    if not value:
        yield FieldError(path, what, "required")


def _contact(
    path: str, contact: Contact, whom: str, *, function: str, paper: bool = False
) -> Iterator[FieldError]:
    """A person who signs or follows: names, function and mail address; on `paper`, perhaps without one."""
    yield from _wanted(f"{path}.first_name", contact.first_name, f"Écrivez le prénom {whom}.")
    yield from _wanted(f"{path}.last_name", contact.last_name, f"Écrivez le nom {whom}.")
    yield from _wanted(f"{path}.function", contact.function, function)
    if contact.email or not paper:
        yield from _email(path, contact.email, whom)
    yield from _phone(path, contact.phone)


def _email(path: str, email: str, whom: str) -> Iterator[FieldError]:
    if not is_email(email):
        said = f"Écrivez l’adresse e-mail {whom}, par exemple prenom.nom@exemple.fr."
        yield FieldError(f"{path}.email", said, "email")


def _phone(path: str, phone: str) -> Iterator[FieldError]:
    fault = phone_fault(phone) if phone else None
    if fault:
        yield FieldError(f"{path}.phone", fault, "phone")


def _person(terms: Terms, today: date) -> Iterator[FieldError]:
    person = terms.beneficiary
    whom = "de la personne accueillie"
    yield from _wanted("beneficiary.first_name", person.first_name, f"Écrivez le prénom {whom}.")
    yield from _wanted("beneficiary.last_name", person.last_name, f"Écrivez le nom {whom}.")
    yield from _wanted("beneficiary.birth_date", person.birth_date, f"Donnez la date de naissance {whom}.")
    age = person.age_on(today)
    if age is not None and not 0 <= age <= OLDEST:
        said = "Cette date de naissance n’est pas possible : vérifiez l’année."
        yield FieldError("beneficiary.birth_date", said, "age")
    if person.email:
        yield from _email("beneficiary", person.email, whom)
    yield from _phone("beneficiary", person.phone)
    yield from _wanted("beneficiary.situation", person.situation, "Choisissez la situation de la personne.")
    if terms.kind is Kind.MINI_STAGE:
        yield from _wanted("beneficiary.school", person.school, "Écrivez le nom de l’établissement scolaire.")
        if person.situation not in {None, Situation.PUPIL}:
            said = "Un mini-stage est réservé aux élèves : choisissez l’autre type de convention (PMSMP)."
            yield FieldError("kind", said, "kind")
    elif person.situation is Situation.PUPIL:
        said = "Pour un ou une élève, choisissez un mini-stage : la PMSMP ne s’y applique pas."
        yield FieldError("kind", said, "kind")
    if terms.minor_by(today):
        whom = "du représentant légal"
        function = "Écrivez le lien avec la personne : mère, père, tutrice…"
        yield from _contact("representative", terms.representative, whom, function=function, paper=True)


def _employment(terms: Terms) -> Iterator[FieldError]:
    if not terms.employed:
        if terms.coverage is Coverage.EMPLOYER:
            said = "Sans contrat de travail en cours, la structure prescriptrice couvre : choisissez-la."
            yield FieldError("coverage", said, "coverage")
        return
    employer = terms.employer
    yield from _wanted("employer.name", employer.name, "Écrivez le nom de l’employeur actuel.")
    if not is_siret(employer.siret):
        yield FieldError("employer.siret", "Écrivez les 14 chiffres du SIRET de l’employeur.", "siret")
    elif employer.siret == terms.host.siret:
        said = "La personne travaille déjà dans cette entreprise : l’immersion se fait dans une autre."
        yield FieldError("employer.siret", said, "same")
    function = "Écrivez la fonction de cette personne chez l’employeur."
    yield from _contact(
        "employer.contact", employer.contact, "de qui signe pour l’employeur", function=function
    )


def _host(terms: Terms) -> Iterator[FieldError]:
    host = terms.host
    if not is_siret(host.siret):
        yield FieldError("host.siret", "Écrivez les 14 chiffres du SIRET de l’entreprise.", "siret")
    for name, what in (
        ("name", "Écrivez le nom de l’entreprise."),
        ("address", "Écrivez l’adresse de l’entreprise."),
        ("city", "Écrivez la commune de l’entreprise."),
        ("activity", "Écrivez l’activité principale de l’entreprise."),
    ):
        yield from _wanted(f"host.{name}", getattr(host, name), what)
    yield from _postal_code("host.postal_code", host.postal_code, "de l’entreprise")
    function = "Écrivez la fonction de cette personne dans l’entreprise."
    yield from _contact("host.contact", host.contact, "de qui signe pour l’entreprise", function=function)
    yield from _contact("host.tutor", host.tutor, "du tuteur ou de la tutrice", function=function)
    own = terms.beneficiary.email
    # A tutor who is also who signs is told there, where their address is typed.
    if own and host.tutor.email == own and host.tutor != host.contact:
        said = "C’est aussi l’adresse e-mail de la personne accueillie : écrivez celle du tuteur."
        yield FieldError("host.tutor.email", said, "same")


def _accompanying(terms: Terms) -> Iterator[FieldError]:
    """Another structure than the prescriber is named with its referent; an address of theirs is optional."""
    own, path = terms.accompanying, "accompanying.contact"
    if not (own.structure or own.contact):
        return
    whom = "de la personne qui accompagne"
    yield from _wanted(f"{path}.first_name", own.contact.first_name, f"Écrivez le prénom {whom}.")
    yield from _wanted(f"{path}.last_name", own.contact.last_name, f"Écrivez le nom {whom}.")
    yield from _wanted(f"{path}.function", own.contact.function, f"Écrivez la fonction {whom}.")
    if own.contact.email:
        yield from _email(path, own.contact.email, whom)
    yield from _phone(path, own.contact.phone)


def _activity(terms: Terms, today: date) -> Iterator[FieldError]:
    activity = terms.activity
    yield from _wanted("activity.rome", activity.rome, "Choisissez le métier dans la liste.")
    yield from _wanted("activity.objective", activity.objective, "Choisissez un objectif, un seul.")
    for name, what in (
        ("aims", "Écrivez ce que la personne veut découvrir ou vérifier."),
        ("assessed_how", "Écrivez comment vous verrez si l’objectif est atteint."),
        ("tasks", "Écrivez les activités confiées à la personne."),
        ("safety", "Écrivez les consignes de sécurité et les équipements, ou « aucun »."),
    ):
        yield from _wanted(f"activity.{name}", getattr(activity, name), what)
    if len(activity.skills) > MAX_SKILLS:
        said = f"Gardez {MAX_SKILLS} compétences au plus."
        yield FieldError("activity.skills", said, "too_many")
    if terms.kind is Kind.MINI_STAGE and activity.objective not in {None, Objective.DISCOVER}:
        said = "Un mini-stage sert à découvrir un métier : choisissez cet objectif."
        yield FieldError("activity.objective", said, "kind")
    if terms.minor_by(today):
        yield from _hazards(terms)


def _hazards(terms: Terms) -> Iterator[FieldError]:
    if terms.activity.hazards:
        said = (
            "Ces travaux sont interdits avant 18 ans (Code du travail, D4153-15 et suivants) : "
            "retirez-les des activités, puis décochez-les."
        )
        yield FieldError("activity.hazards", said, "forbidden")
    elif not terms.activity.hazards_checked:
        said = "Lisez la liste des travaux interdits avant 18 ans, et confirmez qu’aucun n’est prévu."
        yield FieldError("activity.hazards_checked", said, "required")


def _dates(terms: Terms) -> Iterator[FieldError]:
    yield from _wanted("starts_on", terms.starts_on, "Donnez le premier jour.")
    yield from _wanted("ends_on", terms.ends_on, "Donnez le dernier jour.")
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        yield FieldError("ends_on", "Le dernier jour vient après le premier : corrigez.", "order")
    if not terms.schedule.periods:
        yield FieldError("schedule", "Donnez les jours et les heures de présence.", "required")
    if terms.place != Place():
        yield from _place(terms.place)


def _place(place: Place) -> Iterator[FieldError]:
    """Whole or not at all: the department it is in decides the clocks and the holidays."""
    yield from _wanted("place.address", place.address, "Écrivez l’adresse du lieu, ou videz ces trois cases.")
    yield from _postal_code("place.postal_code", place.postal_code, "du lieu")
    yield from _wanted("place.city", place.city, "Écrivez la commune du lieu, ou videz ces trois cases.")


def _postal_code(field: str, code: str, of_what: str) -> Iterator[FieldError]:
    if not re.fullmatch(POSTAL_CODE_PATTERN, code):
        yield FieldError(field, f"Écrivez le code postal {of_what} : cinq chiffres.", "postal_code")


def _reachable(terms: Terms) -> Iterator[FieldError]:
    """Who receives a code has an address or a mobile of their own: a code proves one person.

    A telephone that gets no message proves nothing: a family may share it.
    """
    emails: dict[str, As] = {}
    phones: dict[str, As] = {}
    for whom in signatories(terms):
        path = PATHS[whom]
        contact = contact_of(terms, whom)
        if contact.email and (other := emails.setdefault(contact.email, whom)) is not whom:
            said = (
                f"Cette adresse e-mail est déjà celle {_OF[other]} : chaque personne qui signe a la sienne."
            )
            yield FieldError(f"{path}.email", said, "same")
        if is_mobile(contact.phone) and (other := phones.setdefault(contact.phone, whom)) is not whom:
            said = f"Ce mobile est déjà celui {_OF[other]} : chaque personne qui signe a le sien."
            yield FieldError(f"{path}.phone", said, "same")


_OF = {
    As.BENEFICIARY: f"de la personne accueillie (partie « {PART_LABELS[Part.PERSON]} »)",
    As.REPRESENTATIVE: f"du représentant légal (partie « {PART_LABELS[Part.PERSON]} »)",
    As.COMPANY: f"de qui signe pour l’entreprise (partie « {PART_LABELS[Part.COMPANY]} »)",
}
"""Whose it is already, and where that is written; the employer comes last."""


PATHS = {
    As.BENEFICIARY: "beneficiary",
    As.REPRESENTATIVE: "representative",
    As.COMPANY: "host.contact",
    As.EMPLOYER: "employer.contact",
    As.TUTOR: "host.tutor",
}
"""Where in the document each person is written."""
ON_PAPER = frozenset({As.BENEFICIARY, As.REPRESENTATIVE})
"""Who may have no address: they sign on paper, before the agency, or by a code on their mobile."""


def same_person(terms: Terms) -> str:
    """What somebody is known by across conventions: their names without accents or case."""
    return fold(f"{terms.beneficiary.first_name} {terms.beneficiary.last_name}")
