"""What becomes of a person's conventions when their account is deleted (decision 0021)."""

from datetime import date
from enum import StrEnum

from domain.convention import EDITABLE, Status

REASON = "La personne accueillie a supprimé son compte."
"""Of a cancellation; everybody reads it."""


class Fate(StrEnum):
    """What an account that goes makes of one convention."""

    DROPPED = "dropped"
    CANCELLED = "cancelled"
    OPEN = "open"
    """Validated, not ended: the person is insured and waited for. Its agency follows it to its last day."""
    RESTRICTED = "restricted"


def fate(status: Status, ends_on: date | None, today: date) -> Fate:
    """Of a convention, on a day at its place."""
    if status is Status.DRAFT:
        return Fate.DROPPED
    if status in EDITABLE:
        return Fate.CANCELLED
    runs = status is Status.VALIDATED and ends_on is not None and today <= ends_on
    return Fate.OPEN if runs else Fate.RESTRICTED
