"""The calendar of an immersion: its shape, its totals, its rows, its pattern."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInputError
from domain.schedule import (
    Hours,
    Period,
    Schedule,
    french_day,
    french_hours,
    french_periods,
    summary,
)
from domain.schedule_pattern import WeeklyPattern, draw, pattern_of

MONDAY = date(2026, 11, 23)
MORNING, AFTERNOON = (time(9), time(12)), (time(13), time(17))
FULL: tuple[Hours, ...] = (MORNING, AFTERNOON)
OFFICE = WeeklyPattern.of(dict.fromkeys(range(5), FULL))


def refused(made: Any, *args: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any maker of a calendar
    with pytest.raises(InvalidInputError) as error:
        made(*args)
    return [(one.field, one.code) for one in error.value.errors]


def a_day(*hours: tuple[str, str], day: date = MONDAY) -> Schedule:
    return Schedule(
        tuple(Period(day, time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours)
    )


@st.composite
def hours_of_a_day(draw_: st.DrawFn) -> tuple[Hours, ...]:
    marks = sorted(draw_(st.sets(st.integers(0, 1439), max_size=8)))
    return tuple(
        (time(*divmod(start, 60)), time(*divmod(end, 60)))
        for start, end in zip(marks[::2], marks[1::2], strict=False)
    )


weeks = st.dictionaries(st.integers(0, 6), hours_of_a_day(), max_size=7).map(WeeklyPattern.of)


def adjusted_days(schedule: Schedule, department: str) -> tuple[date, ...]:
    """Days that differ from the schedule's own pattern: added, removed or at other hours, in order."""
    if not schedule:
        return ()
    first, last = schedule.days[0], schedule.days[-1]
    drawn = draw(pattern_of(schedule, department), first, last, department)
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return tuple(day for day in days if schedule.hours_on(day) != drawn.hours_on(day))


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ([("09:00", "09:00")], "order"),
        ([("22:00", "06:00")], "order"),
        ([("09:00", "12:00"), ("11:59", "17:00")], "overlap"),
        ([("09:00", "12:00"), ("09:00", "12:00")], "overlap"),
        ([("20:00", "00:00"), ("23:00", "23:30")], "overlap"),
        (
            [
                ("08:00", "09:00"),
                ("10:00", "11:00"),
                ("12:00", "13:00"),
                ("14:00", "15:00"),
                ("16:00", "17:00"),
            ],
            "too_many",
        ),
        ([("09:00:30", "12:00")], "time"),
        ([("09:00+01:00", "12:00")], "time"),
    ],
)
def test_what_is_no_calendar_is_refused_beside_its_day(hours: list[tuple[str, str]], code: str) -> None:
    assert refused(lambda: a_day(*hours)) == [("schedule.2026-11-23", code)]


def test_periods_may_touch_and_end_at_midnight() -> None:
    calendar = a_day(("13:00", "00:00"), ("09:00", "13:00"))
    assert calendar.periods[0].start == time(9)
    assert calendar.minutes == 15 * 60
    assert french_periods(calendar.hours_on(MONDAY)) == "9 h – 13 h, 13 h – 24 h"


def test_a_calendar_far_too_long_or_out_of_its_century_is_refused() -> None:
    first = Period(MONDAY, *MORNING)
    assert Schedule((first, Period(MONDAY + timedelta(days=61), *MORNING)))
    late = MONDAY + timedelta(days=62)
    assert refused(Schedule, (first, Period(late, *MORNING))) == [(f"schedule.{late}", "too_long")]
    assert refused(Period, date(1926, 11, 23), *MORNING) == [("schedule.1926-11-23", "year")]


def test_totals_by_day_week_and_in_all() -> None:
    calendar = draw(OFFICE, MONDAY, date(2026, 12, 4), "75").with_day(date(2026, 12, 6), [MORNING])
    assert calendar.minutes_by_day[MONDAY] == 7 * 60
    assert calendar.minutes_by_week == {MONDAY: 35 * 60, date(2026, 11, 30): 38 * 60}
    assert calendar.minutes == 73 * 60
    assert len(calendar.days) == 11


