"""An edit of the timetable names the days it changed, with their hours before and after."""

from dataclasses import replace
from datetime import date, time, timedelta

from domain.schedule import Schedule
from domain.terms import Contact
from domain.terms_changes import changes, comes_of_age, grown
from services.conventions.letter_words import _MAX_VALUE
from tests.factories.conventions import FIRST, a_document

WHOLE = a_document()
MORNING, EARLY = (time(9), time(12)), (time(5), time(8))


def timetable(before: Schedule, after: Schedule) -> tuple[str, str]:
    """What a change of timetable says."""
    (change,) = changes(replace(WHOLE, schedule=before), replace(WHOLE, schedule=after))
    assert (change.field, change.label) == ("schedule", "Horaires")
    return change.before, change.after


def test_hours_moved_at_an_equal_total_are_told() -> None:
    before = Schedule().with_day(FIRST, (MORNING,))
    assert timetable(before, before.with_day(FIRST, (EARLY,))) == (
        "1 jour, 3 h en tout (lundi 30 novembre : 9 h – 12 h)",
        "1 jour, 3 h en tout (lundi 30 novembre : 5 h – 8 h)",
    )


def test_only_the_days_that_differ_are_named() -> None:
    before = WHOLE.schedule
    changed = date(2026, 12, 1)
    after = before.with_day(changed, (MORNING, (time(13), time(18, 30))))
    was, now = timetable(before, after)
    assert was == "10 jours, 70 h en tout, 35 h par semaine (mardi 1er décembre : 9 h – 12 h, 13 h – 17 h)"
    assert now.startswith("10 jours, 71 h 30 en tout, entre 35 h et 36 h 30 de présence par semaine")
    assert now.endswith("(mardi 1er décembre : 9 h – 12 h, 13 h – 18 h 30)")
    _, gone = timetable(before, before.without_day(changed))
    assert gone.endswith("(mardi 1er décembre : pas de présence)")


def test_many_days_are_counted() -> None:
    before = after = WHOLE.schedule
    ends = []
    for number, day in enumerate(before.days, start=1):
        after = after.with_day(day, (MORNING,))
        ends.append(timetable(before, after)[1].rpartition(" ; ")[2])
        assert len(timetable(before, after)[0]) <= _MAX_VALUE
        assert number == len(ends)
    assert ends[3:5] == ["et 1 autre jour)", "et 2 autres jours)"]
    assert ends[-1] == "et 7 autres jours)"


def test_a_first_timetable_is_told_whole() -> None:
    empty, day = Schedule(), Schedule().with_day(FIRST + timedelta(1), (MORNING,))
    assert timetable(empty, day) == ("—", "1 jour, 3 h en tout")
    assert timetable(day, empty) == ("1 jour, 3 h en tout", "—")


def test_what_a_minor_alone_is_asked_goes_with_their_majority() -> None:
    eve = FIRST - timedelta(days=1)
    person = replace(WHOLE.beneficiary, birth_date=FIRST.replace(year=FIRST.year - 18))
    adult = replace(WHOLE, beneficiary=person, representative=Contact(last_name="Durand"))
    adult = replace(adult, activity=replace(adult.activity, hazards_checked=True))
    minor = replace(adult, starts_on=eve)
    assert minor.minor
    whole = grown(minor, adult)
    assert (whole.representative, whole.activity.hazards_checked) == (Contact(), False)
    unticked = replace(adult, activity=replace(adult.activity, hazards_checked=False))
    assert grown(minor, unticked, only_dates=True) == adult
    for before, after in (
        (minor, minor),
        (adult, adult),
        (adult, minor),
        (minor, replace(adult, starts_on=None)),
    ):
        assert not comes_of_age(before, after)
        assert grown(before, after) is after
