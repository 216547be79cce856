"""The timetable of a convention's form as it is posted: a week to draw, days to adjust.

Names of fields: `semaine.0.1.debut` (Monday, second range), `jour.2026-11-30.0.fin`. What was shown comes
back with the form (`vu.semaine`, `vu.jours`, `vu.dates`), so that it is known what the person changed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from api.pages.convention_parts import Typed, Values, filled, typed_day
from api.pages.forms import day_of, text
from domain.errors import FieldError, InvalidInputError
from domain.schedule import (
    MAX_DAYS,
    MAX_PERIODS,
    WEEKDAYS,
    Hours,
    Period,
    Schedule,
    check_hours,
    read_day,
)
from domain.schedule_pattern import WeeklyPattern, draw, pattern_of
from domain.terms import Terms
from services.conventions.limits import department_at

DRAW = "dessiner"
SEEN_WEEK, SEEN_DAYS, SEEN_DATES = "vu.semaine", "vu.jours", "vu.dates"
NOT_A_TIME = "Écrivez l’heure ainsi : 09:00."
HALF_TYPED = "Donnez le début et la fin de cette plage, ou videz les deux."
NO_HOURS = "Donnez les heures d’un jour de la semaine au moins."
_TIME = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?")
_DAY_NAME = re.compile(r"jour\.(\d{4}-\d{2}-\d{2})\.0\.debut")
_LAST_HOUR, _LAST_MINUTE = 23, 59
_USUAL = ((time(9), time(12)), (time(13), time(17)))
USUAL_WEEK = WeeklyPattern((*((_USUAL,) * 5), (), ()))
"""Proposed before anything is known: thirty-five hours, from Monday to Friday."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges of one day as posted; `raw` are the texts as typed, by the name of their field."""

    hours: tuple[Hours, ...]
    errors: tuple[FieldError, ...]
    raw: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanTyped(Typed):
    """The document with its timetable as typed; `raw`: texts of the ranges that could not be kept."""

    week: WeeklyPattern = field(default_factory=WeeklyPattern)
    raw: Mapping[str, str] = field(default_factory=dict)


