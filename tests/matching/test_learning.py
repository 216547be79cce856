"""Weights are learned when there is enough, never far from the priors, and never at somebody's expense."""

import numpy as np
import pytest

from matching import exposure
from matching.exposure import compare
from matching.learning import (
    BOUND,
    MIN_EACH,
    MIN_OUTCOMES,
    Outcome,
    learn,
    values_of,
    within_bounds,
)
from matching.rank import rank
from matching.terms import PRIORS
from tests.factories.worlds import NANTES, TODAY, Spot, asking, index_of, some_occupations

OCCUPATIONS = some_occupations()
CODES = tuple(PRIORS)


def simulated(count: int, truth: dict[str, float], seed: int = 1, *, steep: float = 6.0) -> list[Outcome]:
    """Outcomes of companies that accept with a chance that follows these weights."""
    rng = np.random.default_rng(seed)
    values = rng.random((count, len(CODES)))
    score = values @ np.array([truth.get(code, 0.0) for code in CODES])
    chance = 1 / (1 + np.exp(-steep * (score - score.mean())))
    accepted = rng.random(count) < chance
    return [
        Outcome(dict(zip(CODES, row.tolist(), strict=True)), bool(one))
        for row, one in zip(values, accepted, strict=True)
    ]


def test_too_few_outcomes_teach_nothing() -> None:
    few = simulated(MIN_OUTCOMES - 1, dict(PRIORS))
    learned = learn(few)
    assert (learned.weights, learned.moved) == (PRIORS, False)
    assert str(MIN_OUTCOMES) in learned.why
    assert not learn([]).moved


def test_one_kind_of_outcome_teaches_nothing() -> None:
    told = simulated(5 * MIN_OUTCOMES, dict(PRIORS))
    accepted = [one for one in told if one.accepted]
    refused = [one for one in told if not one.accepted][: MIN_EACH - 1]
    assert not learn([*accepted, *refused]).moved


def test_outcomes_that_follow_the_priors_keep_them() -> None:
    learned = learn(simulated(20_000, dict(PRIORS)))
    assert learned.moved
    for code, prior in PRIORS.items():
        assert learned.weights[code] == pytest.approx(prior, rel=0.35)


def test_what_counts_more_weighs_more_and_within_bounds() -> None:
    truth = dict(PRIORS) | {"distance": 0.6, "answers": 0.4, "wish": 0.0}
    learned = learn(simulated(30_000, truth)).weights
    assert learned["distance"] > 1.3 * PRIORS["distance"]
    assert learned["wish"] == pytest.approx(PRIORS["wish"] / BOUND)
    assert within_bounds(learned) == learned


def test_more_outcomes_move_a_weight_farther() -> None:
    truth = dict(PRIORS) | {"distance": 0.5}
    moves = [learn(simulated(count, truth)).weights["distance"] for count in (600, 30_000)]
    assert PRIORS["distance"] < moves[0] < moves[1]


def test_acceptances_against_the_score_keep_the_priors() -> None:
    learned = learn(simulated(5_000, dict(PRIORS), steep=-6.0))
    assert (learned.weights, learned.moved) == (PRIORS, False)


def test_a_term_that_never_applied_or_never_varied_keeps_its_prior() -> None:
    told = simulated(5_000, dict(PRIORS) | {"distance": 0.5})
    partial = [
        Outcome(
            {code: v for code, v in one.values.items() if code != "objective"} | {"room": 0.5}, one.accepted
        )
        for one in told
    ]
    learned = learn(partial).weights
    for code in ("objective", "room"):
        assert learned[code] == pytest.approx(PRIORS[code], rel=1e-3)


def test_the_same_outcomes_give_the_same_weights() -> None:
    assert learn(simulated(2_000, dict(PRIORS))) == learn(simulated(2_000, dict(PRIORS)))


def test_weights_from_elsewhere_are_brought_within_bounds() -> None:
    found = within_bounds({"skills": 9.0, "wish": 0.0, "unknown": 1.0})
    assert found["skills"] == PRIORS["skills"] * BOUND
    assert found["wish"] == PRIORS["wish"] / BOUND
    assert found["distance"] == PRIORS["distance"]
    assert "unknown" not in found


def test_a_hit_tells_the_value_of_each_term_that_applied() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=1)])
    ranking = rank(asking(rome=("D1102",), wishes=("G1602",)), OCCUPATIONS, index)
    values = values_of(ranking.hits[0].reasons, ranking.weights)
    assert set(values) == set(ranking.weights) == {"wish", "distance", "answers", "room", "freshness"}
    assert values["wish"] == pytest.approx(1)
    assert values["room"] == pytest.approx(1)
    assert 0 < values["answers"] < 1


def test_weights_rank() -> None:
    spots = [Spot(place=1, lat=NANTES.lat + 0.15, asked=9, answered=9), Spot(place=2, asked=9)]
    index = index_of(OCCUPATIONS, spots)
    orders = [
        [hit.place_id for hit in rank(asking(), OCCUPATIONS, index, dict(PRIORS) | changed).hits]
        for changed in ({"distance": 1.0}, {"answers": 1.0})
    ]
    assert orders == [[2, 1], [1, 2]]


def a_world() -> list[Spot]:
    """Forty companies at a place: half are new, half are small."""
    return [
        Spot(
            place=at,
            lat=NANTES.lat + (at % 7) / 50,
            jobs=(("D1102", "G1602", "K2204")[at % 3],),
            asked=20 * (at % 2),
            answered=20 * (at % 2),
            headcount="01" if at % 4 < 2 else "41",
        )
        for at in range(1, 61)
    ]


def test_the_priors_against_themselves_lose_nothing() -> None:
    found = compare(PRIORS, OCCUPATIONS, index_of(OCCUPATIONS, a_world()), frozenset({1, 2, 3}), TODAY)
    assert found.parts == {"nouvelles": 1.0, "petites": 1.0, "rurales": 1.0}
    assert found.unfair == ()


def test_weights_that_hide_new_companies_are_seen_to() -> None:
    index = index_of(OCCUPATIONS, a_world())
    found = compare(dict(PRIORS) | {"answers": 5.0}, OCCUPATIONS, index, frozenset(), TODAY)
    assert found.parts["nouvelles"] < exposure.LEAST_PART
    assert found.unfair == ("nouvelles",)
    assert "rurales" not in found.parts


def test_an_empty_index_has_no_group_to_judge() -> None:
    assert compare(PRIORS, OCCUPATIONS, index_of(OCCUPATIONS, []), frozenset(), TODAY).parts == {}
