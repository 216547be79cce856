"""The rules of an assessment, each walked: from when, what each side must say, what is dropped, reminders."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.assessment import (
    CONTRACT_LABELS,
    FOLLOW_UP_LABELS,
    NEXT_LABELS,
    OBSERVED_LABELS,
    OUTCOME_LABELS,
    CompanySays,
    Contract,
    FollowUp,
    Next,
    Observed,
    Outcome,
    PersonSays,
    Side,
    check_company,
    check_open,
    check_person,
    may_tell,
    opening_said,
    opens_on,
    reminders_due,
)
from domain.errors import ConflictError, InvalidInputError
from domain.french import french_date
from domain.passport import Level
from domain.schedule import Period, Schedule
from tests.factories.conventions import FIRST, LAST, a_document

TERMS = a_document()
DAY = timedelta(days=1)
EVE = LAST - DAY
SEEN = (Observed("100023", "Pétrir une pâte", Level.MANAGES),)
WHOLE = CompanySays(
    outcome=Outcome.COMPLETED, hired=False, next_step=Next.TRAINING, feedback="À l’heure.", skills=SEEN
)
PARTLY = replace(WHOLE, outcome=Outcome.PARTLY_COMPLETED, last_day=FIRST + DAY, minutes=700)
HIRED = replace(WHOLE, hired=True, contract=Contract.PERMANENT, hired_on=LAST + DAY)
ABSENT = CompanySays(outcome=Outcome.DID_NOT_SHOW, no_show_reason="Malade, a prévenu.")


def test_every_word_is_said() -> None:
    for labels, codes in (
        (OUTCOME_LABELS, Outcome),
        (CONTRACT_LABELS, Contract),
        (NEXT_LABELS, Next),
        (FOLLOW_UP_LABELS, FollowUp),
        (OBSERVED_LABELS, Level),
    ):
        assert set(labels) == set(codes)


def test_it_opens_the_last_day_of_presence_but_one() -> None:
    assert opens_on(TERMS) == EVE
    weekends = TERMS.schedule.without_day(EVE)
    assert opens_on(replace(TERMS, schedule=weekends)) == LAST - 2 * DAY
    alone = Schedule(tuple(one for one in TERMS.schedule.periods if one.day == LAST))
    assert opens_on(replace(TERMS, schedule=alone)) == LAST


@pytest.mark.parametrize(
    ("day", "outcome", "open_"),
    [
        (EVE - DAY, Outcome.COMPLETED, False),
        (EVE, Outcome.COMPLETED, True),
        (LAST + 300 * DAY, Outcome.COMPLETED, True),
        (FIRST - DAY, Outcome.DID_NOT_SHOW, False),
        (FIRST, Outcome.DID_NOT_SHOW, True),
        (FIRST, Outcome.PARTLY_COMPLETED, True),
        (FIRST, None, False),
        (EVE, None, True),
    ],
)
def test_from_when(day: date, outcome: Outcome | None, open_: bool) -> None:
    noon = datetime.combine(day, time(12), UTC)
    assert may_tell(TERMS, noon, outcome) is open_
    if not open_:
        with pytest.raises(ConflictError, match="s’ouvre le"):
            check_open(TERMS, noon, outcome)


@pytest.mark.parametrize("outcome", Outcome)
def test_nothing_is_told_before_the_first_hour(outcome: Outcome) -> None:
    """On the only day of an immersion from 9 to 12."""
    day = Schedule((Period(FIRST, time(9), time(12)),))
    alone = replace(TERMS, schedule=day, ends_on=FIRST)
    assert not may_tell(alone, datetime.combine(FIRST, time(8, 59), UTC), outcome)
    assert may_tell(alone, datetime.combine(FIRST, time(9), UTC), outcome)
    with pytest.raises(ConflictError, match=r"le 30 novembre 2026 à 9 h\. Revenez"):
        check_open(alone, datetime.combine(FIRST, time(3, 50), UTC), outcome)
    assert opening_said(TERMS) == french_date(EVE)


@pytest.mark.parametrize("said", [WHOLE, PARTLY, HIRED, ABSENT, replace(PARTLY, minutes=0)])
def test_what_is_enough(said: CompanySays) -> None:
    tidy = check_company(said, TERMS, LAST)
    assert tidy.outcome is said.outcome
    if said.outcome is Outcome.COMPLETED:
        assert tidy.minutes == TERMS.schedule.minutes
    if said is ABSENT:
        assert (tidy.minutes, tidy.hired, tidy.skills) == (0, False, ())


def test_what_an_outcome_does_not_ask_is_dropped() -> None:
    absent = replace(HIRED, outcome=Outcome.DID_NOT_SHOW, no_show_reason="x", last_day=LAST, minutes=12)
    tidy = check_company(absent, TERMS, LAST)
    assert tidy == CompanySays(outcome=Outcome.DID_NOT_SHOW, no_show_reason="x", minutes=0, hired=False)
    tidy = check_company(replace(HIRED, hired=False, last_day=FIRST, minutes=3), TERMS, LAST)
    assert (tidy.contract, tidy.hired_on, tidy.last_day) == (None, None, None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (replace(WHOLE, outcome=None), "outcome"),
        (replace(ABSENT, no_show_reason=" "), "no_show_reason"),
        (replace(ABSENT, no_show_reason="x" * 1001), "no_show_reason"),
        (replace(PARTLY, last_day=None), "last_day"),
        (replace(PARTLY, last_day=FIRST - DAY), "last_day"),
        (replace(PARTLY, last_day=LAST + DAY), "last_day"),
        (replace(PARTLY, minutes=None), "minutes"),
        (replace(PARTLY, minutes=-1), "minutes"),
        (replace(PARTLY, minutes=TERMS.schedule.minutes + 1), "minutes"),
        (replace(WHOLE, hired=None), "hired"),
        (replace(HIRED, contract=None), "contract"),
        (replace(HIRED, hired_on=None), "hired_on"),
        (replace(HIRED, hired_on=FIRST - DAY), "hired_on"),
        (replace(HIRED, hired_on=FIRST + timedelta(days=400)), "hired_on"),
        (replace(WHOLE, next_step=None), "next_step"),
        (replace(WHOLE, feedback="x" * 2001), "feedback"),
        (replace(WHOLE, advice="x" * 2001), "advice"),
        (replace(WHOLE, skills=SEEN * 2), "skills"),
    ],
)
def test_what_a_company_must_correct(said: CompanySays, field: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        check_company(said, TERMS, LAST)
    assert [one.field for one in error.value.errors] == [field]


def test_the_last_day_is_past_at_the_place() -> None:
    with pytest.raises(InvalidInputError):
        check_company(replace(PARTLY, last_day=FIRST + DAY), TERMS, FIRST)


PERSON = PersonSays(feedback=" Bien. ", next_step=Next.TRAINING, agrees=True, shares=True)


def test_the_person_answers_once_the_company_has_spoken() -> None:
    alone = check_person(PERSON, company_said=False)
    assert (alone.agrees, alone.shares, alone.feedback) == (None, False, "Bien.")
    after = check_person(replace(PERSON, lower=frozenset({"1"})), company_said=True)
    assert (after.agrees, after.shares, after.lower) == (True, True, frozenset({"1"}))
    assert check_person(replace(PERSON, shares=False, lower=frozenset({"1"})), company_said=True).lower == (
        frozenset()
    )
    assert check_person(replace(PERSON, agrees=False), company_said=True).shares


@pytest.mark.parametrize(
    ("said", "company_said", "field"),
    [
        (replace(PERSON, next_step=None), False, "next_step"),
        (replace(PERSON, agrees=None), True, "agrees"),
        (replace(PERSON, agrees=False, feedback=" "), True, "feedback"),
        (replace(PERSON, feedback="x" * 2001), True, "feedback"),
    ],
)
def test_what_a_person_must_correct(said: PersonSays, company_said: bool, field: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        check_person(said, company_said=company_said)
    assert [one.field for one in error.value.errors] == [field]


@pytest.mark.parametrize(
    ("day", "told", "due"),
    [
        (EVE - DAY, (), ()),
        (EVE, (), ("assessment_company",)),
        (LAST + 2 * DAY, ("assessment_company",), ()),
        (LAST + 3 * DAY, ("assessment_company",), ("assessment_company", "assessment_company_3")),
        (LAST + 9 * DAY, ("assessment_company", "assessment_company_3"), ()),
        (
            LAST + 10 * DAY,
            (),
            ("assessment_company", "assessment_company_3", "assessment_company_10"),
        ),
        (LAST + 30 * DAY, ("assessment_company_10",), ()),
        (LAST + 31 * DAY, (), ()),
    ],
)
def test_reminders(day: date, told: tuple[str, ...], due: tuple[str, ...]) -> None:
    assert reminders_due(TERMS.schedule, day, Side.COMPANY, frozenset(told)) == due


def test_each_side_has_its_own() -> None:
    one = reminders_due(TERMS.schedule, LAST, Side.PERSON, frozenset({"assessment_company"}))
    assert one == ("assessment_person",)
