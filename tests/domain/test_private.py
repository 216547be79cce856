"""Every line told needs its consent, and a parent's under 15."""

import pytest

from domain.agency import Situation
from domain.errors import InvalidInputError
from domain.private import MAX_OTHER, Line, Private, check

WHOLE = Private(situation=Situation.RSA, rqth=True, no_night=True, child_care=True, other="un traitement")


def refused(told: Private, agreed: set[Line], *, parent_agrees: bool = False) -> list[str]:
    with pytest.raises(InvalidInputError) as error:
        check(told, agreed, parent_agrees=parent_agrees)
    return [one.field for one in error.value.errors]


def test_all_is_kept_when_all_is_agreed_to() -> None:
    assert check(WHOLE, set(Line), parent_agrees=False) == WHOLE
    assert WHOLE.lines == tuple(Line)


@pytest.mark.parametrize("line", Line)
def test_each_line_has_a_consent_of_its_own(line: Line) -> None:
    assert refused(WHOLE, set(Line) - {line}) == [f"consent.{line}"]


def test_a_consent_alone_tells_nothing() -> None:
    assert check(Private(other="  "), set(Line), parent_agrees=True) == Private()


def test_under_15_a_parent_agrees_too() -> None:
    young = Private(rqth=True, under_15=True)
    assert refused(young, {Line.RQTH}) == ["parent", "consent.parent"]
    assert refused(young, {Line.RQTH}, parent_agrees=True) == ["parent"]
    named = Private(rqth=True, under_15=True, parent=" Ana  Petit ")
    assert refused(named, {Line.RQTH}) == ["consent.parent"]
    assert check(named, {Line.RQTH}, parent_agrees=True).parent == "Ana Petit"


def test_a_parent_is_not_kept_without_need() -> None:
    assert check(Private(rqth=True, parent="Ana"), {Line.RQTH}, parent_agrees=True).parent == ""
    assert check(Private(under_15=True, parent="Ana"), set(), parent_agrees=False) == Private()


def test_a_text_has_a_limit() -> None:
    assert refused(Private(other="a" * (MAX_OTHER + 1)), {Line.OTHER}) == ["other"]
