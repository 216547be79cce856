"""Each limit of a schedule, just kept and just passed: where it is told, by which article, if it blocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.convention import Kind
from domain.schedule import Hours, Period, Schedule
from domain.schedule_checks import check_schedule
from domain.schedule_limits import Breach, Case, latest_end, limits_on
from domain.schedule_pattern import WeeklyPattern, draw

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(days=n) for n in range(1, 7))
BORN = {
    "adult": date(1990, 1, 1),
    "17": date(2009, 1, 1),
    "15": date(2011, 1, 1),
    "14": date(2012, 1, 1),
    "9": date(2017, 1, 1),
}
P, M = Kind.PMSMP, Kind.MINI_STAGE


def hours(text: str) -> tuple[Hours, ...]:
    return tuple(
        (time.fromisoformat(start), time.fromisoformat(end))
        for start, end in (one.split("-") for one in text.split())
    )


def on(days: dict[date, str]) -> Schedule:
    return Schedule(tuple(Period(day, *one) for day, text in days.items() for one in hours(text)))


def week(text: str, *days: date) -> Schedule:
    return on(dict.fromkeys(days or (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY), text))


def check(
    schedule: Schedule, who: str = "adult", kind: Kind = P, *, department: str = "75", now: datetime = NOW
) -> tuple[Breach, ...]:
    return check_schedule(schedule, Case(kind=kind, born=BORN[who], department=department), now)


def codes(breaches: tuple[Breach, ...]) -> list[tuple[str, date | None]]:
    return [(breach.code, breach.day or breach.week) for breach in breaches]


SEVEN, EIGHT, TEN = "08:00-12:00 13:00-16:00", "08:00-12:00 13:00-17:00", "08:00-13:00 13:20-18:20"
OVER = {SEVEN: "08:00-12:00 13:00-16:01", EIGHT: "08:00-12:00 13:00-17:01", TEN: "08:00-13:00 13:20-18:21"}


@pytest.mark.parametrize(
    ("who", "kind", "kept", "article"),
    [
        ("adult", P, TEN, "L3121-18"),
        ("17", P, EIGHT, "L3162-1"),
        ("15", M, SEVEN, "D4153-3"),
        ("14", M, SEVEN, "D4153-3"),
        ("17", M, EIGHT, "L3162-1"),
        ("adult", M, EIGHT, "mini-stages"),
    ],
)
def test_hours_of_a_day(who: str, kind: Kind, kept: str, article: str) -> None:
    assert check(on({MONDAY: kept}), who, kind) == ()
    (breach,) = check(on({MONDAY: OVER[kept]}), who, kind)
    assert (breach.code, breach.day, breach.blocking) == ("day", MONDAY, True)
    assert article in breach.article


@pytest.mark.parametrize(
    ("who", "kind", "kept", "article"),
    [
        ("adult", P, ["08:00-12:00 13:00-18:36"] * 5, "L3121-20"),
        ("17", P, [SEVEN] * 5, "L3162-1"),
        ("17", M, [SEVEN] * 5, "L3162-1"),
        ("15", M, [SEVEN] * 5, "L3162-1"),
        ("14", M, ["08:00-12:00 13:00-15:00"] * 5, "mini-stages"),
        ("adult", M, [SEVEN] * 5, "mini-stages"),
    ],
)
def test_hours_of_a_week(who: str, kind: Kind, kept: list[str], article: str) -> None:
    days = [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY]
    assert not [one for one in check(on(dict(zip(days, kept, strict=True))), who, kind) if one.blocking]
    start, end = kept[4].split()
    longer = on(dict(zip(days, [*kept[:4], f"07:59-{start[6:]} {end}"], strict=True)))
    told = [one for one in check(longer, who, kind) if one.code == "week"]
    assert [(one.week, one.blocking) for one in told] == [(MONDAY, True)]
    assert article in told[0].article


def test_beyond_35_hours_an_adult_is_only_told() -> None:
    assert check(week(SEVEN)) == ()
    (breach,) = check(week("08:00-12:00 13:00-16:01"))
    assert (breach.code, breach.week, breach.blocking) == ("long_week", MONDAY, False)
    assert "35 h 05" in breach.text
    assert breach.article == "Code du travail, art. L3121-27"


@pytest.mark.parametrize(
    ("who", "kind", "evening", "kept", "passed", "article"),
    [
        ("adult", P, "17:00-22:00", "09:00-12:00", "08:59-12:00", "L3131-1"),
        ("17", P, "17:00-20:00", "08:00-12:00", "07:59-12:00", "L3164-1"),
        ("15", M, "15:00-19:00", "09:00-12:00", "08:59-12:00", "L3164-1"),
        ("adult", M, "17:00-22:00", "09:00-12:00", "08:59-12:00", "L3131-1"),
    ],
)
def test_rest_between_two_days(
    who: str, kind: Kind, evening: str, kept: str, passed: str, article: str
) -> None:
    assert check(on({MONDAY: evening, TUESDAY: kept}), who, kind) == ()
    (breach,) = check(on({MONDAY: evening, TUESDAY: passed}), who, kind)
    assert (breach.code, breach.day, breach.blocking) == ("rest", TUESDAY, True)
    assert article in breach.article


@pytest.mark.parametrize(
    ("who", "kind", "text", "kept"),
    [
        ("adult", P, "08:00-14:00", True),
        ("adult", P, "08:00-14:01", False),
        ("adult", P, "08:00-11:00 11:20-17:20", True),
        ("adult", P, "08:00-11:00 11:19-14:20", False),
        ("17", P, "08:00-12:30", True),
        ("17", P, "08:00-12:31", False),
        ("17", P, "08:00-12:00 12:30-16:00", True),
        ("17", P, "08:00-12:00 12:29-16:00", False),
        ("14", M, "08:00-12:00 12:29-14:00", False),
        ("adult", M, "08:00-14:00", True),
    ],
)
def test_pauses(who: str, kind: Kind, text: str, kept: bool) -> None:
    assert codes(check(on({MONDAY: text}), who, kind)) == ([] if kept else [("pause", MONDAY)])


@pytest.mark.parametrize(
    ("who", "kind", "text", "kept"),
    [
        ("adult", P, "00:00-05:00", True),
        ("17", P, "06:00-10:00", True),
        ("17", P, "05:59-10:00", False),
        ("17", P, "18:00-22:00", True),
        ("17", P, "18:00-22:01", False),
        ("15", M, "16:00-20:00", True),
        ("15", M, "16:00-20:01", False),
        ("15", M, "05:59-10:00", False),
        ("17", M, "18:00-22:01", False),
        ("adult", M, "18:00-22:01", False),
    ],
)
def test_nights(who: str, kind: Kind, text: str, kept: bool) -> None:
    assert codes(check(on({MONDAY: text}), who, kind)) == ([] if kept else [("night", MONDAY)])


@pytest.mark.parametrize("day", [SUNDAY, date(2026, 12, 25)])
@pytest.mark.parametrize(("who", "kind"), [("adult", P), ("17", P), ("17", M), ("15", M), ("adult", M)])
def test_sundays_and_holidays(day: date, who: str, kind: Kind) -> None:
    (breach,) = check(on({day: SEVEN}), who, kind)
    assert breach.code == ("sunday" if day == SUNDAY else "holiday")
    assert breach.day == day
    assert breach.blocking is ((who, kind) != ("adult", P))


@pytest.mark.parametrize(
    ("department", "day"),
    [("67", date(2028, 12, 26)), ("974", date(2027, 12, 20)), ("972", date(2028, 5, 22))],
)
def test_holidays_are_those_of_the_department(department: str, day: date) -> None:
    now = datetime.combine(day, time(0), UTC) - timedelta(days=9)
    born = day.replace(year=day.year - 17, day=1)
    case = Case(kind=P, born=born, department=department)
    assert codes(check_schedule(on({day: SEVEN}), case, now)) == [("holiday", day)]
    elsewhere = Case(kind=P, born=born, department="33")
    assert check_schedule(on({day: SEVEN}), elsewhere, now) == ()


def test_first_of_may_has_its_own_article() -> None:
    (breach,) = check(on({date(2028, 5, 1): SEVEN}), now=datetime(2028, 4, 1, tzinfo=UTC))
    assert "L3133-4" in breach.article


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([0, 1, 2, 3, 4, 5, 7], True),
        ([0, 1, 2, 3, 4, 5, 6], False),
        ([0, 1, 2, 3, 4, 5, 6, 7], False),
    ],
)
def test_adults_have_a_day_off_each_week(days: list[int], kept: bool) -> None:
    found = check(week("09:00-12:00", *(MONDAY + timedelta(days=n) for n in days)))
    assert [one.code for one in found if one.blocking] == ([] if kept else ["seven_days", "weekly_rest"])


@pytest.mark.parametrize(("evening", "kept"), [("22:00", True), ("22:01", False)])
def test_the_weekly_rest_has_35_hours(evening: str, kept: bool) -> None:
    morning = "09:00-12:00"
    days = dict.fromkeys((MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY), "13:00-17:00")
    found = check(on({**days, SATURDAY: f"18:00-{evening}", MONDAY + timedelta(days=7): morning}))
    assert codes(found) == ([] if kept else [("weekly_rest", MONDAY)])


def test_the_weekly_rest_has_24_hours_in_its_week() -> None:
    days = {MONDAY: "19:00-23:00", **dict.fromkeys((WEDNESDAY, THURSDAY, FRIDAY), "09:00-12:00")}
    days |= {SATURDAY: "20:00-00:00", MONDAY + timedelta(days=7): "13:00-15:00"}
    found = check(on({**days, SUNDAY: "00:00-02:00"}))
    assert [one for one in codes(found) if one[0] != "sunday"] == [("weekly_rest", MONDAY)]
    assert check(on(days)) == ()


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([0, 1, 2, 3, 4], True),
        ([1, 2, 3, 4, 5], True),
        ([0, 1, 2, 3, 4, 5], True),
        ([0, 1, 2, 3, 4, 5, 7], False),
        ([0, 1, 4, 5, 7], True),
        ([0, 2, 3, 4, 5, 8], True),
    ],
)
def test_minors_have_two_days_off_in_a_row(days: list[int], kept: bool) -> None:
    found = check(week("09:00-12:00", *(MONDAY + timedelta(days=n) for n in days)), "17")
    assert codes(found) == ([] if kept else [("weekly_rest", MONDAY)])


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (P, date(2026, 12, 3), date(2027, 1, 2)),
        (P, date(2026, 12, 1), date(2026, 12, 31)),
        (P, date(2027, 1, 28), date(2027, 2, 27)),
        (P, date(2027, 1, 29), date(2027, 2, 28)),
        (P, date(2027, 1, 30), date(2027, 2, 28)),
        (P, date(2027, 1, 31), date(2027, 2, 28)),
        (P, date(2027, 2, 1), date(2027, 2, 28)),
        (P, date(2028, 1, 30), date(2028, 2, 29)),
        (M, date(2026, 12, 7), date(2026, 12, 14)),
    ],
)
def test_from_the_first_day_to_the_last(kind: Kind, first: date, last: date) -> None:
    assert latest_end(kind, first) == last
    born = BORN["adult"]
    kept = Case(kind=kind, born=born, department="75", starts_on=first, ends_on=last)
    assert check_schedule(Schedule(), kept, NOW) == ()
    late = Case(kind=kind, born=born, department="75", starts_on=first, ends_on=last + timedelta(days=1))
    (breach,) = check_schedule(Schedule(), late, NOW)
    assert (breach.code, breach.day, breach.blocking) == ("too_long", last + timedelta(days=1), True)
    assert ("D5135-3" if kind is P else "L332-3-1") in breach.article


def test_the_schedule_itself_gives_its_length() -> None:
    far = on({MONDAY: SEVEN, MONDAY + timedelta(days=30): SEVEN})
    assert codes(check(far)) == [("too_long", MONDAY + timedelta(days=30))]


def test_a_mini_stage_has_five_days() -> None:
    days = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    assert check(week("09:00-12:00", *days), "15", M) == ()
    assert codes(check(week("09:00-12:00", *days, MONDAY + timedelta(days=7)), "15", M)) == [
        ("too_many_days", None)
    ]


def test_days_out_of_the_dates_are_told() -> None:
    case = Case(kind=P, born=BORN["adult"], department="75", starts_on=TUESDAY, ends_on=THURSDAY)
    assert codes(check_schedule(week("09:00-12:00"), case, NOW)) == [("outside", MONDAY), ("outside", FRIDAY)]


@pytest.mark.parametrize(
    ("kind", "born", "kept"),
    [
        (P, date(2010, 11, 23), True),
        (P, date(2010, 11, 24), False),
        (M, date(2016, 11, 23), True),
        (M, date(2016, 11, 24), False),
    ],
)
def test_age_at_the_start(kind: Kind, born: date, kept: bool) -> None:
    found = check_schedule(on({MONDAY: "09:00-12:00"}), Case(kind=kind, born=born, department="75"), NOW)
    assert codes(found) == ([] if kept else [("too_young", None)])
    assert all(one.blocking for one in found)


def test_who_was_born_on_a_leap_day_is_of_age_in_march() -> None:
    case = Case(kind=P, born=date(2012, 2, 29), department="75")
    (breach,) = check_schedule(on({date(2027, 12, 1): "09:00-12:00"}), case, NOW)
    assert "29 février 2028" in breach.text
    assert case.age_on(date(2030, 2, 28)) == 17
    assert case.age_on(date(2030, 3, 1)) == 18
    late = Case(kind=M, born=date(2024, 2, 29), department="75")
    (told,) = check_schedule(on({MONDAY: "09:00-12:00"}), late, NOW)
    assert "1er mars 2034" in told.text


def test_each_day_is_judged_by_the_age_on_that_day() -> None:
    case = Case(kind=P, born=date(2008, 11, 25), department="75")
    text = "08:00-13:00 14:00-18:00"
    found = check_schedule(on({MONDAY: text, TUESDAY: text, WEDNESDAY: text, THURSDAY: text}), case, NOW)
    both = [(code, day) for day in (MONDAY, TUESDAY) for code in ("day", "pause")]
    assert sorted(codes(found)) == sorted([*both, ("week", MONDAY)])
    early = check_schedule(
        on({MONDAY: "17:00-20:00", TUESDAY: "07:30-11:30", WEDNESDAY: "20:00-23:00"}), case, NOW
    )
    assert codes(early) == [("rest", TUESDAY)]
    sixteen = Case(kind=M, born=date(2010, 11, 25), department="75")
    evening = on({TUESDAY: "15:00-20:30", THURSDAY: "17:00-21:00"})
    assert ("night", TUESDAY) in codes(check_schedule(evening, sixteen, NOW))
    assert ("night", THURSDAY) not in codes(check_schedule(evening, sixteen, NOW))


def test_an_unknown_birth_date_is_an_adult_s() -> None:
    case = Case(kind=P, born=None, department="75")
    assert check_schedule(on({MONDAY: TEN}), case, NOW) == ()
    assert limits_on(case, MONDAY).day.minutes == 600


@pytest.mark.parametrize(
    ("department", "now", "code"),
    [
        ("974", datetime(2026, 11, 22, 19, 59, tzinfo=UTC), None),
        ("974", datetime(2026, 11, 23, 4, 59, tzinfo=UTC), None),
        ("974", datetime(2026, 11, 23, 5, 0, tzinfo=UTC), "started"),
        ("974", datetime(2026, 11, 23, 19, 59, tzinfo=UTC), "started"),
        ("974", datetime(2026, 11, 23, 20, 0, tzinfo=UTC), "past"),
        ("75", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), None),
        ("75", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "started"),
        ("972", datetime(2026, 11, 23, 12, 59, tzinfo=UTC), None),
        ("972", datetime(2026, 11, 24, 3, 59, tzinfo=UTC), "started"),
        ("972", datetime(2026, 11, 24, 4, 0, tzinfo=UTC), "past"),
    ],
)
def test_the_start_is_ahead_by_the_clocks_of_the_place(
    department: str, now: datetime, code: str | None
) -> None:
    found = check(on({MONDAY: "09:00-12:00"}), department=department, now=now)
    assert codes(found) == ([(code, MONDAY)] if code else [])


def test_a_first_day_in_the_past_without_hours_is_told() -> None:
    case = Case(kind=P, born=BORN["adult"], department="75", starts_on=date(2026, 11, 19))
    assert codes(check_schedule(Schedule(), case, NOW)) == [("past", date(2026, 11, 19))]


@pytest.mark.parametrize(
    ("monday", "tuesday", "found"),
    [
        ("21:00-00:00", "00:00-02:00 02:30-06:00 21:00-00:00", []),
        ("18:00-00:00", "00:20-04:00", []),
        ("21:00-23:00", "01:00-06:00", []),
        ("21:00-23:00", "01:01-06:00", [("rest", TUESDAY)]),
        ("21:00-00:00", "00:00-03:00 08:00-10:00", []),
        ("21:00-00:00", "00:00-03:00 08:00-10:01", [("rest", TUESDAY)]),
        ("21:00-00:00", "00:00-03:00 13:59-18:00", [("rest", TUESDAY)]),
        ("21:00-00:00", "00:00-03:00 14:00-18:00", []),
        ("20:00-00:00", "00:00-02:01", [("pause", TUESDAY)]),
        ("20:00-00:00", "00:00-10:00", [("pause", TUESDAY), ("rest", TUESDAY)]),
        ("18:00-21:00 21:20-00:00", "00:00-03:00 03:20-04:41", [("day", MONDAY)]),
    ],
)
def test_a_night_through_midnight_is_one(monday: str, tuesday: str, found: list[tuple[str, date]]) -> None:
    assert codes(check(on({MONDAY: monday, TUESDAY: tuesday}))) == found


def test_the_clocks_that_change_change_the_rest_and_the_hours() -> None:
    spring, autumn = date(2027, 3, 28), date(2026, 10, 25)
    before = datetime(2026, 9, 1, tzinfo=UTC)
    evening = {spring - timedelta(days=1): "17:00-21:00", spring: "08:00-12:00"}
    assert [one.code for one in check(on(evening), now=before) if one.blocking] == ["rest"]
    shifted = {day - (spring - autumn): text for day, text in evening.items()}
    shifted[autumn] = "07:00-12:00"
    assert not [one for one in check(on(shifted), now=before) if one.blocking]
    night = on({autumn: "00:00-05:00 06:00-10:01"})
    assert [(one.code, one.day) for one in check(night, now=before) if one.blocking] == [("day", autumn)]
    assert not [one for one in check(night, department="974", now=before) if one.blocking]
    jumped = on({spring: "02:30-03:15 08:00-13:00 13:20-18:30"})
    assert [(one.code, one.day) for one in check(jumped, now=before) if one.blocking] == [("day", spring)]


def test_an_empty_schedule_has_nothing_to_say() -> None:
    assert check(Schedule()) == ()


def test_every_sentence_is_one_that_a_person_can_act_on() -> None:
    office = WeeklyPattern.of(dict.fromkeys(range(7), hours("05:00-15:00 16:00-23:00")))
    found = check(draw(office, date(2026, 11, 16), date(2026, 12, 31), "75"), "15", P)
    assert {one.code for one in found} == {
        *("too_young", "past", "too_long", "day", "week", "rest", "pause", "night", "sunday", "seven_days"),
        "weekly_rest",
    }
    for one in found:
        assert one.text.endswith(".")
        assert "'" not in one.text + one.article
        assert len(one.text) < 140
        assert one.article.startswith("Code du travail, art. ")
