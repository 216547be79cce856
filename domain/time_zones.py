"""The time and the public holidays of a place, from its department."""

from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from domain.french import PARIS

ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
"""IANA zones of the departments and territories that do not keep the time of Paris."""

_HOLIDAYS = {
    **dict.fromkeys(("67", "68"), "6AE"),
    **{code: code for code in ("57", "971", "972", "973", "974", "976")},
    **dict(zip(("975", "977", "978"), ("PM", "BL", "MF"), strict=True)),
    **dict(zip(("986", "987", "988"), ("WF", "PF", "NC"), strict=True)),
}
"""Department → what the `holidays` library calls it; the others have the national days only."""

_CUSTOMARY = {
    "971": {"Mi-Carême", "Vendredi saint", "Fête de Victor Schoelcher"},
    "972": {"Vendredi saint", "Fête de Victor Schoelcher"},
    "978": {"Fête de Victor Schoelcher"},
}
"""Days kept by custom, which no law makes a holiday: L3422-2 adds the abolition of slavery alone."""


def zone_of(department: str) -> ZoneInfo:
    """The time zone of a department (`974` → `Indian/Reunion`); Paris for the mainland, and when unknown."""
    return ZoneInfo(ZONES[department]) if department in ZONES else PARIS


def today_in(department: str, now: datetime) -> date:
    """Which day it is there at an aware moment."""
    return now.astimezone(zone_of(department)).date()


def moment_in(department: str, day: date, at: time) -> datetime:
    """The aware moment when the clocks of a department show this day and time."""
    return datetime.combine(day, at, zone_of(department))


@cache
def _year(department: str, year: int) -> dict[date, str]:
    import holidays  # noqa: PLC0415 - 0.2 s, with the calendars of the whole world: asked by few processes

    found = holidays.country_holidays("FR", subdiv=_HOLIDAYS.get(department), years=year, language="fr")
    customary = _CUSTOMARY.get(department, set())
    return {
        day: name
        for day, names in found.items()
        if (name := ", ".join(one for one in names.replace("'", "’").split("; ") if one not in customary))
    }


def holiday(day: date, department: str) -> str | None:
    """The French name of a public holiday there, None for any other day.

    Source: Code du travail L3133-1 (all), L3134-13 (57, 67, 68), L3422-2 (overseas).
    """
    return _year(department, day.year).get(day)
