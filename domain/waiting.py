"""What time does to requests, and to companies that leave them without an answer (domain.md, §2 and §4)."""

from datetime import timedelta
from enum import StrEnum

REMIND_AFTER = timedelta(days=3)
REMIND_AGAIN_AFTER = timedelta(days=7)
TELL_CANDIDATE_AFTER = timedelta(days=15)
ASK_WHETHER_MET_AFTER = timedelta(days=7)
"""Where the candidate calls or comes: both sides are then asked whether it happened."""


class Reminder(StrEnum):
    """What is told once about a request."""

    COMPANY = "company_3"
    COMPANY_AGAIN = "company_7"
    CANDIDATE = "candidate_15"
    WHETHER_MET = "met"


SILENT_REQUESTS = 8
"""So many requests left without an answer take a company out of search…"""
SILENT_OLDER_THAN = timedelta(days=15)
"""… when each has waited so long…"""
SILENT_WITHIN = timedelta(days=153)
"""… and all arrived within five months."""

MIN_ANSWERS = 3
"""Fewer answers say nothing of how a company answers: its delay and its rate are not shown beside it."""
_DAY_HOURS = 24


def delay_words(hours: float) -> str:
    """A delay as it is said: « en moins d’un jour », « en un jour », « en 2 jours »."""
    days = round(hours / _DAY_HOURS)
    if hours < _DAY_HOURS:
        return "en moins d’un jour"
    return "en un jour" if days == 1 else f"en {days} jours"


def answers_words(asked: int, answered: int, delay_hours: float) -> str:
    """How a company answers, empty with too few answers to say; `delay_hours` is of all of them together."""
    if answered < MIN_ANSWERS:
        return ""
    delay = f"{delay_words(delay_hours / answered)} en moyenne"
    if answered == asked:
        return f"Répond {delay}"
    return f"A répondu à {answered} demandes sur {asked}, {delay}"
