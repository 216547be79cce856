"""When a person is present: a calendar of periods, drawn from a weekly pattern, then adjusted day by day.

Times are those of the clocks of the place. A period ends the day it begins, at midnight (`00:00`) at the
latest: a night is one period until midnight and one from it. Totals are counted, never typed. What the
law allows is in `schedule_limits`, patterns are in `schedule_pattern`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Self

from domain.errors import FieldError, InvalidInputError
from domain.french import french_date

MAX_PERIODS = 4
"""A day: a timetable with more is not one that anybody follows."""
MAX_DAYS = 62
"""From the first day to the last: beyond what the law allows, so that `schedule_limits` says why."""
TOO_FAR = "Rapprochez le dernier jour du premier : une immersion dure un mois au plus."
YEARS = range(2000, 2100)
"""What is not in them is a typing error."""
MIDNIGHT = time(0)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

Hours = tuple[time, time]
"""Start and end of one period, whatever the day; `00:00` as an end is the midnight that closes the day."""
Row = dict[str, str]
"""One period as JSON: `{"day": "2026-11-23", "start": "09:00", "end": "12:00"}`."""


def end_minute(end: time) -> int:
    """Minutes since the day began, from 1 to 1440."""
    return end.hour * 60 + end.minute or 24 * 60


def start_minute(start: time) -> int:
    """Minutes since the day began, from 0 to 1439."""
    return start.hour * 60 + start.minute


def check_hours(hours: Iterable[Hours], name: str) -> tuple[FieldError, ...]:
    """What is wrong in the periods of one day, given in order; `name` is its field."""
    listed = tuple(hours)
    if len(listed) > MAX_PERIODS:
        return (FieldError(name, f"Gardez {MAX_PERIODS} périodes au plus par jour.", "too_many"),)
    if any(at.second or at.microsecond or at.tzinfo for pair in listed for at in pair):
        return (FieldError(name, "Écrivez les heures ainsi : 09:00.", "time"),)
    if any(end_minute(end) <= start_minute(start) for start, end in listed):
        message = "Une période finit après son début, le même jour. Pour une nuit, coupez à minuit : 00:00."
        return (FieldError(name, message, "order"),)
    if any(start_minute(after[0]) < end_minute(before[1]) for before, after in pairwise(listed)):
        return (FieldError(name, "Deux périodes se chevauchent : changez l’heure de l’une.", "overlap"),)
    return ()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Presence without interruption, one day; raises `InvalidInputError` unless it ends after its start."""

    day: date
    start: time
    end: time

    def __post_init__(self) -> None:
        name = f"schedule.{self.day.isoformat()}"
        errors = check_hours([self.hours], name)
        if self.day.year not in YEARS:
            errors = (FieldError(name, "Vérifiez l’année de cette date.", "year"), *errors)
        if errors:
            raise InvalidInputError(errors)

    @property
    def hours(self) -> Hours:
        """Start and end."""
        return self.start, self.end

    @property
    def minutes(self) -> int:
        """On the clocks of the place."""
        return end_minute(self.end) - start_minute(self.start)

    @property
    def week(self) -> date:
        """The Monday of its ISO week."""
        return self.day - timedelta(days=self.day.weekday())


