"""What a newcomer needs to know before the first morning: five short texts the company writes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from domain.errors import FieldError
from domain.values import clean_text

MAX_CONDITION = 500
"""Characters of one text: it is read on a phone, the day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Practical conditions of the company's places; each empty when nothing is said."""

    dress: str = ""
    access: str = ""
    hours: str = ""
    meals: str = ""
    accessibility: str = ""

    def said(self) -> tuple[tuple[str, str], ...]:
        """Label and text of what is said, in order."""
        listed = ((label, getattr(self, name)) for name, label in CONDITION_LABELS.items())
        return tuple((label, text) for label, text in listed if text)


CONDITION_LABELS = {
    "dress": "Tenue",
    "access": "Venir",
    "hours": "Horaires",
    "meals": "Repas",
    "accessibility": "Accessibilité",
}
CONDITION_NAMES = tuple(one.name for one in fields(Conditions))


def conditions_of(values: Mapping[str, object]) -> Conditions:
    """The conditions typed or kept, tidied; what is missing or of another type is empty."""
    texts = {name: values.get(name) for name in CONDITION_NAMES}
    return Conditions(
        **{name: clean_text(text) if isinstance(text, str) else "" for name, text in texts.items()}
    )


def check_conditions(conditions: Conditions) -> tuple[FieldError, ...]:
    """What cannot be accepted in tidied conditions."""
    message = f"Raccourcissez à {MAX_CONDITION} caractères au plus."
    return tuple(
        FieldError(name, message, "too_long")
        for name in CONDITION_NAMES
        if len(getattr(conditions, name)) > MAX_CONDITION
    )
