"""The parts of a convention's form as they are posted: texts in, branches of the document out.

Nothing is refused here but what cannot be kept at all (a day that is none): a draft holds what was typed,
right or wrong, cut a little above its limit so that the limit can be said.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from api.pages.forms import day_of, text
from api.pages.search_typed import PROPOSALS, said_so
from domain.agency import Situation
from domain.contacts import show_phone
from domain.convention import Kind
from domain.errors import FieldError
from domain.schedule import Schedule
from domain.search import Objective
from domain.terms import MAX_LINE, MAX_SKILLS, MAX_TEXT, Coverage, Hazard, SkillSought, Terms
from domain.terms_changes import flat
from domain.terms_checks import Part
from domain.values import clean_line, compact_siret, fold
from services.lookups import AppellationFound, Lookups, find_appellations

Values = Mapping[str, str | list[str]]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

SAME_PERSON = "tuteur_meme"
JOB, JOB_ROME, JOB_LABEL = "activity.job", "activity.job_rome", "activity.job_label"
FIND_JOB = "metier"
NOT_A_DAY = "Écrivez la date comme 21/11/2026."
NOT_A_YEAR = "Vérifiez l’année de cette date."
YEARS = range(1900, 2100)
"""A year that is still being typed is none of these."""
_CHOOSE = re.compile(r"choisir-([A-N][0-9]{4})-([0-9]{0,9})")
_LONG = {"aims", "assessed_how", "tasks", "safety", "renewal_reason", "gratuity"}
_CODE = re.compile(r"[0-9A-Z]{1,9}")


@dataclass(frozen=True, slots=True)
class Typed:
    """The document with one part as typed, and what of it is no day or no time."""

    terms: Terms
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What the words typed for a job come to; `proposals` when they may mean several."""

    rome: str
    label: str
    proposals: tuple[AppellationFound, ...] = ()


def many(values: Values, name: str) -> list[str]:
    """Every text posted under a name."""
    value = values.get(name, [])
    return [value] if isinstance(value, str) else value


def filled(value: T, prefix: str, values: Values) -> T:
    """The same branch with every text that was posted under its path, each cut above its limit."""
    changed: dict[str, Any] = {}
    for one in fields(value):  # type: ignore[arg-type]
        found, path = getattr(value, one.name), f"{prefix}{one.name}"
        if is_dataclass(found) and not isinstance(found, Schedule):
            changed[one.name] = filled(found, f"{path}.", values)
        elif isinstance(found, str) and not isinstance(found, StrEnum) and path in values:
            most = MAX_TEXT if one.name in _LONG else MAX_LINE
            changed[one.name] = text(values, path)[: most + 1]
    return replace(value, **changed)  # type: ignore[type-var]


def one_of(kind: type[E], typed: str) -> E | None:
    """The choice of that value, None for any other text."""
    return next((one for one in kind if one.value == typed), None)


def typed_day(values: Values, name: str) -> tuple[date | None, tuple[FieldError, ...]]:
    """The day posted, and what to say when the text is none."""
    typed = text(values, name).strip()
    day = day_of(typed)
    if day is not None and day.year not in YEARS:
        return None, (FieldError(name, NOT_A_YEAR, "date"),)
    wrong = bool(typed) and day is None
    return day, (FieldError(name, NOT_A_DAY, "date"),) if wrong else ()


def read_person(values: Values, terms: Terms) -> Typed:
    """Who goes, who answers for them, who employs them."""
    born, errors = typed_day(values, "beneficiary.birth_date")
    situation = terms.beneficiary.situation
    if "beneficiary.situation" in values:  # the company is not asked it, and does not change it
        situation = one_of(Situation, text(values, "beneficiary.situation"))
    person = replace(filled(terms.beneficiary, "beneficiary.", values), birth_date=born, situation=situation)
    read = replace(
        terms,
        kind=one_of(Kind, text(values, "kind")) or terms.kind,
        beneficiary=person,
        representative=filled(terms.representative, "representative.", values),
        employed=bool(text(values, "employed")),
        employer=filled(terms.employer, "employer.", values),
        coverage=one_of(Coverage, text(values, "coverage")) or terms.coverage,
    )
    return Typed(read, errors)