def test_a_week_of_two_years_is_one() -> None:
    calendar = draw(OFFICE, date(2026, 12, 28), date(2027, 1, 3), "75")
    assert calendar.minutes_by_week == {date(2026, 12, 28): 28 * 60}


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (Schedule(), "Aucun jour de présence"),
        (a_day(("09:00", "12:30")), "1 jour, 3 h 30 en tout"),
        (draw(OFFICE, MONDAY, date(2026, 11, 29), "75"), "5 jours, 35 h en tout"),
        (draw(OFFICE, MONDAY, date(2026, 12, 4), "75"), "10 jours, 70 h en tout, 35 h par semaine"),
        (
            draw(OFFICE, MONDAY, date(2026, 12, 2), "75"),
            "8 jours, 56 h en tout, entre 21 et 35 heures par semaine",
        ),
    ],
)
def test_the_summary_is_one_line(calendar: Schedule, words: str) -> None:
    assert summary(calendar) == words


def test_words_of_days_and_durations() -> None:
    assert french_day(MONDAY) == "lundi 23 novembre 2026"
    assert [french_hours(minutes) for minutes in (45, 60, 425)] == ["45 min", "1 h", "7 h 05"]


def test_a_day_is_adjusted_without_touching_the_others() -> None:
    calendar = draw(OFFICE, MONDAY, date(2026, 11, 27), "75")
    shorter = calendar.with_day(MONDAY, [MORNING])
    assert shorter.minutes == calendar.minutes - 4 * 60
    assert shorter.without_day(MONDAY).days == calendar.days[1:]
    assert calendar.without_day(date(2026, 11, 28)) == calendar
    assert refused(lambda: calendar.with_day(MONDAY, [MORNING, MORNING])) == [
        ("schedule.2026-11-23", "overlap")
    ]


@given(week=weeks, first=st.dates(date(2026, 1, 1), date(2027, 12, 31)), length=st.integers(0, 61))
def test_rows_keep_a_calendar_whole(week: WeeklyPattern, first: date, length: int) -> None:
    calendar = draw(week, first, first + timedelta(days=length), "974")
    assert Schedule.from_rows(calendar.as_rows()) == calendar
    assert Schedule.from_rows(calendar.as_rows()[::-1]) == calendar
    assert WeeklyPattern.from_rows(week.as_rows()) == week


ROW = {"day": "2026-11-23", "start": "09:00", "end": "12:00"}


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (None, "schedule"),
        ({}, "schedule"),
        ("[]", "schedule"),
        ([ROW] * 249, "schedule"),
        ([ROW, []], "schedule.1"),
        ([{**ROW, "note": ""}], "schedule.0"),
        ([{"day": "2026-11-23", "start": "09:00"}], "schedule.0"),
        ([{**ROW, "day": "20261123"}], "schedule.0.day"),
        ([{**ROW, "day": "2026-W48-1"}], "schedule.0.day"),
        ([{**ROW, "day": "2026-02-30"}], "schedule.0.day"),
        ([{**ROW, "day": 20261123}], "schedule.0.day"),
        ([{**ROW, "start": "9:00"}], "schedule.0.start"),
        ([{**ROW, "start": "0900"}], "schedule.0.start"),
        ([{**ROW, "start": None}], "schedule.0.start"),
        ([{**ROW, "end": "24:00"}], "schedule.0.end"),
        ([{**ROW, "end": "12:00:00"}], "schedule.0.end"),
        ([{**ROW, "end": "08:00"}], "schedule.2026-11-23"),
    ],
)
def test_rows_of_another_shape_are_refused(rows: object, field: str) -> None:
    assert [name for name, _ in refused(Schedule.from_rows, rows)] == [field]


def test_each_bad_row_is_told() -> None:
    rows = [{**ROW, "start": "9"}, ROW, {**ROW, "day": "demain"}]
    assert [name for name, _ in refused(Schedule.from_rows, rows)] == ["schedule.0.start", "schedule.2.day"]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ({}, "pattern"),
        ([{"weekday": 0, "start": "09:00", "end": "12:00"}] * 29, "pattern"),
        ([{"weekday": 7, "start": "09:00", "end": "12:00"}], "pattern.0"),
        ([{"weekday": True, "start": "09:00", "end": "12:00"}], "pattern.0"),
        ([{"weekday": 0, "start": "09:00", "end": "25:00"}], "pattern.0.end"),
        ([{"weekday": 6, "start": "12:00", "end": "09:00"}], "pattern.6"),
    ],
)
def test_patterns_of_another_shape_are_refused(rows: object, field: str) -> None:
    assert [name for name, _ in refused(WeeklyPattern.from_rows, rows)] == [field]


