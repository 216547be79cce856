"""The timetable as its page shows it: weeks and days with their totals, holidays, and what the law says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.pages.convention_schedule import (
    SEEN_DATES,
    SEEN_DAYS,
    SEEN_WEEK,
    PlanTyped,
    dates_text,
    days_between,
    days_text,
    week_shown,
    week_text,
)
from domain.french import PARIS, french_date
from domain.schedule import (
    MAX_PERIODS,
    MIDNIGHT,
    WEEKDAYS,
    Hours,
    french_day,
    french_hours,
    french_periods,
    summary,
)
from domain.schedule_limits import Breach
from domain.terms import Terms
from domain.time_zones import holiday, moment_in, zone_of
from services.conventions.limits import breaches_of, department_at

SHOWN = 2
"""Ranges shown of a day; the others on demand."""
Range = tuple[str, str, str]
"""The name of a range without its end, its start and its end as shown."""


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week to draw: its field, its name, its ranges."""

    name: str
    label: str
    ranges: tuple[Range, ...]

    @property
    def more(self) -> bool:
        """Whether the ranges kept aside hold something."""
        return any(start or end for _, start, end in self.ranges[SHOWN:])


@dataclass(frozen=True, slots=True)
class DayShown(Weekday):
    """A day of the timetable: the same, with its hours in words, its holiday and what is wrong."""

    key: str
    said: str
    total: str
    feast: str
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class WeekShown:
    """A week of the timetable; `key` is its Monday."""

    key: str
    label: str
    total: str
    breaches: tuple[Breach, ...]
    days: tuple[DayShown, ...]


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The whole timetable, and what comes back with its form."""

    week: tuple[Weekday, ...]
    weeks: tuple[WeekShown, ...]
    said: str
    breaches: tuple[Breach, ...]
    blocking: int
    flagged: bool
    """Whether something stands beside a day or a week."""
    warnings: int
    clock: str
    seen: Mapping[str, str]


def plan_of(
    terms: Terms, now: datetime, typed: PlanTyped | None = None, on_page: Sequence[date] | None = None
) -> PlanShown:
    """What the page shows; `typed` puts what could not be read back in its fields.

    `on_page`: the days that it lists already, when it only follows what is typed; a limit passed elsewhere
    is said above them.
    """
    department = department_at(terms.work_place)
    week = typed.week if typed else week_shown(terms)
    raw = typed.raw if typed else {}
    breaches = breaches_of(terms, now)
    listed = days_between(terms) if on_page is None else on_page
    mondays = dict.fromkeys(day - timedelta(days=day.weekday()) for day in listed)
    above = tuple(one for one in breaches if one.day not in listed and one.week not in mondays)
    return PlanShown(
        week=tuple(
            Weekday(f"semaine.{at}", name, _ranges(f"semaine.{at}", week.week[at], raw))
            for at, name in enumerate(WEEKDAYS)
        ),
        weeks=tuple(
            _week(
                monday,
                [day for day in listed if day - timedelta(days=day.weekday()) == monday],
                terms,
                breaches,
                raw,
            )
            for monday in mondays
        ),
        said=summary(terms.schedule),
        breaches=above,
        blocking=sum(one.blocking for one in breaches),
        flagged=any(one.blocking and one not in above for one in breaches),
        warnings=sum(not one.blocking for one in breaches),
        clock=_clock(department, terms.starts_on or now.date()),
        seen={
            SEEN_WEEK: week_text(week_shown(terms)),
            SEEN_DAYS: days_text(terms.schedule),
            SEEN_DATES: dates_text(terms),
        },
    )


def _ranges(prefix: str, hours: Sequence[Hours], raw: Mapping[str, str]) -> tuple[Range, ...]:
    shown = [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in hours]
    shown += [("", "")] * (MAX_PERIODS - len(shown))
    return tuple(
        (
            f"{prefix}.{at}",
            raw.get(f"{prefix}.{at}.debut", start),
            raw.get(f"{prefix}.{at}.fin", end),
        )
        for at, (start, end) in enumerate(shown)
    )


def _week(
    monday: date, days: Iterable[date], terms: Terms, breaches: Sequence[Breach], raw: Mapping[str, str]
) -> WeekShown:
    minutes = terms.schedule.minutes_by_week.get(monday, 0)
    return WeekShown(
        key=monday.isoformat(),
        label=f"Semaine du {french_date(monday)}",
        total=french_hours(minutes) if minutes else "aucune présence",
        breaches=tuple(one for one in breaches if one.week == monday and one.day is None),
        days=tuple(_day(day, terms, breaches, raw) for day in days),
    )


def _day(day: date, terms: Terms, breaches: Sequence[Breach], raw: Mapping[str, str]) -> DayShown:
    hours, key = terms.schedule.hours_on(day), day.isoformat()
    minutes = terms.schedule.minutes_by_day.get(day, 0)
    return DayShown(
        name=f"schedule.{key}",
        label=french_day(day),
        ranges=_ranges(f"jour.{key}", hours, raw),
        key=key,
        said=french_periods(hours),
        total=french_hours(minutes) if minutes else "",
        feast=holiday(day, department_at(terms.work_place)) or "",
        breaches=tuple(one for one in breaches if one.day == day),
    )


def _clock(department: str, day: date) -> str:
    """Where the clocks differ from those of Paris, what they show at noon there; empty elsewhere."""
    if zone_of(department) == PARIS:
        return ""
    noon = moment_in(department, day, MIDNIGHT.replace(hour=12))
    there = noon.astimezone(PARIS)
    return f"{there.hour} h {there.minute:02}" if there.minute else f"{there.hour} h"