def read_company(values: Values, terms: Terms) -> Typed:
    """Who hosts, who signs for it, who follows the person."""
    before = terms.host
    host = filled(before, "host.", values)
    moved = host.postal_code != before.postal_code
    other = compact_siret(host.siret) != compact_siret(before.siret)
    if (other or moved) and host.insee == before.insee:
        host = replace(host, insee="")
    if other and host.naf == before.naf:
        host = replace(host, naf="")
    if text(values, SAME_PERSON):
        host = replace(host, tutor=host.contact)
    return Typed(replace(terms, host=host))


def read_activity(values: Values, terms: Terms, labels: Mapping[str, str]) -> Typed:
    """The job is found apart (`find_job`); `labels`: of the skills that exist, by their codes."""
    codes = [one for one in many(values, "activity.skills") if _CODE.fullmatch(one) and one in labels]
    chosen = tuple(SkillSought(one, labels[one]) for one in dict.fromkeys(codes))
    hazards = {one_of(Hazard, typed) for typed in many(values, "activity.hazards")}
    activity = replace(
        filled(terms.activity, "activity.", values),
        job=terms.activity.job,
        rome=terms.activity.rome,
        objective=one_of(Objective, text(values, "activity.objective")),
        skills=chosen[: MAX_SKILLS + 1],
        hazards=tuple(one for one in Hazard if one in hazards),
        hazards_checked=bool(text(values, "activity.hazards_checked")),
    )
    return Typed(replace(terms, activity=activity))


def find_job(values: Values, lookups: Lookups) -> Job:
    """The job chosen in a list, or told by its very name, or those that the words may mean."""
    typed = clean_line(text(values, JOB))[:MAX_LINE]
    found = find_appellations(lookups, typed, 2 * PROPOSALS) if typed else []
    if chosen := _CHOOSE.fullmatch(text(values, "action")):
        rome, code = chosen[1], chosen[2] or None
        label = next((one.label for one in found if (one.rome, one.appellation) == (rome, code)), typed)
        return Job(rome, label)
    rome, label = text(values, JOB_ROME), text(values, JOB_LABEL)
    if typed and re.fullmatch("[A-N][0-9]{4}", rome) and fold(label) == fold(typed):
        return Job(rome, typed)
    same = said_so(found, typed)
    if len({one.rome for one in same}) == 1:
        return Job(same[0].rome, same[0].label)
    return Job("", typed, tuple(found[:PROPOSALS]))


def with_job(terms: Terms, job: Job, proposed: Collection[str]) -> Terms:
    """The document with that job; skills of another job are unticked, unless the new one has them too."""
    activity = terms.activity
    skills = activity.skills
    if job.rome != activity.rome:
        skills = tuple(one for one in skills if one.ogr in proposed)
    return replace(terms, activity=replace(activity, rome=job.rome, job=job.label, skills=skills))


def read_follow_up(values: Values, terms: Terms) -> Typed:
    """Who accompanies the person when that is not the prescriber; why a convention is renewed."""
    accompanying = filled(terms.accompanying, "accompanying.", values)
    reason = text(values, "renewal_reason")[: MAX_TEXT + 1] if terms.renews else terms.renewal_reason
    return Typed(replace(terms, accompanying=accompanying, renewal_reason=reason))


def shown(terms: Terms, raw: Values | None = None, wrong: Collection[str] = ()) -> dict[str, str]:
    """Every field as its form shows it, by its path; `wrong` names those shown as they were typed."""
    texts = {
        path: _shown(path, value) for path, value in flat(terms) if not isinstance(value, tuple | Schedule)
    }
    return texts | {name: text(raw, name)[:MAX_LINE] for name in wrong if raw and name in raw}


def _shown(path: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return show_phone(str(value)) if path.endswith(".phone") else str(value)


SLUGS = {
    Part.PERSON: "personne",
    Part.COMPANY: "entreprise",
    Part.ACTIVITY: "activites",
    Part.SCHEDULE: "horaires",
    Part.FOLLOW_UP: "suivi",
}
"""The parts as addresses name them."""
PARTS = {slug: part for part, slug in SLUGS.items()}
