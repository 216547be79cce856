"""Schedules at random against a checker that knows nothing of ours: it counts minutes one by one."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.convention import Kind
from domain.schedule import Hours, Period, Schedule
from domain.schedule_checks import check_schedule
from domain.schedule_limits import Case

ZONES = {"75": "Europe/Paris", "974": "Indian/Reunion", "975": "America/Miquelon", "988": "Pacific/Noumea"}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PAST = datetime(2026, 1, 1, tzinfo=UTC)
Found = set[tuple[str, date | None]]


class Law:
    """The table of limits, written again by hand; hours as hours."""

    def __init__(self, kind: Kind, age: int) -> None:
        pupil, adult = kind is Kind.MINI_STAGE, age >= 18
        self.week = 30 if pupil and age < 15 else 35 if pupil or not adult else 48
        self.day = 7 if age < 16 else 8 if pupil or not adult else 10
        self.rest = 14 if age < 16 else 11 if adult else 12
        self.unbroken: float
        self.pause: int
        self.unbroken, self.pause = (6, 20) if adult else (4.5, 30)
        self.night = None if adult and not pupil else (20, 6) if age < 16 else (22, 6)


def age_on(born: date, day: date) -> int:
    def birthday(year: int) -> date:
        leap = (born.month, born.day) == (2, 29)
        return date(year, 3, 1) if leap and year % 4 else born.replace(year=year)

    return sum(birthday(year) <= day for year in range(born.year + 1, day.year + 1))


class Clock:
    """Every minute of presence, in UTC, by asking each minute what the clocks of the place show."""

    def __init__(self, schedule: Schedule, case: Case) -> None:
        self.case, self.zone = case, ZoneInfo(ZONES[case.department])
        self.local: dict[int, datetime] = {}
        for day in schedule.days:
            at = self.minute_of(day)
            while at < self.minute_of(day + DAY):
                shown = self.shown(at)
                clock = shown.hour * 60 + shown.minute
                for start, end in schedule.hours_on(day):
                    if start.hour * 60 + start.minute <= clock < (end.hour * 60 + end.minute or 1440):
                        self.local[at] = shown
                at += 1
        self.days = sorted({shown.date() for shown in self.local.values()})

    def minute_of(self, day: date) -> int:
        return int(datetime.combine(day, time(0), self.zone).timestamp()) // 60

    def shown(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, self.zone)

    def law(self, day: date) -> Law:
        assert self.case.born
        return Law(self.case.kind, age_on(self.case.born, day))

    def monday(self, day: date) -> date:
        return date.fromisocalendar(*day.isocalendar()[:2], 1)


def days_and_weeks(clock: Clock) -> Iterator[tuple[str, date]]:
    days = Counter(shown.date() for shown in clock.local.values())
    weeks: Counter[date] = Counter()
    for day, minutes in days.items():
        weeks[clock.monday(day)] += minutes
        if minutes > clock.law(day).day * 60:
            yield "day", day
    for week, minutes in weeks.items():
        first = min(day for day in clock.days if clock.monday(day) == week)
        if minutes > clock.law(first).week * 60:
            yield "week", week
        elif minutes > 35 * 60:
            yield "long_week", week
        if len([day for day in clock.days if clock.monday(day) == week]) == 7:
            yield "seven_days", week


def pauses(clock: Clock) -> Iterator[tuple[str, date]]:
    worked, last, law = 0, -(10**9), Law(Kind.PMSMP, 18)
    for minute, shown in sorted(clock.local.items()):
        if minute - last - 1 >= law.pause:
            worked, law = 0, clock.law(shown.date())
        worked, last = worked + 1, minute
        if worked == law.unbroken * 60 + 1:
            yield "pause", shown.date()


def rests(clock: Clock) -> Iterator[tuple[str, date]]:
    minutes: dict[date, list[int]] = {}
    for minute, shown in sorted(clock.local.items()):
        minutes.setdefault(shown.date(), []).append(minute)
    for before, after in pairwise(clock.days):
        if minutes[after][0] - minutes[before][-1] - 1 < clock.law(before).rest * 60:
            yield "rest", after


def quiet(clock: Clock) -> Iterator[tuple[str, date]]:
    for shown in clock.local.values():
        night = clock.law(shown.date()).night
        if night and not night[1] <= shown.hour < night[0]:
            yield "night", shown.date()
    for day in clock.days:
        if day.isoweekday() == 7:
            yield "sunday", day


def weekly_rests(clock: Clock) -> Iterator[tuple[str, date]]:
    for week in {clock.monday(day) for day in clock.days}:
        first = min(day for day in clock.days if clock.monday(day) == week)
        if age_on(clock.case.born or week, first) < 18:
            pairs = ((week + DAY * n, week + DAY * (n + 1)) for n in range(7))
            rested = any(one not in clock.days and other not in clock.days for one, other in pairs)
        else:
            rested = longest_rest(clock, week)
        if not rested:
            yield "weekly_rest", week


def longest_rest(clock: Clock, week: date) -> bool:
    """Whether 35 h without a minute of presence have 24 h within the week."""
    start, end = clock.minute_of(week), clock.minute_of(week + 7 * DAY)
    total = inside = 0
    for minute in range(start - 48 * 60, end + 48 * 60):
        if minute in clock.local:
            total = inside = 0
            continue
        total, inside = total + 1, inside + (start <= minute < end)
        if total >= 35 * 60 and inside >= 24 * 60:
            return True
    return False


def expected(schedule: Schedule, case: Case) -> Found:
    clock = Clock(schedule, case)
    parts = (days_and_weeks, pauses, rests, quiet, weekly_rests)
    return {found for part in parts for found in part(clock)}


MARKS = sorted({*range(0, 1440, 15), *range(475, 500), *range(1310, 1330)} - set(range(120, 180)))
"""Minutes of a day, none in the hour that the clocks of Paris jump over or show twice."""


@st.composite
def hours_of_a_day(draw: st.DrawFn, *, nights: bool) -> tuple[Hours, ...]:
    lowest, highest = (0, 1439) if nights else (draw(st.sampled_from([60, 300, 420])), 1379)
    inside = [mark for mark in MARKS if lowest <= mark <= highest]
    marks = sorted(draw(st.sets(st.sampled_from(inside), min_size=2, max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return tuple((time(*divmod(start, 60)), time(*divmod(end, 60))) for start, end in pairs)


USUAL: list[tuple[Hours, ...]] = [
    ((time(9), time(12)), (time(13), time(17))),
    ((time(8), time(12)), (time(12, 30), time(15, 30))),
    ((time(7), time(11, 30)), (time(12), time(15, 30))),
    ((time(13), time(20)),),
    ((time(9), time(12)),),
]
FIRSTS = [date(2026, 10, 19), date(2027, 3, 22), date(2027, 1, 25), date(2026, 3, 2)]
"""Weeks when the clocks change, in Paris and in Miquelon, and others."""


@st.composite
def schedules(draw: st.DrawFn, *, nights: bool = False) -> Schedule:
    first = draw(st.sampled_from(FIRSTS)) + timedelta(days=draw(st.integers(0, 6)))
    some = st.one_of(st.sampled_from(USUAL), st.just(()), hours_of_a_day(nights=nights))
    days = draw(st.lists(some, min_size=1, max_size=16))
    return Schedule(
        tuple(Period(first + timedelta(days=n), *pair) for n, hours in enumerate(days) for pair in hours)
    )


@st.composite
def cases(draw: st.DrawFn, schedule: Schedule) -> Case:
    start = schedule.days[0] if schedule else date(2027, 1, 1)
    years = draw(st.sampled_from([13, 14, 15, 16, 17, 18, 40]))
    born = start - timedelta(days=round(years * 365.2425) - draw(st.integers(-5, 20)))
    department = draw(st.sampled_from(sorted(ZONES)))
    return Case(kind=draw(st.sampled_from(Kind)), born=born, department=department)


WHOLE = {"too_young", "too_long", "too_many_days", "holiday"}
"""Told by tables in the other files: nothing to count minute by minute."""


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_is_told_is_what_is_counted(data: st.DataObject) -> None:
    schedule = data.draw(schedules())
    case = data.draw(cases(schedule))
    told = {(one.code, one.day or one.week) for one in check_schedule(schedule, case, PAST)}
    assert {one for one in told if one[0] not in WHOLE} == expected(schedule, case)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_blocks_nothing_respects_every_limit_even_by_night(data: st.DataObject) -> None:
    schedule = data.draw(schedules(nights=True))
    case = data.draw(cases(schedule))
    breaches = check_schedule(schedule, case, PAST)
    told = {(one.code, one.day or one.week) for one in breaches}
    counted = expected(schedule, case)
    assert {one for one in counted if one[0] != "rest"} <= told
    if not any(one.blocking for one in breaches):
        assert rested_each_day(Clock(schedule, case))


def rested_each_day(clock: Clock) -> bool:
    """Whether a rest long enough begins in the 24 h that follow each return from one."""
    back, last = None, -(10**9)
    for minute, shown in sorted(clock.local.items()):
        if minute - last - 1 >= clock.law(shown.date()).rest * 60:
            back = minute
        if back is not None and minute - back >= 24 * 60:
            return False
        last = minute
    return True


def test_the_counter_of_minutes_can_say_no() -> None:
    night = Schedule(
        (Period(date(2027, 1, 4), time(20), time(0)), Period(date(2027, 1, 5), time(6), time(14)))
    )
    case = Case(kind=Kind.PMSMP, born=date(1990, 1, 1), department="974")
    assert expected(night, case) == {("rest", date(2027, 1, 5)), ("pause", date(2027, 1, 5))}
    assert rested_each_day(Clock(night, case))
    days = [
        Period(date(2027, 1, 4) + DAY * n, time(hour), time(hour + 2))
        for n in range(3)
        for hour in (0, 9, 18)
    ]
    assert not rested_each_day(Clock(Schedule(tuple(days)), case))


@pytest.mark.parametrize(("born", "ages"), [(date(2008, 2, 29), (17, 18)), (date(2008, 3, 1), (17, 18))])
def test_ages_turn_on_the_birthday(born: date, ages: tuple[int, int]) -> None:
    case = Case(kind=Kind.PMSMP, born=born, department="75")
    days = date(2026, 2, 28), date(2026, 3, 1)
    assert tuple(age_on(born, day) for day in days) == ages
    assert tuple(case.age_on(day) for day in days) == ages
