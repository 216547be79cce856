"""What is late in a convention, as the agency's desk shows it in red (domain.md, §5 and §6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.french import PARIS
from domain.working_days import working_day_after, working_moment_before

SIGNED_WITHIN = timedelta(days=5)
"""From the day it was sent to sign."""
DECIDED_WITHIN = 2
"""Working days that an agency has to decide."""
VALIDATED_BEFORE_START = 2
"""Working days before the start."""
DEPOSITED_WITHIN = 2
"""Working days after the validation, and before the start in any case."""
ASSESSED_WITHIN = timedelta(days=3)
"""After the last day: both sides had a first reminder."""
ASSESSABLE_FOR = timedelta(days=92)
"""After the last day: the links of the assessment have then lived (domain.md, §1)."""


class Late(StrEnum):
    """Why a convention is late, the most urgent first."""

    STARTS = "starts"
    UNDECIDED = "undecided"
    UNSIGNED = "unsigned"
    DEPOSIT = "deposit"
    ASSESSMENT = "assessment"


LATE_LABELS = {
    Late.STARTS: "Commence bientôt, pas encore validée",
    Late.UNDECIDED: f"À décider depuis plus de {DECIDED_WITHIN} jours ouvrés",
    Late.UNSIGNED: f"Pas signée depuis plus de {SIGNED_WITHIN.days} jours",
    Late.DEPOSIT: "Dépôt à enregistrer",
    Late.ASSESSMENT: "Bilan manquant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Before (or, for `starts_by`, until) which a date makes a convention late at one moment."""

    today: date
    starts_by: date
    undecided_since: datetime
    unsigned_since: datetime
    validated_since: datetime
    ended_before: date
    ended_after: date


def deadlines(now: datetime) -> Deadlines:
    """Those of a moment."""
    today = now.astimezone(PARIS).date()
    return Deadlines(
        today=today,
        starts_by=working_day_after(today, VALIDATED_BEFORE_START),
        undecided_since=working_moment_before(now, DECIDED_WITHIN),
        unsigned_since=now - SIGNED_WITHIN,
        validated_since=working_moment_before(now, DEPOSITED_WITHIN),
        ended_before=today - ASSESSED_WITHIN,
        ended_after=today - ASSESSABLE_FOR,
    )
