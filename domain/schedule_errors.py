"""The limits that a schedule passes, as errors of its form: each names its days or week, and is said once."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.errors import FieldError
from domain.french import french_date
from domain.schedule import french_day
from domain.schedule_limits import Breach

NAMED = 3
"""Days or weeks with the same limits that are named; the others are counted."""

_Place = tuple[date | None, date | None]
"""Of a breach: its day, its week; both None for the whole."""


def schedule_errors(breaches: Iterable[Breach], *, drawn: bool) -> tuple[FieldError, ...]:
    """Errors of `schedule.2026-11-30`, `schedule.2026-11-30.semaine` or `schedule`, in order of days.

    Days that pass the very same limits make one error, of the first of them. Unless the schedule is
    `drawn` there are no days to point at: the errors are those of the two dates.
    """
    places: dict[_Place, list[Breach]] = {}
    for one in breaches:
        if one.blocking:
            places.setdefault((one.day, None if one.day else one.week), []).append(one)
    groups: dict[tuple[bool, str], list[_Place]] = {}
    for place, found in places.items():
        said = " ".join(dict.fromkeys(f"{one.text} ({one.article})" for one in found))
        groups.setdefault((place[0] is None, said), []).append(place)
    return tuple(
        FieldError(_field(alike[0], places[alike[0]][0].code, drawn=drawn), f"{_named(alike)}{said}", code)
        for (_, said), alike in groups.items()
        for code in [places[alike[0]][0].code]
    )


def _field(place: _Place, code: str, *, drawn: bool) -> str:
    if not drawn:
        return "ends_on" if code == "too_long" else "starts_on"
    day, week = place
    if day is not None:
        return f"schedule.{day}"
    return f"schedule.{week}.semaine" if week else "schedule"


def _named(places: list[_Place]) -> str:
    """`Lundi 30 novembre 2026 : `, `Semaines du 30 novembre 2026, du … : `; empty for the whole."""
    names = list(_names(places))
    if not names:
        return ""
    more = len(names) - NAMED
    rest = f" et {more} {'autre' if more == 1 else 'autres'}" if more > 0 else ""
    return f"{', '.join(names[:NAMED]).capitalize()}{rest} : "


def _names(places: list[_Place]) -> Iterator[str]:
    for at, (day, week) in enumerate(places):
        if day is not None:
            yield french_day(day)
        elif week is not None and len(places) == 1:
            yield f"semaine du {french_date(week)}"
        elif week is not None:
            yield f"{'semaines ' if at == 0 else ''}du {french_date(week)}"
