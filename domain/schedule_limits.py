"""What the law allows in a schedule: the table of limits, each with its article (decision 0017).

Every day is judged by the age on that day; a week by the age on its first day of presence, and a rest by the
age on the day it follows: when a birthday falls between, the younger protects more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.convention import Kind
from domain.french import french_date
from domain.schedule import Schedule, french_day
from domain.time_zones import moment_in, today_in

HOUR = 60
ADULT_AGE, YOUNG_AGE, CHILD_AGE = 18, 16, 15
MIN_AGES = {Kind.PMSMP: 16, Kind.MINI_STAGE: 10}
"""Code du travail, L4153-1; for pupils, the youngest that the service takes."""
MINI_STAGE_DAYS, MINI_STAGE_PRESENCE = 8, 5
"""Code de l'éducation, L332-3-1: a week at most, five days that may stand on both sides of a Sunday."""
USUAL_WEEK = 35 * HOUR
"""Code du travail, L3121-27."""


def labour_code(number: str) -> str:
    """Where a rule is written."""
    return f"Code du travail, art. {number}"


PUPILS = "Code de l’éducation, art. L332-3-1"
CHAMBERS = "Règle des mini-stages, d’après les conventions types des chambres consulaires"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit that is passed: beside its day, its week (a Monday), or the whole when both are None.

    `text` says what to do, `article` where it is written; what is not `blocking` is for people to judge.
    """

    code: str
    text: str
    article: str
    day: date | None = None
    week: date | None = None
    blocking: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Whose schedule, where, and between which dates (those of the schedule when they are not known yet).

    `born`: until it is known the person is taken for an adult; the document asks for it elsewhere.
    """

    kind: Kind
    born: date | None
    department: str
    starts_on: date | None = None
    ends_on: date | None = None

    def age_on(self, day: date) -> int:
        """In whole years, that day; a birth yet to come is a slip, which the document refuses elsewhere."""
        if self.born is None or self.born > day:
            return ADULT_AGE
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number of minutes, and where it is written."""

    minutes: int
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """When nobody of that age comes: nights (minutes of the day), Sundays, holidays; with their articles."""

    night_from: int
    night_to: int
    night: str
    sunday: str
    holiday: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one age allows. `who` heads the sentences; `pause` is in minutes, due after `unbroken`."""

    who: str
    week: Limit
    day: Limit
    rest: Limit
    unbroken: Limit
    pause: int
    two_days_off: bool
    quiet: Quiet | None


ADULT = Limits(
    who="",
    week=Limit(minutes=48 * HOUR, article=labour_code("L3121-20")),
    day=Limit(minutes=10 * HOUR, article=labour_code("L3121-18")),
    rest=Limit(minutes=11 * HOUR, article=labour_code("L3131-1")),
    unbroken=Limit(minutes=6 * HOUR, article=labour_code("L3121-16")),
    pause=20,
    two_days_off=False,
    quiet=None,
)
_MINOR_QUIET = Quiet(
    night_from=22 * HOUR,
    night_to=6 * HOUR,
    night=labour_code("L3163-1 et L3163-2"),
    sunday=labour_code("L3132-3 et L3164-5"),
    holiday=labour_code("L3164-6"),
)
MINOR = Limits(
    who="Avant 18 ans : ",
    week=Limit(minutes=35 * HOUR, article=labour_code("L3162-1")),
    day=Limit(minutes=8 * HOUR, article=labour_code("L3162-1")),
    rest=Limit(minutes=12 * HOUR, article=labour_code("L3164-1")),
    unbroken=Limit(minutes=4 * HOUR + 30, article=labour_code("L3162-3")),
    pause=30,
    two_days_off=True,
    quiet=_MINOR_QUIET,
)
YOUNG = replace(
    MINOR,
    who="Avant 16 ans : ",
    day=Limit(minutes=7 * HOUR, article=labour_code("D4153-3")),
    rest=Limit(minutes=14 * HOUR, article=labour_code("L3164-1")),
    quiet=replace(_MINOR_QUIET, night_from=20 * HOUR),
)
CHILD = replace(YOUNG, who="Avant 15 ans : ", week=Limit(minutes=30 * HOUR, article=CHAMBERS))
PUPIL = replace(
    ADULT,
    who="En mini-stage : ",
    week=Limit(minutes=35 * HOUR, article=CHAMBERS),
    day=Limit(minutes=8 * HOUR, article=CHAMBERS),
    quiet=Quiet(night_from=22 * HOUR, night_to=6 * HOUR, night=CHAMBERS, sunday=CHAMBERS, holiday=CHAMBERS),
)
"""A pupil who is an adult."""


