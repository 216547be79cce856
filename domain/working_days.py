"""Working days: Monday to Friday without the public holidays of the mainland, at the time of Paris."""

from datetime import date, datetime, timedelta
from itertools import count, islice

from domain.french import PARIS
from domain.time_zones import holiday

_DAY = timedelta(days=1)
_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether agencies work that day."""
    return day.weekday() < _SATURDAY and holiday(day, "") is None


def working_day_after(day: date, many: int) -> date:
    """The day when that many working days will have passed."""
    return _nth(day, many, _DAY)


def working_moment_before(moment: datetime, many: int) -> datetime:
    """The same hour, that many working days earlier: what happened before it has waited that long."""
    here = moment.astimezone(PARIS)
    return datetime.combine(_nth(here.date(), many, -_DAY), here.time(), PARIS)


def _nth(day: date, many: int, step: timedelta) -> date:
    far = (day + at * step for at in count(1))
    return next(islice(filter(is_working_day, far), many - 1, None))
