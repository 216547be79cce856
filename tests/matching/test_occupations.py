"""Affinities, near occupations, skills matched and to learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.nearness import WHYS
from matching.occupations import OccupationRows, Occupations
from matching.terms import TERMS
from tests.factories.reference import LINKS, SKILLS, skill
from tests.factories.worlds import some_occupations
from tests.matching.small_rome import BREAD, CAKES, SMALL, TILL

OCCUPATIONS = some_occupations()
skills = st.lists(st.sampled_from(sorted(SKILLS)), max_size=12, unique=True)


def affinity_of(rome: str, asked: list[str]) -> float:
    return float(OCCUPATIONS.affinity(asked)[OCCUPATIONS.position[rome]])


@given(skills)
def test_an_affinity_lies_between_0_and_1(asked: list[str]) -> None:
    affinity = OCCUPATIONS.affinity(asked)
    assert affinity.shape == (OCCUPATIONS.n_jobs,)
    assert affinity.dtype == np.float32
    assert float(affinity.min()) >= 0
    assert float(affinity.max()) <= 1


@given(skills, st.sampled_from(sorted(SKILLS)))
def test_one_more_skill_never_lowers_any_affinity(asked: list[str], more: str) -> None:
    assert np.all(OCCUPATIONS.affinity([*asked, more]) >= OCCUPATIONS.affinity(asked))


def test_who_covers_a_core_is_near_1() -> None:
    for rome in {link.rome for link in LINKS}:
        core = [link.skill for link in LINKS if link.rome == rome and link.core]
        assert affinity_of(rome, core) > 0.8
        assert affinity_of(rome, core) == pytest.approx(float(OCCUPATIONS.affinity(core).max()), abs=0.01)


def test_a_rare_skill_tells_more_than_a_common_one() -> None:
    assert affinity_of("D1102", [skill(5)]) > affinity_of("D1102", [skill(25)]) > 0


def test_unknown_skills_count_for_nothing() -> None:
    assert not OCCUPATIONS.affinity(["424242", "", "E9999"]).any()
    known = OCCUPATIONS.affinity([skill(4)])
    assert np.array_equal(OCCUPATIONS.affinity([skill(4), "424242"]), known)


def test_a_starter_skill_stands_for_its_official_one() -> None:
    assert np.array_equal(OCCUPATIONS.affinity(["E0001"]), OCCUPATIONS.affinity([skill(0)]))
    assert np.array_equal(OCCUPATIONS.affinity(["E0001", skill(0)]), OCCUPATIONS.affinity([skill(0)]))
    assert OCCUPATIONS.matched("A1203", OCCUPATIONS.resolved(["E0001", skill(1)])) == ("E0001", skill(1))


def test_a_division_is_worth_its_best_occupation() -> None:
    affinity = OCCUPATIONS.affinity([skill(4), skill(5)])
    job = OCCUPATIONS.n_occupations + OCCUPATIONS.division_position["10"]
    members = OCCUPATIONS.members(job)
    assert [OCCUPATIONS.codes[at] for at in members] == ["D1102", "D1104"]
    assert affinity[job] == affinity[members].max()


def test_official_mobilities_come_first_with_their_reason() -> None:
    near = OCCUPATIONS.near("D1102")
    assert (near[0].rome, near[0].why) == ("D1104", "passage entre métiers prévu par le ROME")
    assert all(0 < one.closeness < 1 for one in near)
    assert [one.closeness for one in near] == sorted((one.closeness for one in near), reverse=True)


def test_an_occupation_without_skills_is_near_its_family_alone() -> None:
    rows = OccupationRows(occupations=[("K1303", "a"), ("K1305", "b"), ("K2204", "c")])
    near = Occupations(rows).near("K1303")
    assert [(one.rome, one.why) for one in near] == [("K1305", "même famille de métiers")]


def test_the_public_explanation_of_the_wish_says_every_reason_of_nearness() -> None:
    explained = next(term.explanation for term in TERMS if term.code == "wish")
    assert [why for why in WHYS if why not in explained] == []
    assert {one.why for code in OCCUPATIONS.codes for one in OCCUPATIONS.near(code)} <= set(WHYS)


def test_a_wish_reaches_near_occupations_only_when_asked() -> None:
    wish, source = OCCUPATIONS.wish(["D1102"], near=False)
    assert [OCCUPATIONS.codes[at] for at in np.flatnonzero(wish)] == ["D1102"]
    wider, source = OCCUPATIONS.wish(["D1102"], near=True)
    assert wider[OCCUPATIONS.position["D1102"]] == 1
    assert 0 < wider[OCCUPATIONS.position["D1104"]] < 1
    assert source[OCCUPATIONS.position["D1104"]] == OCCUPATIONS.position["D1102"]


def test_to_learn_lists_main_skills_not_asked() -> None:
    learn = OCCUPATIONS.to_learn("D1102", OCCUPATIONS.resolved([skill(4), skill(7)]))
    assert set(learn[:2]) == {skill(5), skill(6)}
    assert len(OCCUPATIONS.to_learn("A1203", {})) == 5
    assert OCCUPATIONS.to_learn("K1303", {}) == ()


@pytest.mark.parametrize(
    "rows", [OccupationRows(occupations=[]), OccupationRows(occupations=[("A1101", "a")])]
)
def test_a_referential_without_skills_has_no_affinity(rows: OccupationRows) -> None:
    occupations = Occupations(rows)
    assert not occupations.affinity([skill(1)]).any()
    assert occupations.n_jobs == len(rows.occupations)


def test_official_passages_come_first_and_what_is_alike_is_near_without_a_list() -> None:

    rows = OccupationRows(
        occupations=SMALL.occupations,
        skills=[(code, kind, None) for code, _, kind, _, _ in SMALL.skills],
        links=SMALL.links,
        mobilities=[(BREAD, TILL, 1)],
        skill_texts=[(code, label, macro, is_macro) for code, label, _, macro, is_macro in SMALL.skills],
        definitions=SMALL.definitions,
    )
    occupations = Occupations(rows)
    first, second = occupations.near(BREAD)[:2]
    assert (first.rome, first.why) == (TILL, "passage entre métiers prévu par le ROME")
    assert (second.rome, second.why) == (CAKES, "des compétences en commun")
    assert first.closeness > second.closeness
    assert {near.rome: near.why for near in occupations.near(TILL)}[BREAD] == (
        "passage dans l’autre sens prévu par le ROME"
    )
