"""Dates and times as people of France write them, at the time of Paris."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def french_date(day: date) -> str:
    """A day, at the time of Paris for a moment: `1er mars 2026`."""
    if isinstance(day, datetime) and day.tzinfo is not None:
        day = day.astimezone(PARIS)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def french_moment(moment: datetime) -> str:
    """A moment: `1er mars 2026 à 9 h 05`."""
    here = moment.astimezone(PARIS)
    return f"{french_date(here.date())} à {here.hour} h {here.minute:02}"