def test_a_week_has_seven_days() -> None:
    assert refused(WeeklyPattern, ((),)) == [("pattern", "type")]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (MONDAY, MONDAY - timedelta(days=1), "ends_on"),
        (MONDAY, MONDAY + timedelta(days=62), "ends_on"),
        (date(202, 11, 23), MONDAY, "starts_on"),
        (MONDAY, date(9999, 12, 31), "ends_on"),
    ],
)
def test_dates_that_cannot_be_drawn_are_refused(first: date, last: date, field: str) -> None:
    assert [name for name, _ in refused(draw, OFFICE, first, last, "75")] == [field]


@pytest.mark.parametrize(
    ("department", "day", "left_out"),
    [
        ("75", date(2027, 5, 6), True),
        ("75", date(2027, 3, 26), False),
        ("57", date(2027, 3, 26), True),
        ("67", date(2027, 3, 26), True),
        ("68", date(2028, 12, 26), True),
        ("54", date(2028, 12, 26), False),
        ("971", date(2027, 5, 27), True),
        ("972", date(2028, 5, 22), True),
        ("972", date(2027, 3, 26), False),
        ("973", date(2027, 6, 10), True),
        ("974", date(2027, 12, 20), True),
        ("974", date(2027, 5, 27), False),
        ("976", date(2027, 4, 27), True),
        ("977", date(2028, 10, 9), True),
        ("978", date(2027, 5, 28), True),
    ],
)
def test_a_pattern_leaves_the_holidays_of_the_department_out(
    department: str, day: date, left_out: bool
) -> None:
    assert day.weekday() < 5
    calendar = draw(OFFICE, day - timedelta(days=1), day + timedelta(days=1), department)
    assert (day not in calendar.days) is left_out


@given(
    week=weeks,
    first=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 61),
    department=st.sampled_from(["75", "67", "974", "971"]),
)
def test_the_pattern_found_again_draws_the_same(
    week: WeeklyPattern, first: date, length: int, department: str
) -> None:
    calendar = draw(week, first, first + timedelta(days=length), department)
    assert adjusted_days(calendar, department) == ()
    if calendar:
        ends = calendar.days[0], calendar.days[-1]
        assert draw(pattern_of(calendar, department), *ends, department) == calendar


def test_one_day_adjusted_does_not_change_the_pattern() -> None:
    calendar = draw(OFFICE, MONDAY, date(2026, 12, 18), "75")
    added = date(2026, 12, 5)
    changed = (
        calendar.without_day(date(2026, 12, 1))
        .with_day(added, [MORNING])
        .with_day(date(2026, 12, 9), [AFTERNOON])
    )
    assert pattern_of(changed, "75") == OFFICE
    assert adjusted_days(changed, "75") == (date(2026, 12, 1), added, date(2026, 12, 9))
    assert pattern_of(Schedule(), "75") == WeeklyPattern()
    assert not WeeklyPattern()


def test_a_holiday_worked_is_an_adjustment() -> None:
    armistice = date(2027, 11, 11)
    calendar = draw(OFFICE, date(2027, 11, 8), date(2027, 11, 19), "75").with_day(armistice, FULL)
    assert adjusted_days(calendar, "75") == (armistice,)


def test_a_pattern_prefers_presence_and_counts_a_holiday_that_is_worked() -> None:
    two_weeks = draw(OFFICE, MONDAY, date(2026, 12, 4), "75").without_day(date(2026, 11, 25))
    assert pattern_of(two_weeks, "75") == OFFICE
    worked = draw(OFFICE, date(2027, 11, 8), date(2027, 11, 12), "75").with_day(date(2027, 11, 11), FULL)
    assert pattern_of(worked, "75") == OFFICE