@dataclass(frozen=True, slots=True)
class Schedule:
    """Periods in order, none over another; raises `InvalidInputError` on `schedule.2026-11-23`."""

    periods: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "periods", tuple(sorted(self.periods)))
        if self.periods and (self.days[-1] - self.days[0]).days >= MAX_DAYS:
            raise InvalidInputError(
                (FieldError(f"schedule.{self.days[-1].isoformat()}", TOO_FAR, "too_long"),)
            )
        errors = (
            error
            for day in self.days
            for error in check_hours(self.hours_on(day), f"schedule.{day.isoformat()}")
        )
        if found := tuple(errors):
            raise InvalidInputError(found)

    def __bool__(self) -> bool:
        """Whether there is any presence."""
        return bool(self.periods)

    @property
    def days(self) -> tuple[date, ...]:
        """Days of presence, in order."""
        return tuple(dict.fromkeys(period.day for period in self.periods))

    @property
    def weeks(self) -> tuple[date, ...]:
        """Mondays of the ISO weeks with presence, in order."""
        return tuple(dict.fromkeys(period.week for period in self.periods))

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The periods of one day, in order; none when absent."""
        return tuple(period.hours for period in self.periods if period.day == day)

    @property
    def minutes_by_day(self) -> Mapping[date, int]:
        """Minutes of presence, each day there is any."""
        return _sums((period.day, period.minutes) for period in self.periods)

    @property
    def minutes_by_week(self) -> Mapping[date, int]:
        """Minutes of presence, each ISO week there is any, by its Monday."""
        return _sums((period.week, period.minutes) for period in self.periods)

    @property
    def minutes(self) -> int:
        """Minutes of presence in all."""
        return sum(period.minutes for period in self.periods)

    def with_day(self, day: date, hours: Iterable[Hours]) -> Self:
        """The same with other periods that day; none: nobody comes that day."""
        others = (period for period in self.periods if period.day != day)
        return type(self)((*others, *(Period(day, start, end) for start, end in hours)))

    def without_day(self, day: date) -> Self:
        """The same without that day."""
        return self.with_day(day, ())

    def as_rows(self) -> list[Row]:
        """What JSON keeps, in order."""
        return [
            {"day": period.day.isoformat(), "start": f"{period.start:%H:%M}", "end": f"{period.end:%H:%M}"}
            for period in self.periods
        ]

    @classmethod
    def from_rows(cls, rows: object) -> Self:
        """What `as_rows` wrote, or somebody sent; refuses any other shape, by row (`schedule.0.start`)."""
        if not isinstance(rows, list):
            raise InvalidInputError((FieldError("schedule", "Une liste de périodes est attendue.", "type"),))
        if len(rows) > MAX_DAYS * MAX_PERIODS:
            raise InvalidInputError((FieldError("schedule", "Il y a trop de périodes.", "too_many"),))
        periods: list[Period] = []
        errors: list[FieldError] = []
        for position, row in enumerate(rows):
            try:
                periods.append(_period(row, f"schedule.{position}"))
            except InvalidInputError as error:
                errors.extend(error.errors)
        if errors:
            raise InvalidInputError(tuple(errors))
        return cls(tuple(periods))


def _sums(pairs: Iterable[tuple[date, int]]) -> Mapping[date, int]:
    sums: Counter[date] = Counter()
    for key, minutes in pairs:
        sums[key] += minutes
    return sums


def _period(row: object, name: str) -> Period:
    if not isinstance(row, dict) or set(row) != {"day", "start", "end"}:
        message = "Une période a un jour, un début et une fin."
        raise InvalidInputError((FieldError(name, message, "type"),))
    return Period(
        read_day(row["day"], f"{name}.day"),
        read_time(row["start"], f"{name}.start"),
        read_time(row["end"], f"{name}.end"),
    )


def read_day(text: object, name: str) -> date:
    """A day written `2026-11-23`, and in no other way; `name` is its field."""
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InvalidInputError((FieldError(name, "Choisissez une date.", "date"),))
    return day


def read_time(text: object, name: str) -> time:
    """A time written `09:00`, and in no other way; `name` is its field."""
    try:
        at = time.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or f"{at:%H:%M}" != text:
        raise InvalidInputError((FieldError(name, "Écrivez l’heure ainsi : 09:00.", "time"),))
    return at


def french_hours(minutes: int) -> str:
    """A duration: `7 h`, `7 h 30`, `45 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def french_time(at: time) -> str:
    """A time of the day: `9 h`, `13 h 30`."""
    return f"{at.hour} h {at.minute:02}" if at.minute else f"{at.hour} h"


def french_day(day: date) -> str:
    """A day with its name: `lundi 23 novembre 2026`."""
    return f"{WEEKDAYS[day.weekday()]} {french_date(day)}"


def french_periods(hours: Iterable[Hours]) -> str:
    """The periods of one day: `9 h – 12 h, 13 h – 17 h`; a day's last midnight is `24 h`."""
    return ", ".join(
        f"{french_time(start)} – {french_time(end) if end != MIDNIGHT else '24 h'}" for start, end in hours
    )


def summary(schedule: Schedule) -> str:
    """One line for people: `10 jours, 70 h en tout, 35 h par semaine` (`entre 9 et 21 heures`)."""
    if not schedule:
        return "Aucun jour de présence"
    count = len(schedule.days)
    parts = [f"{count} jours" if count > 1 else "1 jour", f"{french_hours(schedule.minutes)} en tout"]
    weeks = schedule.minutes_by_week.values()
    if len(weeks) > 1:
        parts.append(f"{_between(min(weeks), max(weeks))} par semaine")
    return ", ".join(parts)


def _between(least: int, most: int) -> str:
    """Durations that are not mistaken for times of the day: `entre 9 et 21 heures`."""
    if least == most:
        return french_hours(most)
    if least % 60 == most % 60 == 0:
        return f"entre {least // 60} et {most // 60} heures"
    return f"entre {french_hours(least)} et {french_hours(most)} de présence"
