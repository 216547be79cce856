"""What a person chose to tell of their situation and constraints: kept encrypted, never used to rank.

Each line needs its own consent, and under 15 a parent's too (loi n° 78-17, article 45). Taking a line
back deletes it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.agency import Situation
from domain.errors import FieldError, InvalidInputError
from domain.values import clean_line, clean_text

MAX_OTHER = 500
MAX_PARENT = 200


class Line(StrEnum):
    """One thing told, with a consent of its own."""

    SITUATION = "situation"
    RQTH = "rqth"
    NO_NIGHT = "no_night"
    CHILD_CARE = "child_care"
    OTHER = "other"


LINE_LABELS = {
    Line.SITUATION: "Ma situation",
    Line.RQTH: "Reconnaissance de travailleur handicapé (RQTH)",
    Line.NO_NIGHT: "Pas de travail de nuit",
    Line.CHILD_CARE: "Garde d’enfants à organiser",
    Line.OTHER: "Autre chose à savoir",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What was told. `parent` names who agreed for a person under 15, empty otherwise."""

    situation: Situation | None = None
    rqth: bool = False
    no_night: bool = False
    child_care: bool = False
    other: str = ""
    under_15: bool = False
    parent: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is told, in the order of the page."""
        return tuple(line for line in Line if getattr(self, line.value))


def check(told: Private, agreed: Collection[Line], *, parent_agrees: bool) -> Private:
    """What is kept, tidied; raises `InvalidInputError` on `consent.<line>`, `other`, `parent`."""
    other, parent = clean_text(told.other), clean_line(told.parent)
    tidied = Private(
        situation=told.situation,
        rqth=told.rqth,
        no_night=told.no_night,
        child_care=told.child_care,
        other=other,
        under_15=told.under_15,
        parent=parent if told.under_15 else "",
    )
    errors = [
        FieldError(f"consent.{line}", "Cochez votre accord, ou retirez cette information.", "consent")
        for line in tidied.lines
        if line not in agreed
    ]
    if len(other) > MAX_OTHER:
        errors.append(FieldError("other", f"Raccourcissez à {MAX_OTHER} caractères au plus.", "too_long"))
    if told.under_15 and tidied.lines:
        errors += _parent_faults(parent, parent_agrees=parent_agrees)
    if errors:
        raise InvalidInputError(tuple(errors))
    return tidied if tidied.lines else Private()


def _parent_faults(parent: str, *, parent_agrees: bool) -> list[FieldError]:
    errors = []
    if not 0 < len(parent) <= MAX_PARENT:
        errors.append(FieldError("parent", "Écrivez le nom du parent ou du responsable.", "required"))
    if not parent_agrees:
        said = "Avant 15 ans, il faut aussi l’accord d’un parent ou du responsable."
        errors.append(FieldError("consent.parent", said, "consent"))
    return errors
