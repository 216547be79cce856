"""What was observed, in a passport: written, chosen, taken back, and never lower than the person said."""

import pytest

from domain.passport import Evidence, Level, Line, Passport
from domain.passport_observed import Seen, higher_than, with_observed, without_observed
from domain.search import MAX_SKILLS

BY = "Boulangerie du Port, le 11 décembre 2026"
OTHER = "Serre des Mauges, le 2 mai 2026"
SEEN = (Seen("100023", Level.MANAGES),)


def held(*lines: Line) -> Passport:
    return Passport(lines=lines)


@pytest.mark.parametrize(
    ("line", "lower", "level", "by"),
    [
        (None, False, Level.MANAGES, BY),
        (Line(skill="100023"), False, Level.MANAGES, BY),
        (Line(skill="100023", level=Level.BEGINS, sentence="Je pétris."), False, Level.MANAGES, BY),
        (Line(skill="100023", level=Level.MANAGES), False, Level.MANAGES, BY),
        (Line(skill="100023", level=Level.MASTERS), False, Level.MASTERS, ""),
        (Line(skill="100023", level=Level.MASTERS), True, Level.MANAGES, BY),
        (
            Line(skill="100023", level=Level.SHOWS, evidence=Evidence.OBSERVED, attested_by=OTHER),
            False,
            Level.SHOWS,
            OTHER,
        ),
    ],
)
def test_a_level_is_never_lowered_unless_its_holder_agrees(
    line: Line | None,
    lower: bool,
    level: Level,
    by: str,
) -> None:
    passport = held(line) if line else held()
    chosen = frozenset({"100023"}) if lower else frozenset[str]()
    after, before = with_observed(passport, SEEN, BY, chosen)
    (written,) = after.lines
    assert (written.level, written.attested_by) == (level, by)
    assert written.sentence == (line.sentence if line else "")
    assert bool(before) is (by == BY)
    assert bool(higher_than(passport, SEEN)) is bool(line and (line.level or 0) > Level.MANAGES)
    assert without_observed(after, BY, before) == passport


def test_what_changed_since_stays() -> None:
    after, before = with_observed(held(), (*SEEN, Seen("100024", Level.SHOWS)), BY)
    again = Passport(lines=tuple(one for one in after.lines if one.skill == "100024"))
    assert without_observed(again, BY, before) == held()
    elsewhere, _ = with_observed(after, (Seen("100023", Level.SHOWS),), OTHER)
    assert [one.attested_by for one in without_observed(elsewhere, BY, before).lines] == [OTHER]


def test_a_full_passport_takes_no_more() -> None:
    full = held(*(Line(skill=str(200000 + one)) for one in range(MAX_SKILLS)))
    assert with_observed(full, SEEN, BY) == (full, {})
