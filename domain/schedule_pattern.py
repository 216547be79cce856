"""The week that a schedule repeats: drawn between two dates without the public holidays, and found again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from domain.errors import FieldError, InvalidInputError
from domain.schedule import (
    MAX_DAYS,
    TOO_FAR,
    WEEKDAYS,
    YEARS,
    Hours,
    Period,
    Schedule,
    check_hours,
    read_time,
)
from domain.time_zones import holiday

MAX_ROWS = 28
"""Seven days of four periods."""


@dataclass(frozen=True, slots=True)
class WeeklyPattern:
    """The periods of each weekday, Monday first; raises `InvalidInputError` (`pattern.0` is Monday)."""

    week: tuple[tuple[Hours, ...], ...] = ((),) * len(WEEKDAYS)

    def __post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS):
            raise InvalidInputError((FieldError("pattern", "Une semaine a sept jours.", "type"),))
        object.__setattr__(self, "week", tuple(tuple(sorted(hours)) for hours in self.week))
        errors = (
            error
            for weekday, hours in enumerate(self.week)
            for error in check_hours(hours, f"pattern.{weekday}")
        )
        if found := tuple(errors):
            raise InvalidInputError(found)

    def __bool__(self) -> bool:
        """Whether any day has a period."""
        return any(self.week)

    @classmethod
    def of(cls, hours: Mapping[int, Iterable[Hours]]) -> Self:
        """From the weekdays that have periods: 0 is Monday, 6 is Sunday."""
        return cls(tuple(tuple(hours.get(weekday, ())) for weekday in range(len(WEEKDAYS))))

    def as_rows(self) -> list[dict[str, int | str]]:
        """What JSON keeps: `{"weekday": 0, "start": "09:00", "end": "12:00"}`, in order."""
        return [
            {"weekday": weekday, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
            for weekday, hours in enumerate(self.week)
            for start, end in hours
        ]

    @classmethod
    def from_rows(cls, rows: object) -> Self:
        """What `as_rows` wrote, or somebody sent; refuses any other shape."""
        if not isinstance(rows, list) or len(rows) > MAX_ROWS:
            message = "Une liste de périodes est attendue, quatre par jour au plus."
            raise InvalidInputError((FieldError("pattern", message, "type"),))
        week: dict[int, list[Hours]] = {}
        for position, row in enumerate(rows):
            weekday, hours = _row(row, f"pattern.{position}")
            week.setdefault(weekday, []).append(hours)
        return cls.of(week)


def _row(row: object, name: str) -> tuple[int, Hours]:
    if (
        not isinstance(row, dict)
        or set(row) != {"weekday", "start", "end"}
        or type(row["weekday"]) is not int
        or row["weekday"] not in range(len(WEEKDAYS))
    ):
        message = "Une période a un jour de la semaine, un début et une fin."
        raise InvalidInputError((FieldError(name, message, "type"),))
    return row["weekday"], (read_time(row["start"], f"{name}.start"), read_time(row["end"], f"{name}.end"))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=count) for count in range((last - first).days + 1))


def draw(pattern: WeeklyPattern, first: date, last: date, department: str) -> Schedule:
    """The pattern from one date to another, both included, without the holidays of the department.

    Raises `InvalidInputError` on `starts_on` or `ends_on`: dates in disorder, or too far apart to draw.
    """
    if first.year not in YEARS or last.year not in YEARS:
        wrong = "starts_on" if first.year not in YEARS else "ends_on"
        raise InvalidInputError((FieldError(wrong, "Vérifiez l’année de cette date.", "year"),))
    if last < first:
        message = "Choisissez une date de fin qui suit la date de début."
        raise InvalidInputError((FieldError("ends_on", message, "order"),))
    if (last - first).days >= MAX_DAYS:
        raise InvalidInputError((FieldError("ends_on", TOO_FAR, "too_long"),))
    return Schedule(
        tuple(
            Period(day, start, end)
            for day in _days(first, last)
            if holiday(day, department) is None
            for start, end in pattern.week[day.weekday()]
        )
    )


def pattern_of(schedule: Schedule, department: str) -> WeeklyPattern:
    """The week that a schedule mostly repeats, between its first and last days and holidays apart.

    For each weekday, the periods seen most often; on a tie, presence rather than absence, then the earliest.
    """
    if not schedule:
        return WeeklyPattern()
    seen: list[Counter[tuple[Hours, ...]]] = [Counter() for _ in WEEKDAYS]
    for day in _days(schedule.days[0], schedule.days[-1]):
        hours = schedule.hours_on(day)
        if hours or holiday(day, department) is None:
            seen[day.weekday()][hours] += 1
    return WeeklyPattern(
        tuple(max(counts, key=lambda hours: (counts[hours], bool(hours)), default=()) for counts in seen)
    )
