"""The document of a convention as it is read: every mention with its label, and the timetable.

One source of words for the page people sign and for the paper (mentions: Code du travail, D5135-2).
The person's situation is not a mention of it: a company has no right to know of a disability or a benefit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.contacts import show_phone
from domain.convention import KIND_LABELS
from domain.french import french_date
from domain.schedule import Schedule, french_day, french_hours, french_periods, summary
from domain.search import OBJECTIVE_LABELS
from domain.terms import Contact, Host, Place, Terms
from domain.terms_clauses import accident_steps, commitments
from domain.values import siret_groups

NOTHING = "—"
"""What a mention says while nothing is written."""
_AGENT = "conseiller ou conseillère"
_TUTOR = "Accueille la personne, la suit et donne les consignes de santé et de sécurité"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescriber:
    """The agency that prescribes. `referent`: the name of who accompanies the person there, when known."""

    name: str
    kind: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    referent: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """One line of the document; `value` may have several paragraphs."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """Mentions under a title; `key` names it in addresses and tests."""

    key: str
    title: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of presence, in words."""

    day: str
    hours: str
    length: str


@dataclass(frozen=True, slots=True)
class Week:
    """One week of presence, in words."""

    title: str
    length: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole document, in words."""

    title: str
    sections: tuple[Section, ...]
    weeks: tuple[Week, ...]
    total: str
    commitments: tuple[str, ...]
    accident: tuple[str, ...]
    """What to do after one, in order."""


def sheet(terms: Terms, prescriber: Prescriber | None = None) -> Sheet:
    """The document in words; `—` where a draft says nothing yet."""
    return Sheet(
        KIND_LABELS[terms.kind],
        tuple(one for one in _sections(terms, prescriber) if one.mentions),
        weeks_of(terms.schedule),
        summary(terms.schedule),
        tuple(commitments(terms)),
        tuple(_accident(terms, prescriber)),
    )


def _accident(terms: Terms, prescriber: Prescriber | None) -> list[str]:
    if prescriber is None:
        return accident_steps(terms, "", "")
    reach = (show_phone(prescriber.phone) if prescriber.phone else "", prescriber.email)
    return accident_steps(terms, prescriber.name, ", ".join(part for part in reach if part))


def _sections(terms: Terms, prescriber: Prescriber | None) -> Iterator[Section]:
    yield Section("prescripteur", "La structure prescriptrice", _prescriber(prescriber))
    yield Section("personne", "La personne accueillie", _person(terms))
    yield Section("entreprise", "L’entreprise d’accueil", _host(terms.host))
    if terms.employed:
        yield Section("employeur", "L’employeur actuel", _employer(terms))
    yield Section("suivi", "Qui accompagne la personne", _follow_up(terms, prescriber))
    yield Section("activite", "Ce que la personne va faire", _activity(terms))
    yield Section("dates", "Les dates et le lieu", _dates(terms))
    if terms.renews:
        yield Section("renouvellement", "Le renouvellement", _renewal(terms))


def _mention(label: str, value: str) -> Mention:
    return Mention(label, value or NOTHING)


def _who(contact: Contact) -> str:
    """A person on one line: name, function, how to reach them."""
    reach = (contact.email, show_phone(contact.phone) if contact.phone else "")
    return ", ".join(part for part in (contact.name, contact.function, *reach) if part)


def _place(place: Place) -> str:
    city = f"{place.postal_code} {place.city}".strip()
    return ", ".join(part for part in (place.address, city) if part)


def _day(day: date | None) -> str:
    return french_date(day) if day else ""


def _prescriber(one: Prescriber | None) -> tuple[Mention, ...]:
    if one is None:
        return (_mention("Nom", ""), _mention("Adresse", ""))
    kind = (_mention("Type de structure", one.kind),) if one.kind else ()
    phone = (_mention("Téléphone", show_phone(one.phone)),) if one.phone else ()
    email = (_mention("Adresse e-mail", one.email),) if one.email else ()
    return (_mention("Nom", one.name), *kind, _mention("Adresse", one.address), *phone, *email)


def _person(terms: Terms) -> tuple[Mention, ...]:
    person = terms.beneficiary
    optional = (
        ("Adresse e-mail", person.email),
        ("Téléphone", show_phone(person.phone) if person.phone else ""),
        ("Établissement scolaire", person.school),
    )
    guardian = (_mention("Représentant légal", _who(terms.representative)),) if terms.minor else ()
    return (
        _mention("Prénom et nom", person.name),
        _mention("Date de naissance", _day(person.birth_date)),
        *(_mention(label, value) for label, value in optional if value),
        *guardian,
        _mention("Contrat de travail en cours", "oui" if terms.employed else "non"),
    )


def _host(host: Host) -> tuple[Mention, ...]:
    activity = f"{host.activity} ({host.naf})" if host.naf else host.activity
    place = Place(address=host.address, postal_code=host.postal_code, city=host.city)
    return (
        _mention("Nom", host.name),
        _mention("SIRET", siret_groups(host.siret) if host.siret else ""),
        _mention("Adresse", _place(place)),
        _mention("Activité principale", activity),
        _mention("Convention collective", host.agreement or "aucune"),
        _mention("Signe pour l’entreprise", _who(host.contact)),
        _mention(
            "Accueille la personne, la suit et donne les consignes de santé et de sécurité", _who(host.tutor)
        ),
    )


def _employer(terms: Terms) -> tuple[Mention, ...]:
    employer = terms.employer
    return (
        _mention("Nom", employer.name),
        _mention("SIRET", siret_groups(employer.siret) if employer.siret else ""),
        _mention("Signe pour l’employeur", _who(employer.contact)),
    )


def _follow_up(terms: Terms, prescriber: Prescriber | None) -> tuple[Mention, ...]:
    name = prescriber.name if prescriber else ""
    referent = referent_of(terms, prescriber.referent if prescriber else "")
    return (
        _mention("Structure d’accompagnement", terms.accompanying.structure or _prescribes(name)),
        _mention("Référent ou référente", _who(referent)),
    )


def _prescribes(name: str) -> str:
    return name and f"{name} (structure prescriptrice)"


def referent_of(terms: Terms, agent: str) -> Contact:
    """Who accompanies the person: whom the document names, else the prescriber's own `agent`, by name."""
    own = terms.accompanying
    if own.structure or own.contact or not agent:
        return own.contact
    return Contact(last_name=agent, function=_AGENT)


