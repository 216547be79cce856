"""The timetable of a convention's form: drawn, adjusted, kept as typed, and as its page shows it."""

from dataclasses import replace
from datetime import date, time

import pytest

from api.pages.convention_parts import Values
from api.pages.convention_plan import plan_of
from api.pages.convention_schedule import (
    HALF_TYPED,
    NOT_A_TIME,
    SEEN_DATES,
    SEEN_DAYS,
    SEEN_WEEK,
    USUAL_WEEK,
    read_schedule,
    typed_time,
    week_shown,
)
from domain.schedule import Schedule
from domain.terms import Place, Terms
from tests.factories.conventions import FIRST, LAST, NOW, a_document

DATES = {"starts_on": FIRST.isoformat(), "ends_on": LAST.isoformat()}
MONDAY = "jour.2026-11-30"


def week(**changed: str) -> dict[str, str]:
    """The usual week as its fields post it, some of them changed."""
    posted = {}
    for day, hours in enumerate(USUAL_WEEK.week):
        for at in range(4):
            start, end = hours[at] if at < len(hours) else ("", "")
            posted[f"semaine.{day}.{at}.debut"] = f"{start:%H:%M}" if start else ""
            posted[f"semaine.{day}.{at}.fin"] = f"{end:%H:%M}" if end else ""
    return posted | {name.replace("_", "."): value for name, value in changed.items()}


def again(terms: Terms, **changed: str) -> dict[str, str]:
    """The page as it was shown of a document, posted again with some fields changed."""
    plan = plan_of(terms, NOW)
    posted = {"starts_on": str(terms.starts_on or ""), "ends_on": str(terms.ends_on or ""), **plan.seen}
    days = [day for one in plan.weeks for day in one.days]
    for shown in (*plan.week, *days):
        for name, start, end in shown.ranges:
            posted |= {f"{name}.debut": start, f"{name}.fin": end}
    return posted | changed


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("09:00", time(9)),
        ("9", time(9)),
        ("9h", time(9)),
        ("9 h 30", time(9, 30)),
        ("9H05", time(9, 5)),
        ("24:00", time(0)),
        ("00:00", time(0)),
        ("24:30", None),
        ("25:00", None),
        ("9:75", None),
        ("neuf", None),
        ("", None),
    ],
)
def test_a_time_as_people_write_it(typed: str, at: time | None) -> None:
    assert typed_time(typed) == at


def test_the_week_is_drawn_the_first_time_with_or_without_its_button() -> None:
    for action in ("dessiner", "continuer"):
        read = read_schedule({**DATES, **week(), "action": action}, Terms())
        assert read.errors == ()
        assert (len(read.terms.schedule.days), read.terms.schedule.minutes) == (10, 70 * 60)


def test_nothing_is_drawn_while_one_types() -> None:
    read = read_schedule({**DATES, **week()}, Terms(), drawing=False)
    assert read.terms.schedule == Schedule()
    assert read.terms.starts_on == FIRST


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({**week(), "action": "dessiner"}, ["starts_on", "ends_on"]),
        ({"starts_on": "demain", "ends_on": "2026-12-11", **week()}, ["starts_on"]),
        ({"starts_on": "2026-12-11", "ends_on": "2026-11-30", **week(), "action": "dessiner"}, ["ends_on"]),
        ({**DATES, **week(semaine_0_0_debut="9 heures")}, ["semaine.0"]),
        ({**DATES, **week(semaine_0_1_fin="")}, ["semaine.0"]),
        ({**DATES, **week(semaine_2_0_fin="08:00")}, ["semaine.2"]),
        ({**DATES, **dict.fromkeys(week(), ""), "action": "dessiner"}, ["semaine.0"]),
    ],
)
def test_what_cannot_be_drawn_is_said_at_its_field(values: Values, fields: list[str]) -> None:
    assert [one.field for one in read_schedule(values, Terms()).errors] == fields


def test_a_bad_time_is_shown_again_as_typed_and_its_day_is_kept() -> None:
    terms = a_document()
    posted = again(terms, **{f"{MONDAY}.0.debut": "9 heures", f"{MONDAY}.1.fin": ""})
    read = read_schedule(posted, terms)
    assert [(one.field, one.message) for one in read.errors] == [("schedule.2026-11-30", NOT_A_TIME)]
    assert read.terms.schedule == terms.schedule
    shown = plan_of(read.terms, NOW, read).weeks[0].days[0]
    assert shown.ranges[0] == (f"{MONDAY}.0", "9 heures", "12:00")
    half = read_schedule(again(terms, **{f"{MONDAY}.1.fin": ""}), terms)
    assert half.errors[0].message == HALF_TYPED


