"""What runs by the clock: one table, in the order of the day, Europe/Paris.

A run is an outbox row written once however many workers look, with the moment it was planned for: it
is tried again and parked like any other work. A night that no worker saw is caught up by the first
look of the next day. Times avoid the hour that daylight saving skips or repeats (02:00 to 03:00).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """A job run each day at a time of Paris."""

    at: time
    job: str

    def last(self, now: datetime) -> datetime:
        """The latest moment it was planned for, `now` included."""
        here = now.astimezone(PARIS)
        today = datetime.combine(here.date(), self.at, PARIS)
        return today if today <= here else datetime.combine(here.date() - timedelta(days=1), self.at, PARIS)

    def next(self, now: datetime) -> datetime:
        """The first moment it is planned for after `now`."""
        return datetime.combine(self.last(now).date() + timedelta(days=1), self.at, PARIS)


SCHEDULE: Sequence[Planned] = (
    Planned(time(3, 10), "retention.run"),
    Planned(time(3, 25), "conventions.expire"),
    Planned(time(3, 30), "discussions.expire"),
    Planned(time(3, 45), "discussions.recount"),
    Planned(time(7, 30), "saved_searches.due"),
    Planned(time(8, 0), "account.warn_unused"),
    Planned(time(8, 15), "agency.delegations"),
    Planned(time(8, 20), "discussions.release"),
    Planned(time(8, 30), "company.nudge"),
    Planned(time(8, 35), "conventions.remind"),
    Planned(time(8, 40), "conventions.remind_deposits"),
    Planned(time(8, 45), "discussions.remind"),
    Planned(time(8, 50), "assessments.ask"),
    Planned(time(8, 55), "assessments.follow_up"),
    Planned(time(9, 0), "visits.remind"),
    Planned(time(9, 15), "discussions.set_aside_silent"),
)
