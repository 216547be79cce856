"""What an edit of a convention changed, field by field, in words people read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.agency import SITUATION_LABELS, Situation
from domain.convention import KIND_LABELS, Kind
from domain.french import french_date
from domain.schedule import Schedule, french_day, french_periods, summary
from domain.search import OBJECTIVE_LABELS, Objective
from domain.terms import HAZARD_LABELS, Coverage, Hazard, SkillSought, Terms

_PEOPLE = {
    "representative": "du représentant légal",
    "employer.contact": "de qui signe pour l’employeur",
    "host.contact": "de qui signe pour l’entreprise",
    "host.tutor": "du tuteur ou de la tutrice",
    "accompanying.contact": "du référent ou de la référente",
}
_OF_PEOPLE = {
    "first_name": "Prénom",
    "last_name": "Nom",
    "function": "Fonction",
    "email": "Adresse e-mail",
    "phone": "Téléphone",
}
FIELD_LABELS: Mapping[str, str] = {
    "kind": "Type de convention",
    "beneficiary.first_name": "Prénom de la personne accueillie",
    "beneficiary.last_name": "Nom de la personne accueillie",
    "beneficiary.birth_date": "Date de naissance de la personne accueillie",
    "beneficiary.email": "Adresse e-mail de la personne accueillie",
    "beneficiary.phone": "Téléphone de la personne accueillie",
    "beneficiary.situation": "Situation de la personne accueillie",
    "beneficiary.school": "Établissement scolaire",
    "employed": "Contrat de travail en cours",
    "employer.name": "Nom de l’employeur actuel",
    "employer.siret": "SIRET de l’employeur actuel",
    "coverage": "Couverture des accidents du travail",
    "host.siret": "SIRET de l’entreprise",
    "host.name": "Nom de l’entreprise",
    "host.address": "Adresse de l’entreprise",
    "host.postal_code": "Code postal de l’entreprise",
    "host.city": "Commune de l’entreprise",
    "host.insee": "Code de la commune de l’entreprise",
    "host.naf": "Code d’activité de l’entreprise",
    "host.activity": "Activité principale de l’entreprise",
    "host.agreement": "Convention collective",
    "accompanying.structure": "Structure d’accompagnement",
    "activity.rome": "Code du métier",
    "activity.job": "Métier",
    "activity.objective": "Objectif",
    "activity.aims": "Ce que la personne veut découvrir ou vérifier",
    "activity.assessed_how": "Comment l’objectif est évalué",
    "activity.tasks": "Activités confiées",
    "activity.skills": "Compétences visées",
    "activity.safety": "Sécurité et équipements",
    "activity.gratuity": "Gratification",
    "activity.hazards": "Travaux interdits avant 18 ans",
    "activity.hazards_checked": "Liste des travaux interdits vérifiée",
    "place.address": "Adresse du lieu de travail",
    "place.postal_code": "Code postal du lieu de travail",
    "place.city": "Commune du lieu de travail",
    "place.insee": "Code de la commune du lieu de travail",
    "starts_on": "Premier jour",
    "ends_on": "Dernier jour",
    "schedule": "Horaires",
    "renews": "Convention renouvelée",
    "renewal_reason": "Raison du renouvellement",
    **{
        f"{path}.{name}": f"{label} {whom}"
        for path, whom in _PEOPLE.items()
        for name, label in _OF_PEOPLE.items()
    },
}
"""Every field of the document; a test walks them."""
_COVERAGE_LABELS = {
    Coverage.PRESCRIBER: "par la structure prescriptrice",
    Coverage.EMPLOYER: "par l’employeur actuel",
}

_DAYS_TOLD = 3
"""Days of a timetable that a change names."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an edit changed: its path, its label, what it said and what it says."""

    field: str
    label: str
    before: str
    after: str


def changes(before: Terms, after: Terms) -> tuple[Change, ...]:
    """Every difference between two versions, in the order of the document."""
    old, new = dict(flat(before)), dict(flat(after))
    return tuple(
        Change(path, FIELD_LABELS[path], *_told(old[path], new[path]))
        for path in new
        if old[path] != new[path]
    )


def comes_of_age(before: Terms, after: Terms) -> bool:
    """Whether a minor of the first version is an adult on the first day of the second."""
    known = after.starts_on is not None and after.beneficiary.birth_date is not None
    return before.minor and known and not after.minor


def grown(before: Terms, after: Terms, *, only_dates: bool = False) -> Terms:
    """The second version without what is asked for a minor alone, for who comes of age by it.

    `only_dates`: nothing else may change, so that it stays as the first version says.
    """
    if not comes_of_age(before, after):
        return after
    said = before if only_dates else Terms()
    hazards, checked = said.activity.hazards, said.activity.hazards_checked
    activity = replace(after.activity, hazards=hazards, hazards_checked=checked)
    return replace(after, representative=said.representative, activity=activity)


def _told(before: object, after: object) -> tuple[str, str]:
    """What both versions say: of two timetables, the days that differ too."""
    if isinstance(before, Schedule) and isinstance(after, Schedule) and before and after:
        days = sorted({one.day for one in set(before.periods) ^ set(after.periods)})
        return _with_days(before, days), _with_days(after, days)
    return said(before), said(after)


def _with_days(schedule: Schedule, days: Sequence[date]) -> str:
    """`10 jours, 70 h en tout (lundi 7 décembre : 9 h – 12 h ; et 2 autres jours)`."""
    told = []
    for day in days[:_DAYS_TOLD]:
        hours = french_periods(schedule.hours_on(day)) or "pas de présence"
        told.append(f"{french_day(day).rpartition(' ')[0]} : {hours}")
    more = len(days) - _DAYS_TOLD
    if more > 0:
        told.append(f"et {more} autres jours" if more > 1 else "et 1 autre jour")
    return f"{summary(schedule)} ({' ; '.join(told)})"


def flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Each field of a document with its path; a schedule and a list are one field."""
    for one in fields(value):  # type: ignore[arg-type]
        found, here = getattr(value, one.name), f"{path}{one.name}"
        if is_dataclass(found) and not isinstance(found, Schedule):
            yield from flat(found, f"{here}.")
        else:
            yield here, found


def said(value: object) -> str:
    """A value of the document as people read it; « — » for nothing."""
    match value:
        case bool():
            return "oui" if value else "non"
        case date():
            return french_date(value)
        case Schedule():
            return summary(value) if value.periods else "—"
        case StrEnum():
            return _LABELS[type(value)][value]
        case tuple():
            return ", ".join(_item(one) for one in value) or "—"
        case _:
            return str(value) if value else "—"


def _item(one: object) -> str:
    if isinstance(one, SkillSought):
        return one.label
    return HAZARD_LABELS[Hazard(str(one))][0]


_LABELS: Mapping[type, Mapping[Any, str]] = {
    Kind: KIND_LABELS,
    Situation: SITUATION_LABELS,
    Objective: OBJECTIVE_LABELS,
    Coverage: _COVERAGE_LABELS,
}