def test_a_day_is_adjusted_emptied_and_added() -> None:
    terms = a_document()
    changed = {
        f"{MONDAY}.1.fin": "16h",
        "jour.2026-12-01.0.debut": "",
        "jour.2026-12-01.0.fin": "",
        "jour.2026-12-01.1.debut": "",
        "jour.2026-12-01.1.fin": "",
        "jour.2026-12-05.0.debut": "22:00",
        "jour.2026-12-05.0.fin": "00:00",
    }
    read = read_schedule(again(terms, **changed), terms)
    by_day = read.terms.schedule.minutes_by_day
    assert (by_day[FIRST], date(2026, 12, 1) in by_day, by_day[date(2026, 12, 5)]) == (360, False, 120)


def test_another_week_is_drawn_unless_a_day_was_changed_too() -> None:
    terms = a_document()
    shorter = {"semaine.4.1.debut": "", "semaine.4.1.fin": ""}
    assert read_schedule(again(terms, **shorter), terms).terms.schedule.minutes == (70 - 8) * 60
    both = read_schedule(again(terms, **shorter, **{f"{MONDAY}.1.fin": "16:00"}), terms)
    assert both.terms.schedule.minutes == 69 * 60


def test_other_dates_move_an_unadjusted_timetable_and_leave_an_adjusted_one() -> None:
    terms, later = a_document(), {"ends_on": "2026-12-18"}
    assert len(read_schedule(again(terms, **later), terms).terms.schedule.days) == 15
    adjusted = replace(terms, schedule=terms.schedule.without_day(FIRST))
    kept = read_schedule(again(adjusted, **later), adjusted)
    assert kept.terms.schedule == adjusted.schedule
    redrawn = read_schedule(again(adjusted, **later, action="dessiner"), adjusted)
    assert len(redrawn.terms.schedule.days) == 15


def test_what_is_shown_comes_back_unchanged() -> None:
    terms = a_document()
    assert read_schedule(again(terms), terms).terms == terms
    assert set(plan_of(terms, NOW).seen) == {SEEN_WEEK, SEEN_DAYS, SEEN_DATES}


def test_holidays_of_the_department_are_left_free_and_named() -> None:
    place = Place(address="1 rue", postal_code="97200", city="Fort-de-France")
    terms = replace(Terms(), place=place)
    dates = {"starts_on": "2027-05-19", "ends_on": "2027-05-25", **week(), "action": "dessiner"}
    read = read_schedule({**dates, "place.postal_code": "97200"}, terms).terms
    days = {day.key: day for one in plan_of(read, NOW).weeks for day in one.days}
    assert days["2027-05-22"].feast.startswith("Abolition de l’esclavage")
    assert date(2027, 5, 22) not in read.schedule.days
    assert plan_of(read, NOW).clock == "18 h"
    assert plan_of(a_document(), NOW).clock == ""


def test_limits_stand_beside_their_day_or_week_with_their_article() -> None:
    terms = a_document()
    long_day = terms.schedule.with_day(FIRST, [(time(6), time(12)), (time(13), time(19))])
    plan = plan_of(replace(terms, schedule=long_day), NOW)
    first = plan.weeks[0].days[0]
    assert [(one.code, one.article) for one in first.breaches] == [("day", "Code du travail, art. L3121-18")]
    assert [(one.code, one.blocking) for one in plan.weeks[0].breaches] == [("long_week", False)]
    assert (plan.blocking, plan.warnings) == (1, 1)


def test_days_out_of_the_dates_are_listed_too() -> None:
    terms = replace(a_document(), ends_on=date(2026, 12, 4))
    days = [day.key for one in plan_of(terms, NOW).weeks for day in one.days]
    assert (days[0], days[-1]) == ("2026-11-30", "2026-12-11")


def test_only_days_on_the_page_are_followed() -> None:
    """Dates put off by a month: the page lists the former days, and is told of the others above them."""
    terms = replace(a_document(), starts_on=date(2027, 1, 4), ends_on=date(2027, 2, 20))
    alone = [date(2026, 11, 30), date(2026, 12, 1)]
    plan = plan_of(terms, NOW, None, alone)
    assert [day.key for one in plan.weeks for day in one.days] == ["2026-11-30", "2026-12-01"]
    assert "too_long" in {one.code for one in plan.breaches}
    assert plan.flagged


def test_a_limit_of_the_whole_flags_no_day() -> None:
    terms = replace(a_document(), ends_on=date(2027, 1, 20))
    assert [one.code for one in plan_of(terms, NOW, None, terms.schedule.days).breaches] == ["too_long"]
    assert not plan_of(terms, NOW, None, terms.schedule.days).flagged


def test_the_usual_week_is_proposed_then_that_of_the_timetable() -> None:
    assert week_shown(Terms()) == USUAL_WEEK
    terms = a_document()
    friday = terms.schedule.without_day(date(2026, 12, 4)).without_day(date(2026, 12, 11))
    assert week_shown(replace(terms, schedule=friday)).week[4] == ()
