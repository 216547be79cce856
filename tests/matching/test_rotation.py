"""Exposure is shared: equals rotate each day, by the room they have, and pages never repeat or skip."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.search import MAX_SEED, ContactMode, Criteria, Sort
from domain.values import Point
from matching.rank import rank
from matching.rotation import BUCKETS, buckets_of, rotation_keys
from matching.terms import day_number
from tests.factories.worlds import NANTES, TODAY, Spot, asking, index_of, some_occupations
from tests.matching.test_rank_properties import searches, worlds

OCCUPATIONS = some_occupations()


def first_places(spots: list[Spot], days: int) -> Counter[int]:
    index = index_of(OCCUPATIONS, spots)
    return Counter(
        rank(asking(page_size=1, seed=seed), OCCUPATIONS, index).hits[0].place_id for seed in range(days)
    )


def test_equal_hits_take_turns_at_the_first_place() -> None:
    first = first_places([Spot(place=at) for at in range(1, 6)], 1000)
    assert set(first) == {1, 2, 3, 4, 5}
    assert min(first.values()) > 150


def test_twice_the_room_is_ahead_twice_as_often() -> None:
    spots = [Spot(place=1, quota=8, contacts=4), Spot(place=2, quota=4, contacts=2)]
    first = first_places(spots, 3000)
    assert first[1] / first[2] == pytest.approx(2, rel=0.15)


def test_a_huge_quota_buys_no_more_exposure_than_a_large_one() -> None:
    first = first_places([Spot(place=1, quota=1000), Spot(place=2, quota=12)], 2000)
    assert first[1] / first[2] == pytest.approx(1, rel=0.15)


def test_a_better_score_is_never_passed_by_a_draw() -> None:
    spots = [Spot(place=at, lat=NANTES.lat + 0.02 * at) for at in range(6)]
    for seed in range(50):
        hits = rank(asking(seed=seed), OCCUPATIONS, index_of(OCCUPATIONS, spots)).hits
        buckets = [int(buckets_of(np.array([hit.score]))[0]) for hit in hits]
        assert buckets == sorted(buckets, reverse=True)


def test_volunteers_stay_before_potentiels_and_other_orders_do_not_rotate() -> None:
    spots = [Spot(place=at, jobs=("56",), contact=ContactMode.NONE) for at in range(1, 6)]
    index = index_of(OCCUPATIONS, [*spots, *(Spot(place=at, age_days=700) for at in range(6, 11))])
    for seed in range(20):
        hits = rank(asking(seed=seed), OCCUPATIONS, index).hits
        assert {hit.place_id for hit in hits[:5]} == {6, 7, 8, 9, 10}
    for sort in set(Sort) - {Sort.RELEVANCE}:
        orders = {
            tuple(hit.place_id for hit in rank(asking(seed=seed, sort=sort), OCCUPATIONS, index).hits)
            for seed in range(5)
        }
        assert len(orders) == 1


def test_the_day_draws_when_nothing_else_does_and_says_so() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=at) for at in range(1, 9)])
    ranking = rank(asking(), OCCUPATIONS, index)
    assert ranking.seed == day_number(TODAY)
    assert ranking.hits == rank(asking(seed=ranking.seed), OCCUPATIONS, index).hits
    tomorrow = rank(asking(today=TODAY + timedelta(days=1)), OCCUPATIONS, index)
    assert tomorrow.hits != ranking.hits


@given(worlds, searches, st.integers(0, MAX_SEED), st.integers(1, 7))
def test_pages_of_one_seed_neither_repeat_nor_skip(
    found: list[Spot], criteria: Criteria, seed: int, size: int
) -> None:
    index = index_of(OCCUPATIONS, found)
    asked = replace(criteria, seed=seed)
    whole = rank(asked, OCCUPATIONS, index).hits
    pages = range(1, len(whole) // size + 2)
    cuts = [rank(replace(asked, page=page, page_size=size), OCCUPATIONS, index).hits for page in pages]
    assert [hit for cut in cuts for hit in cut] == list(whole)


@given(worlds, searches, st.integers(1, 7))
def test_a_visit_that_passes_midnight_neither_repeats_nor_skips(
    found: list[Spot], criteria: Criteria, size: int
) -> None:
    index = index_of(OCCUPATIONS, found)
    before = replace(criteria, seed=day_number(TODAY), page_size=size)
    after = replace(before, today=TODAY + timedelta(days=1), page=2)
    assert rank(after, OCCUPATIONS, index) == rank(replace(before, page=2), OCCUPATIONS, index)


def test_many_equals_are_cut_as_few_are() -> None:
    spots = [Spot(place=at, lat=NANTES.lat + at * 1e-7) for at in range(1, 12_001)]
    index = index_of(OCCUPATIONS, spots)
    asked = asking(page_size=50, place=Point(NANTES.lat, NANTES.lon), seed=3)
    pages = [rank(replace(asked, page=page), OCCUPATIONS, index).hits for page in (1, 2, 239, 240)]
    seen = [hit.place_id for page in pages for hit in page]
    assert len(set(seen)) == len(seen) == 200
    keys = rotation_keys(3, np.arange(1, 12_001), np.full(12_000, 6, np.uint16))
    order = np.argsort(keys) + 1
    assert seen == [*order[:100].tolist(), *order[-100:].tolist()]


def test_a_seed_out_of_bounds_is_refused() -> None:
    for seed in (-1, MAX_SEED + 1):
        with pytest.raises(ValueError, match="seed"):
            rotation_keys(seed, np.array([1]), np.array([1], np.uint16))


@settings(max_examples=200)
@given(st.floats(0, 1))
def test_a_bucket_is_a_hundredth_and_rounding_never_splits_equals(score: float) -> None:
    near = buckets_of(np.array([score, score + 1e-12, score - 1e-12]))
    assert near[0] <= BUCKETS
    assert abs(int(near[0]) - score * BUCKETS) <= 0.5 + 1e-5
    if abs(score * BUCKETS % 1 - 0.5) < 5e-7:
        assert len(set(near.tolist())) == 1