def typed_time(typed: str) -> time | None:
    """A time as people write it: `9`, `9h30`, `09:00`, `24:00` for midnight; None when it is none."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if (hour, minute) == (_LAST_HOUR + 1, 0):
        return time(0)
    return time(hour, minute) if hour <= _LAST_HOUR and minute <= _LAST_MINUTE else None


def typed_ranges(values: Values, prefix: str, name: str) -> Ranges:
    """The ranges posted under `prefix`; their faults are those of the field `name`, the first one alone."""
    hours: list[Hours] = []
    raw: dict[str, str] = {}
    wrong = ""
    for at in range(MAX_PERIODS):
        pair = [text(values, f"{prefix}.{at}.{end}").strip()[:20] for end in ("debut", "fin")]
        raw |= {f"{prefix}.{at}.{end}": typed for end, typed in zip(("debut", "fin"), pair, strict=True)}
        start, end = (typed_time(typed) for typed in pair)
        if start is not None and end is not None:
            hours.append((start, end))
        elif any(pair):
            wrong = wrong or (HALF_TYPED if not all(pair) else NOT_A_TIME)
    listed = tuple(sorted(hours))
    errors = (FieldError(name, wrong, "time"),) if wrong else check_hours(listed, name)[:1]
    return Ranges(listed, errors, raw)


def week_text(week: WeeklyPattern) -> str:
    """A week on one line, to tell whether it is still the one that was shown."""
    return ";".join(_hours_text(hours) for hours in week.week)


def days_text(schedule: Schedule) -> str:
    """A timetable on one line, likewise."""
    return ";".join(f"{day.isoformat()}={_hours_text(schedule.hours_on(day))}" for day in schedule.days)


def dates_text(terms: Terms) -> str:
    """The two dates on one line, likewise."""
    return f"{terms.starts_on or ''}/{terms.ends_on or ''}"


def _hours_text(hours: Sequence[Hours]) -> str:
    return ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in hours)


def week_shown(terms: Terms) -> WeeklyPattern:
    """The week that the form shows: that of the timetable, else the usual one."""
    department = department_at(terms.work_place)
    return pattern_of(terms.schedule, department) if terms.schedule else USUAL_WEEK


def read_schedule(values: Values, terms: Terms, *, drawing: bool = True) -> PlanTyped:
    """Dates, place and timetable as posted; unless `drawing`, the days are followed and nothing is drawn."""
    starts_on, wrong_start = typed_day(values, "starts_on")
    ends_on, wrong_end = typed_day(values, "ends_on")
    place = filled(terms.place, "place.", values)
    if place != terms.place:
        place = replace(place, insee="")
    read = replace(terms, starts_on=starts_on, ends_on=ends_on, place=place)
    week, week_errors, raw = _week(values, terms)
    days, day_errors, day_raw = _days(values, terms.schedule)
    errors = (*wrong_start, *wrong_end, *week_errors, *day_errors)
    if drawing and not errors and _draws(values, read, week, days):
        drawn, errors = _drawn(read, week)
        return PlanTyped(replace(read, schedule=drawn), errors, week, {})
    return PlanTyped(replace(read, schedule=days), errors, week, raw | day_raw)


def _week(values: Values, terms: Terms) -> tuple[WeeklyPattern, tuple[FieldError, ...], dict[str, str]]:
    """The week posted; that which was shown when none is, or when it cannot be read."""
    if "semaine.0.0.debut" not in values:
        return week_shown(terms), (), {}
    read = [typed_ranges(values, f"semaine.{day}", f"semaine.{day}") for day in range(len(WEEKDAYS))]
    errors = tuple(error for one in read for error in one.errors)
    if errors:
        raw = {name: typed for one in read for name, typed in one.raw.items()}
        return week_shown(terms), errors, raw
    return WeeklyPattern(tuple(one.hours for one in read)), (), {}


def _days(values: Values, before: Schedule) -> tuple[Schedule, tuple[FieldError, ...], dict[str, str]]:
    """The days posted, those of before when none is; a day that cannot be read stays as it was."""
    listed = tuple(posted_days(values))
    periods = {day: before.hours_on(day) for day in listed or before.days}
    errors: list[FieldError] = []
    raw: dict[str, str] = {}
    for day in listed:
        name = f"schedule.{day.isoformat()}"
        read = typed_ranges(values, f"jour.{day.isoformat()}", name)
        if read.errors:
            errors += read.errors
            raw |= read.raw
        else:
            periods[day] = read.hours
    try:
        made = Schedule(tuple(Period(day, *pair) for day, hours in periods.items() for pair in hours))
    except InvalidInputError as error:
        return before, (*errors, *error.errors), raw
    return made, tuple(errors), raw


def posted_days(values: Values) -> Iterator[date]:
    """The days whose hours were posted: those that the page lists."""
    names = (_DAY_NAME.fullmatch(name) for name in values)
    for found in [one for one in names if one][:MAX_DAYS]:
        try:
            yield read_day(found[1], found[0])
        except InvalidInputError:
            continue


def _draws(values: Values, read: Terms, week: WeeklyPattern, days: Schedule) -> bool:
    """Whether to draw the week: its button was pressed, or the week or the dates changed and no day did."""
    if text(values, "action") == DRAW:
        return True
    if read.starts_on is None or read.ends_on is None or not week:
        return False
    if not days:
        return not any(posted_days(values))
    if SEEN_DAYS not in values or days_text(days) != text(values, SEEN_DAYS):
        return False
    if week_text(week) != text(values, SEEN_WEEK):
        return True
    seen = text(values, SEEN_DATES)
    return dates_text(read) != seen and days == _as_drawn(week, seen, department_at(read.work_place))


def _as_drawn(week: WeeklyPattern, dates: str, department: str) -> Schedule | None:
    """What the week gives between the dates that were shown; another timetable was adjusted by hand."""
    first, last = (day_of(typed) for typed in dates.partition("/")[::2])
    if first is None or last is None:
        return None
    try:
        return draw(week, first, last, department)
    except InvalidInputError:
        return None


def _drawn(terms: Terms, week: WeeklyPattern) -> tuple[Schedule, tuple[FieldError, ...]]:
    errors = []
    if terms.starts_on is None:
        errors.append(FieldError("starts_on", "Donnez le premier jour.", "required"))
    if terms.ends_on is None:
        errors.append(FieldError("ends_on", "Donnez le dernier jour.", "required"))
    if not week:
        errors.append(FieldError("semaine.0", NO_HOURS, "required"))
    if terms.starts_on is None or terms.ends_on is None or errors:
        return terms.schedule, tuple(errors)
    try:
        drawn = draw(week, terms.starts_on, terms.ends_on, department_at(terms.work_place))
    except InvalidInputError as error:
        return terms.schedule, error.errors
    return drawn, ()


def days_between(terms: Terms) -> tuple[date, ...]:
    """Every day that the form lists: between the two dates, widened to those of the timetable."""
    known = [*terms.schedule.days, *(day for day in (terms.starts_on, terms.ends_on) if day)]
    if not terms.schedule or not known:
        return ()
    first, last = min(known), max(known)
    count = min((last - first).days + 1, MAX_DAYS)
    return tuple(first + timedelta(days=at) for at in range(count))
