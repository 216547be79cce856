"""Two people's changes of one document, kept together."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.terms_changes import flat
from domain.terms_merge import merged
from tests.factories.conventions import a_document

BASE = a_document()
TEXTS = [path for path, value in flat(BASE) if type(value) is str]


def changed(terms: Any, path: str, text: str) -> Any:  # noqa: ANN401 - a branch of the document
    """The document with another text at that path."""
    head, _, rest = path.partition(".")
    branch = getattr(terms, head)
    return replace(terms, **{head: changed(branch, rest, text) if rest else text})


def test_what_each_changed_is_kept() -> None:
    theirs = replace(BASE, host=replace(BASE.host, name="Au Bon Pain"), ends_on=date(2026, 12, 4))
    mine = replace(
        BASE, host=replace(BASE.host, city="Rezé"), schedule=BASE.schedule.without_day(BASE.schedule.days[0])
    )
    both = merged(BASE, theirs, mine)
    assert (both.host.name, both.host.city, both.ends_on) == ("Au Bon Pain", "Rezé", date(2026, 12, 4))
    assert both.schedule == mine.schedule


def test_the_same_field_changed_twice_is_mine() -> None:
    theirs, mine = changed(BASE, "activity.tasks", "Vendre"), changed(BASE, "activity.tasks", "Ranger")
    assert merged(BASE, theirs, mine).activity.tasks == "Ranger"


@given(
    st.dictionaries(st.sampled_from(TEXTS), st.text("ab")),
    st.dictionaries(st.sampled_from(TEXTS), st.text("ab")),
)
def test_every_field_comes_from_who_changed_it(theirs: dict[str, str], mine: dict[str, str]) -> None:
    other, own = BASE, BASE
    for path, text in theirs.items():
        other = changed(other, path, text)
    for path, text in mine.items():
        own = changed(own, path, text)
    before, result = dict(flat(BASE)), dict(flat(merged(BASE, other, own)))
    for path in TEXTS:
        typed = mine.get(path, before[path])
        assert result[path] == (typed if typed != before[path] else theirs.get(path, before[path]))
