"""Dates and times as people of France write them, at the time of Paris; names and labels in sentences."""

from collections.abc import Iterable
from datetime import date, datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def of_name(name: str) -> str:
    """A name after « de »: `de Camille`, `d’Amina`, `d’Hélène`."""
    first = normalize("NFD", name[:1]).lower()[:1]
    return f"d’{name}" if first and first in "aeiouhœæ" else f"de {name}"


def listed(names: Iterable[str]) -> str:
    """One after the other: `Camille, Amina et Hélène`."""
    *firsts, last = [*names] or [""]
    return " et ".join([", ".join(firsts), last] if firsts else [last])


def of_names(names: Iterable[str]) -> str:
    """The same after « de »: `de Camille, d’Amina et d’Hélène`."""
    return listed(of_name(one) for one in names)


def within(label: str) -> str:
    """A label that stands alone, within a sentence: `L’entreprise d’accueil` → `l’entreprise d’accueil`."""
    return label[:1].lower() + label[1:]


def french_date(day: date) -> str:
    """A day, at the time of Paris for a moment: `1er mars 2026`."""
    if isinstance(day, datetime) and day.tzinfo is not None:
        day = day.astimezone(PARIS)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def french_days(first: date, last: date) -> str:
    """From a day to another, said once: `du 7 au 18 décembre 2026`, `du 30 novembre au 11 décembre 2026`."""
    begins = french_date(first).split(" ")
    same = [first.year == last.year, (first.year, first.month) == (last.year, last.month)]
    kept = begins[: len(begins) - sum(same)]
    return f"le {french_date(first)}" if first == last else f"du {' '.join(kept)} au {french_date(last)}"


def french_moment(moment: datetime) -> str:
    """A moment: `1er mars 2026 à 9 h 05`."""
    here = moment.astimezone(PARIS)
    return f"{french_date(here.date())} à {here.hour} h {here.minute:02}"
