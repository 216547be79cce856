"""What is typed in an assessment, read from a posted form and shown again as it was typed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from api.pages.forms import day_of, text
from data.queries import codes
from data.queries.assessments import AssessmentRow
from data.session import ReadSession
from domain.assessment import CompanySays, Contract, Next, Observed, Outcome, PersonSays
from domain.passport import Level
from domain.search import MAX_SKILLS
from domain.terms import Terms
from domain.values import SKILL_PATTERN

Values = Mapping[str, str | list[str]]
_HOURS = re.compile(r"(\d{1,4})(?:[.,](\d{1,2})|\s*h\s*(\d{0,2}))?\s*h?", re.IGNORECASE)
_HOUR = 60
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """A skill that the form asks about; `level` is what was chosen, empty: not seen."""

    ogr: str
    label: str
    level: str = ""


def minutes_of(typed: str) -> int | None:
    """Hours as people write them (`62`, `62,5`, `62h30`), in minutes; None when they are not."""
    found = _HOURS.fullmatch(typed.strip())
    if found is None:
        return None
    hours, decimals, minutes = found.groups()
    part = round(float(f"0.{decimals}") * _HOUR) if decimals else int(minutes or 0)
    return int(hours) * _HOUR + part if part < _HOUR else None


def hours_text(minutes: int | None) -> str:
    """The same, as a field shows it."""
    if minutes is None:
        return ""
    return f"{minutes // _HOUR}h{minutes % _HOUR:02}" if minutes % _HOUR else str(minutes // _HOUR)


def _code(kind: type[Code], typed: str) -> Code | None:
    return next((one for one in kind if one.value == typed), None)


def _yes(typed: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed)


def listed(values: Values, name: str) -> list[str]:
    """Every text of that name."""
    found = values.get(name, [])
    return [found] if isinstance(found, str) else list(found)


async def asked_skills(
    session: ReadSession, terms: Terms, said: AssessmentRow, values: Values, more: Iterable[str] = ()
) -> list[Asked]:
    """Skills of the document, those said already, those added; at the levels typed, else said."""
    known = {one.ogr: one.label for one in terms.activity.skills} | {
        one.ogr: one.label for one in said.skills
    }
    added = [one for one in (*listed(values, "ogr"), *more) if re.fullmatch(SKILL_PATTERN, one)]
    labels = await codes.skills(session, {one for one in added if one not in known}) if added else {}
    levels = {one.ogr: str(one.level) for one in said.skills}
    if values:
        levels = {one: text(values, f"level.{one}") for one in {*known, *labels}}
    shown = {**known, **{one: labels[one] for one in added if one in labels}}
    return [Asked(one, label, levels.get(one, "")) for one, label in shown.items()][: 2 * MAX_SKILLS]


def company_of(values: Values, skills: Iterable[Asked]) -> CompanySays:
    """The company's part as posted."""
    levels = {str(int(one)): one for one in Level}
    seen = tuple(Observed(one.ogr, one.label, levels[one.level]) for one in skills if one.level in levels)
    return CompanySays(
        outcome=_code(Outcome, text(values, "outcome")),
        last_day=day_of(text(values, "last_day")),
        minutes=minutes_of(text(values, "minutes")),
        no_show_reason=text(values, "no_show_reason"),
        hired=_yes(text(values, "hired")),
        contract=_code(Contract, text(values, "contract")),
        hired_on=day_of(text(values, "hired_on")),
        next_step=_code(Next, text(values, "next_step")),
        feedback=text(values, "feedback"),
        advice=text(values, "advice"),
        skills=seen,
    )


def company_values(said: AssessmentRow) -> dict[str, str]:
    """What the company said already, as the fields of its form."""
    hired = {None: "", True: "yes", False: "no"}[said.hired]
    return {
        "outcome": said.outcome or "",
        "last_day": said.last_day.isoformat() if said.last_day else "",
        "minutes": hours_text(said.minutes),
        "no_show_reason": said.no_show_reason,
        "hired": hired,
        "contract": said.contract or "",
        "hired_on": said.hired_on.isoformat() if said.hired_on else "",
        "next_step": said.next_step or "",
        "feedback": said.feedback,
        "advice": said.advice,
    }


def person_of(values: Values) -> PersonSays:
    """The person's part as posted."""
    return PersonSays(
        feedback=text(values, "feedback"),
        next_step=_code(Next, text(values, "next_step")),
        agrees=_yes(text(values, "agrees")),
        shares=text(values, "shares") == "1",
        lower=frozenset(listed(values, "lower")),
    )


def person_values(said: AssessmentRow) -> dict[str, str]:
    """What the person said already, as the fields of their form."""
    return {"feedback": said.person_feedback, "next_step": said.person_next or "", "agrees": "", "shares": ""}
