from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.corpus import Corpus
from matching.passport import PassportMatcher
from tests.matching.small_rome import BREAD, CAKES, GARDEN, HAIR, SMALL, TILL, TREES

CORPUS = Corpus(SMALL)
MATCHER = PassportMatcher(CORPUS)
LISTED = {rome: [skill for owner, skill, _ in SMALL.links if owner == rome] for rome in CORPUS.codes}


def best(skills: list[str], matcher: PassportMatcher = MATCHER) -> list[str]:
    return [CORPUS.codes[at] for at in np.argsort(-matcher.score(skills), kind="stable")]


def test_who_lists_the_whole_passport_comes_first() -> None:
    assert best(["1", "2", "8"])[0] == HAIR
    assert best(["6", "7"])[:2] == [CAKES, BREAD]


def test_one_skill_that_is_not_listed_does_not_hide_the_source() -> None:
    assert best(["6", "7", "8", "9", "3"])[0] == CAKES


def test_a_skill_that_no_occupation_lists_is_found_by_what_it_says() -> None:
    silent = replace(SMALL, links=[link for link in SMALL.links if link[1] not in {"4", "5"}])
    matcher = PassportMatcher(Corpus(silent))
    assert best(["4"], matcher)[0] == GARDEN
    assert best(["5"], matcher)[0] == TREES


def test_what_is_unknown_counts_for_nothing() -> None:
    assert np.array_equal(MATCHER.score(["1", "unknown"]), MATCHER.score(["1"]))
    assert not MATCHER.score(["unknown"]).any()
    assert not MATCHER.score([]).any()


def test_the_order_and_repeats_of_a_passport_change_nothing() -> None:
    assert np.array_equal(MATCHER.score(["1", "8", "6"]), MATCHER.score(["6", "1", "8", "1"]))


def test_a_referential_without_skills_scores_nothing() -> None:
    bare = Corpus(replace(SMALL, skills=[], links=[]))
    assert PassportMatcher(bare).score(["1"]).tolist() == [0.0] * len(CORPUS.codes)


@given(
    st.sampled_from([HAIR, GARDEN, TREES, BREAD, CAKES, TILL]),
    st.sets(st.sampled_from([str(code) for code in range(1, 10)])),
    st.data(),
)
def test_one_more_matched_skill_never_lowers_a_score(
    rome: str, skills: set[str], data: st.DataObject
) -> None:
    more = data.draw(st.sampled_from(LISTED[rome]))
    at = CORPUS.position[rome]
    assert MATCHER.score([*skills, more])[at] >= MATCHER.score(skills)[at]
