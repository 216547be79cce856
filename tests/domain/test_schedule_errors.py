"""Limits of a schedule said in its form: each day or week named, none lost, none said twice."""

from datetime import date, timedelta

from domain.schedule_errors import NAMED, schedule_errors
from domain.schedule_limits import Breach

MONDAY = date(2026, 11, 30)
LAW = "Code du travail, art. L3121-18"


def breach(code: str, text: str, day: date | None = None, week: date | None = None) -> Breach:
    return Breach(code=code, text=text, article=LAW, day=day, week=week)


def test_each_day_and_week_is_named_with_every_limit_it_passes() -> None:
    tuesday = MONDAY + timedelta(days=1)
    found = [
        breach("too_young", "À partir de 16 ans."),
        breach("day", "10 h par jour au plus.", day=MONDAY),
        breach("pause", "6 h d’affilée au plus.", day=MONDAY),
        breach("week", "48 h par semaine au plus.", week=MONDAY),
        breach("day", "10 h par jour au plus.", day=tuesday),
    ]
    said = [(one.field, one.message) for one in schedule_errors(found, drawn=True)]
    assert said == [
        ("schedule", f"À partir de 16 ans. ({LAW})"),
        (
            "schedule.2026-11-30",
            f"Lundi 30 novembre 2026 : 10 h par jour au plus. ({LAW}) 6 h d’affilée au plus. ({LAW})",
        ),
        ("schedule.2026-11-30.semaine", f"Semaine du 30 novembre 2026 : 48 h par semaine au plus. ({LAW})"),
        ("schedule.2026-12-01", f"Mardi 1er décembre 2026 : 10 h par jour au plus. ({LAW})"),
    ]


def test_days_alike_are_said_together() -> None:
    days = [MONDAY + timedelta(days=at) for at in range(7)]
    one, *others = schedule_errors([breach("day", "10 h au plus.", day=day) for day in days], drawn=True)
    assert others == []
    assert one.field == "schedule.2026-11-30"
    assert one.message == (
        "Lundi 30 novembre 2026, mardi 1er décembre 2026, mercredi 2 décembre 2026 et "
        f"{len(days) - NAMED} autres : 10 h au plus. ({LAW})"
    )
    weeks = [breach("week", "48 h au plus.", week=MONDAY + timedelta(days=7 * at)) for at in range(2)]
    (two,) = schedule_errors(weeks, drawn=True)
    assert two.message == f"Semaines du 30 novembre 2026, du 7 décembre 2026 : 48 h au plus. ({LAW})"


def test_what_is_only_to_be_checked_is_no_error() -> None:
    sunday = Breach(code="sunday", text="Dimanche.", article=LAW, day=MONDAY, blocking=False)
    assert schedule_errors([sunday], drawn=True) == ()


def test_without_a_timetable_the_dates_are_pointed_at() -> None:
    found = [breach("past", "Déjà passé.", day=MONDAY), breach("too_long", "Un mois au plus.", day=MONDAY)]
    fields = [one.field for one in schedule_errors(found[:1], drawn=False)]
    fields += [one.field for one in schedule_errors(found[1:], drawn=False)]
    assert fields == ["starts_on", "ends_on"]