def limits_on(case: Case, day: date) -> Limits:
    """What the age on that day allows."""
    age = case.age_on(day)
    if age >= ADULT_AGE:
        return PUPIL if case.kind is Kind.MINI_STAGE else ADULT
    if age >= YOUNG_AGE:
        return MINOR
    return CHILD if case.kind is Kind.MINI_STAGE and age < CHILD_AGE else YOUNG


def bounds(schedule: Schedule, case: Case) -> tuple[date, date] | None:
    """First and last days: those of the document, widened to those of the schedule; None without any."""
    days = [*schedule.days, *(day for day in (case.starts_on, case.ends_on) if day)]
    return (min(days), max(days)) if days else None


def latest_end(kind: Kind, first: date) -> date:
    """The last day that a convention starting on `first` may have.

    « Un mois de date à date » (D5135-3) ends on the eve of the same number, or with a month too short to
    have it: from 3 March to 2 April, from 31 January to 28 February.
    """
    if kind is Kind.MINI_STAGE:
        return first + timedelta(days=MINI_STAGE_DAYS - 1)
    next_month = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    after = (next_month + timedelta(days=31)).replace(day=1)
    return min(next_month + timedelta(days=first.day - 2), after - timedelta(days=1))


def first_moment(schedule: Schedule, department: str) -> datetime | None:
    """When the first period begins, by the clocks of the place; None without any."""
    if not schedule:
        return None
    first = schedule.periods[0]
    return moment_in(department, first.day, first.start)


def check_dates(schedule: Schedule, case: Case, now: datetime) -> Iterator[Breach]:
    """Length, age at the start, days out of the dates, start already past."""
    ends = bounds(schedule, case)
    if ends is None:
        return
    first, last = ends
    yield from _check_length(schedule, case.kind, first, last)
    if case.born is not None and case.age_on(first) < MIN_AGES[case.kind]:
        yield _too_young(case.kind, case.born)
    for day in schedule.days:
        if (case.starts_on and day < case.starts_on) or (case.ends_on and day > case.ends_on):
            text = "Ce jour est hors des dates de la convention : retirez-le, ou changez ces dates."
            yield Breach(code="outside", text=text, article=_convention(case.kind, "D5135-2"), day=day)
    yield from _check_start(schedule, case, first, now)


def _convention(kind: Kind, number: str) -> str:
    return labour_code(number) if kind is Kind.PMSMP else PUPILS


def _check_length(schedule: Schedule, kind: Kind, first: date, last: date) -> Iterator[Breach]:
    end = latest_end(kind, first)
    if last > end and kind is Kind.PMSMP:
        text = f"L’immersion dure un mois au plus : finissez le {french_date(end)} au plus tard."
        yield Breach(code="too_long", text=text, article=labour_code("D5135-3"), day=last)
    elif last > end:
        text = (
            f"Le mini-stage tient en {MINI_STAGE_DAYS} jours : finissez le {french_date(end)} au plus tard."
        )
        yield Breach(code="too_long", text=text, article=PUPILS, day=last)
    if kind is Kind.MINI_STAGE and (many := len(schedule.days) - MINI_STAGE_PRESENCE) > 0:
        text = f"Le mini-stage compte {MINI_STAGE_PRESENCE} jours de présence au plus : retirez-en {many}."
        yield Breach(code="too_many_days", text=text, article=PUPILS)


def _too_young(kind: Kind, born: date) -> Breach:
    age = MIN_AGES[kind]
    what = "Une immersion" if kind is Kind.PMSMP else "Un mini-stage"
    year = born.year + age
    try:
        birthday = born.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    text = f"{what} se fait à partir de {age} ans : choisissez des dates à partir du {french_date(birthday)}."
    return Breach(code="too_young", text=text, article=_convention(kind, "L4153-1"))


def _check_start(schedule: Schedule, case: Case, first: date, now: datetime) -> Iterator[Breach]:
    article = _convention(case.kind, "L5135-4")
    if first < today_in(case.department, now):
        text = f"Le {french_day(first)} est déjà passé : choisissez un premier jour à venir."
        yield Breach(code="past", text=text, article=article, day=first)
        return
    begins = first_moment(schedule, case.department)
    if begins is not None and begins <= now:
        text = "La première période a déjà commencé : la convention doit être validée avant. Repoussez-la."
        yield Breach(code="started", text=text, article=article, day=schedule.days[0])
