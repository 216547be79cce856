"""Where it is which day, and which days are holidays, by department."""

from datetime import UTC, date, datetime, time

import pytest

from domain.time_zones import holiday, moment_in, today_in, zone_of


@pytest.mark.parametrize(
    ("department", "hours"),
    [
        *[("75", 1), ("2A", 1), ("", 1), ("971", -4), ("972", -4), ("973", -3), ("974", 4), ("975", -3)],
        *[("976", 3), ("977", -4), ("978", -4), ("986", 12), ("987", -10), ("988", 11)],
    ],
)
def test_each_department_has_its_own_time(department: str, hours: int) -> None:
    winter = datetime(2026, 12, 1, 12, tzinfo=zone_of(department))
    offset = winter.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours * 3600


def test_the_day_turns_at_midnight_of_the_place() -> None:
    midnight = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert today_in("974", midnight) == date(2026, 11, 23)
    assert today_in("75", midnight) == date(2026, 11, 22)
    assert moment_in("974", date(2026, 11, 23), time(0)) == midnight


NATIONAL = {
    *[date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8)],
    *[date(2027, 5, 17), date(2027, 7, 14), date(2027, 8, 15), date(2027, 11, 1), date(2027, 11, 11)],
    date(2027, 12, 25),
}
LOCAL = {
    **{key: {date(2027, 3, 26), date(2027, 12, 26)} for key in ("57", "67", "68")},
    "971": {date(2027, 5, 27)},
    "972": {date(2027, 5, 22)},
    "973": {date(2027, 6, 10)},
    "974": {date(2027, 12, 20)},
    "976": {date(2027, 4, 27)},
    "977": {date(2027, 10, 9)},
    "978": {date(2027, 5, 28)},
}
"""Written by hand from L3133-1, L3134-13 and L3422-2."""


@pytest.mark.parametrize("department", ["75", "2B", "975", *LOCAL])
def test_the_holidays_of_a_year(department: str) -> None:
    days = {
        date.fromordinal(number)
        for number in range(date(2027, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
    }
    assert {day for day in days if holiday(day, department)} == NATIONAL | LOCAL.get(department, set())


def test_holidays_have_their_french_name() -> None:
    assert holiday(date(2027, 12, 20), "974") == "Abolition de l’esclavage"
    assert holiday(date(2008, 5, 1), "75") == "Ascension, Fête du Travail"
