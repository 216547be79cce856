"""When a convention is reminded of: by the age of what waits and by its start, each once (domain.md, §5).

A reminder has a name, written when it is sent: whoever looks later, or at the same time, sends it no more.
Names hold the version, so that a convention that was changed is reminded of anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.convention import EDITABLE, SIGNABLE, As, Status
from domain.time_zones import holiday

UNSIGNED_DAYS = (2, 5)
"""Days after the version was sent: who has not signed is reminded."""
REVIEW_WORKING_DAYS = 2
"""After it came before the agency, or before those who validate."""
START_WORKING_DAYS = 2
"""Before the first day: everybody is told that it is not validated."""
DEPOSIT_DAYS = (2, 9, 16, 23)
"""Days after the validation: the agency is reminded of the deposit."""
_SATURDAY = 5


class Reminder(StrEnum):
    """What somebody is reminded of."""

    UNSIGNED = "unsigned"
    UNREVIEWED = "unreviewed"
    STARTING = "starting"
    UNDEPOSITED = "undeposited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What the rules read of a convention that waits; days are those of its place.

    `sent_on`: when this version was sent to be signed. `since`: since when it has this status.
    """

    status: Status
    version: int
    agency: int
    sent_on: date
    since: date
    starts_on: date
    department: str
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """One message, and the names of every reminder that it replaces."""

    reminder: Reminder
    names: tuple[str, ...]


def is_working_day(day: date, department: str) -> bool:
    """From Monday to Friday, but for the public holidays there."""
    return day.weekday() < _SATURDAY and holiday(day, department) is None


def working_days_from(day: date, count: int, department: str) -> date:
    """The working day so many of them after `day`, or before it when `count` is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, department)
    return day


def due(waiting: Waiting, today: date) -> Due | None:
    """What is to be sent today. The start comes before the age: one message a day says both."""
    names = [one for one in _names(waiting, today) if f"{one[0]}/{one[1]}" not in waiting.told]
    if not names:
        return None
    urgent = min((reminder for reminder, _ in names), key=_ORDER.index)
    return Due(urgent, tuple(f"{reminder}/{name}" for reminder, name in names))


_ORDER = (Reminder.STARTING, Reminder.UNREVIEWED, Reminder.UNSIGNED)


def _names(waiting: Waiting, today: date) -> Iterator[tuple[Reminder, str]]:
    version, place = waiting.version, waiting.department
    if waiting.status not in EDITABLE:
        return
    comes = working_days_from(waiting.starts_on, -START_WORKING_DAYS, place) <= today < waiting.starts_on
    if comes and waiting.sent_on < today:
        yield Reminder.STARTING, f"{version}"
    if waiting.status in SIGNABLE:
        if today < waiting.starts_on:
            for days in UNSIGNED_DAYS:
                if waiting.sent_on + timedelta(days) <= today:
                    yield Reminder.UNSIGNED, f"{version}/{days}"
    elif working_days_from(waiting.since, REVIEW_WORKING_DAYS, place) <= today:
        yield Reminder.UNREVIEWED, f"{version}/{waiting.status}/{waiting.agency}"


def deposit_due(validated_on: date, told: frozenset[str], today: date) -> Due | None:
    """The reminders of a deposit that came due, as one message."""
    came = [days for days in DEPOSIT_DAYS if validated_on + timedelta(days) <= today]
    names = tuple(f"{Reminder.UNDEPOSITED}/{days}" for days in came)
    fresh = tuple(name for name in names if name not in told)
    return Due(Reminder.UNDEPOSITED, fresh) if fresh else None


LAST_DEPOSIT = f"{Reminder.UNDEPOSITED}/{DEPOSIT_DAYS[-1]}"


def by_hand(whom: As, day: date) -> str:
    """The name of the one reminder a day that a person may ask to be sent to a signatory."""
    return f"asked/{whom}/{day.isoformat()}"