def _activity(terms: Terms) -> tuple[Mention, ...]:
    activity = terms.activity
    job = f"{activity.job} ({activity.rome})" if activity.rome else activity.job
    skills = ", ".join(one.label for one in activity.skills)
    gratuity = (_mention("Gratification", activity.gratuity),) if activity.gratuity else ()
    checked = "aucun n’est prévu, la liste a été lue" if activity.hazards_checked else ""
    hazards = (_mention("Travaux interdits avant 18 ans", checked),) if terms.minor else ()
    return (
        _mention("Métier", job),
        _mention("Objectif", OBJECTIVE_LABELS[activity.objective] if activity.objective else ""),
        _mention("Ce que la personne veut découvrir ou vérifier", activity.aims),
        _mention("Comment l’objectif est évalué", activity.assessed_how),
        _mention("Activités confiées", activity.tasks),
        _mention("Compétences visées", skills or "aucune n’est précisée"),
        _mention("Sécurité et équipements", activity.safety),
        *gratuity,
        *hazards,
    )


def _dates(terms: Terms) -> tuple[Mention, ...]:
    return (
        _mention("Premier jour", _day(terms.starts_on)),
        _mention("Dernier jour", _day(terms.ends_on)),
        _mention("Lieu", _place(terms.work_place)),
        _mention("Heures de présence", summary(terms.schedule)),
    )


def _renewal(terms: Terms) -> tuple[Mention, ...]:
    return (
        _mention("Convention renouvelée", terms.renews),
        _mention("Raison du renouvellement", terms.renewal_reason),
    )


def _short(day: date) -> str:
    """`lundi 7 décembre`: its week says the year."""
    return french_day(day).rpartition(" ")[0]


def weeks_of(schedule: Schedule) -> tuple[Week, ...]:
    """The timetable, week by week."""
    by_week, by_day = schedule.minutes_by_week, schedule.minutes_by_day
    return tuple(
        Week(
            f"Semaine du {french_date(monday)}",
            french_hours(by_week[monday]),
            tuple(
                Day(_short(day), french_periods(schedule.hours_on(day)), french_hours(by_day[day]))
                for day in schedule.days
                if (day - monday).days in range(7)
            ),
        )
        for monday in schedule.weeks
    )
