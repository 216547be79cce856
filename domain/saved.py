"""Searches kept to be told of new companies, and companies put aside."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.errors import FieldError, InvalidInputError
from domain.values import Point, clean_line

MAX_SAVED = 20
MAX_LABEL = 200
MAX_NOTE = 500
MAX_FAVOURITES = 100


class Frequency(StrEnum):
    """How often the owner is told of new companies."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


FREQUENCY_LABELS = {
    Frequency.IMMEDIATE: "Dès qu’une entreprise arrive",
    Frequency.DAILY: "Une fois par jour",
    Frequency.WEEKLY: "Une fois par semaine",
    Frequency.NONE: "Ne pas m’écrire",
}
EVERY = {Frequency.DAILY: timedelta(days=1), Frequency.WEEKLY: timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a kept search asks: `query` opens it again; jobs, a point and a radius in km find new companies.

    No job: any; no point: anywhere.
    """

    label: str
    query: str
    rome: tuple[str, ...] = ()
    point: Point | None = None
    radius_km: int = 30


def check_wanted(wanted: Wanted) -> str:
    """Its label, tidied; raises `InvalidInputError` on `label`, or when it asks nothing."""
    label = clean_line(wanted.label)[:MAX_LABEL]
    if not (wanted.rome or wanted.point):
        said = "Choisissez un métier ou un lieu avant d’enregistrer la recherche."
        raise InvalidInputError((FieldError("label", said, "empty"),))
    return label or "Ma recherche"
