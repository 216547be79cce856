"""When reminders fall: working days and holidays of the place, one message when several are due."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.convention import SIGNABLE, As, Status
from domain.convention_reminders import (
    Due,
    Reminder,
    Waiting,
    by_hand,
    deposit_due,
    due,
    is_working_day,
    working_days_from,
)

SENT = date(2026, 11, 23)
WAITS = Waiting(
    status=Status.TO_SIGN,
    version=1,
    agency=7,
    sent_on=SENT,
    since=SENT,
    starts_on=date(2026, 12, 7),
    department="44",
)


@pytest.mark.parametrize(
    ("day", "count", "department", "found"),
    [
        (date(2026, 11, 20), 2, "44", date(2026, 11, 24)),
        (date(2026, 12, 7), -2, "44", date(2026, 12, 3)),
        (date(2026, 12, 24), 1, "44", date(2026, 12, 28)),
        (date(2027, 12, 17), 1, "44", date(2027, 12, 20)),
        (date(2027, 12, 17), 1, "974", date(2027, 12, 21)),
        (date(2026, 7, 13), 1, "44", date(2026, 7, 15)),
    ],
)
def test_working_days(day: date, count: int, department: str, found: date) -> None:
    assert working_days_from(day, count, department) == found


def test_good_friday_is_worked_but_in_alsace() -> None:
    good_friday = date(2027, 3, 26)
    assert is_working_day(good_friday, "44")
    assert not is_working_day(good_friday, "67")
    assert not is_working_day(date(2026, 11, 22), "44")


def test_the_most_urgent_says_it_all() -> None:
    assert due(WAITS, SENT + timedelta(1)) is None
    assert due(WAITS, SENT + timedelta(2)) == Due(Reminder.UNSIGNED, ("unsigned/1/2",))
    all_of_them = ("starting/1", "unsigned/1/2", "unsigned/1/5")
    assert due(WAITS, date(2026, 12, 3)) == Due(Reminder.STARTING, all_of_them)
    assert due(WAITS, date(2026, 12, 7)) is None
    told = replace(WAITS, told=frozenset(all_of_them))
    assert due(told, date(2026, 12, 4)) is None


def test_what_was_sent_today_is_reminded_of_tomorrow() -> None:
    tight = replace(WAITS, starts_on=SENT + timedelta(2))
    assert due(tight, SENT) is None
    assert due(tight, SENT + timedelta(1)) == Due(Reminder.STARTING, ("starting/1",))


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.PRE_APPROVED])
def test_the_agency_waits_two_working_days(status: Status) -> None:
    friday = replace(WAITS, status=status, since=date(2026, 11, 27), sent_on=date(2026, 11, 25))
    assert due(friday, date(2026, 11, 30)) is None
    assert due(friday, date(2026, 12, 1)) == Due(Reminder.UNREVIEWED, (f"unreviewed/1/{status}/7",))


@pytest.mark.parametrize("status", [one for one in Status if one not in SIGNABLE])
def test_only_what_waits_for_signatures_asks_for_them(status: Status) -> None:
    found = due(replace(WAITS, status=status), SENT + timedelta(5))
    assert found is None or found.reminder is Reminder.UNREVIEWED


def test_deposits() -> None:
    assert deposit_due(SENT, frozenset(), SENT + timedelta(1)) is None
    first = deposit_due(SENT, frozenset(), SENT + timedelta(9))
    assert first == Due(Reminder.UNDEPOSITED, ("undeposited/2", "undeposited/9"))
    assert deposit_due(SENT, frozenset(first.names), SENT + timedelta(15)) is None
    assert by_hand(As.COMPANY, SENT) == "asked/company/2026-11-23"
