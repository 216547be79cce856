"""What is late in a convention, as the agency's desk shows it in red (domain.md, §5 and §6)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.convention_reminders import (
    DEPOSIT_DAYS,
    REVIEW_WORKING_DAYS,
    START_WORKING_DAYS,
    UNSIGNED_DAYS,
    working_days_from,
)
from domain.french import PARIS

SIGNED_WITHIN, DEPOSITED_WITHIN = UNSIGNED_DAYS[-1], DEPOSIT_DAYS[0]
"""Days since the version was sent to sign, and since the validation: when reminders end, when they begin."""
ASSESSED_WITHIN = timedelta(days=3)
"""After the last day: both sides had a first reminder."""
ASSESSABLE_FOR = timedelta(days=92)
"""After the last day: the links of the assessment have then lived (domain.md, §1)."""
_DAY = timedelta(days=1)


class Late(StrEnum):
    """Why a convention is late, the most urgent first; the same days as the reminders."""

    STARTS = "starts"
    UNDECIDED = "undecided"
    UNSIGNED = "unsigned"
    DEPOSIT = "deposit"
    ASSESSMENT = "assessment"


LATE_LABELS = {
    Late.STARTS: "Commence bientôt, pas encore validée",
    Late.UNDECIDED: f"À décider depuis {REVIEW_WORKING_DAYS} jours ouvrés",
    Late.UNSIGNED: f"Pas signée depuis {SIGNED_WITHIN} jours",
    Late.DEPOSIT: "Dépôt à enregistrer",
    Late.ASSESSMENT: "Bilan manquant",
}


class Deposit(StrEnum):
    """Where a validated PMSMP stands with the State's teleservice, which reads no other convention."""

    DUE = "due"
    DONE = "done"


DEPOSIT_LABELS = {Deposit.DUE: "À déposer", Deposit.DONE: "Déposée"}


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
        starts_by=working_days_from(today, START_WORKING_DAYS, ""),
        undecided_since=_begin(working_days_from(today + _DAY, -REVIEW_WORKING_DAYS, "")),
        unsigned_since=_begin(today + _DAY - timedelta(SIGNED_WITHIN)),
        validated_since=_begin(today + _DAY - timedelta(DEPOSITED_WITHIN)),
        ended_before=today - ASSESSED_WITHIN,
        ended_after=today - ASSESSABLE_FOR,
    )


def _begin(day: date) -> datetime:
    """When a day begins: what happened before it happened another day."""
    return datetime.combine(day, time(), PARIS)
