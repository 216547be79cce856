"""What must hold of every ranking, whatever the companies and the search."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.search import ContactMode, Criteria, Filters, Objective, Ranked, RemoteMode, Sort
from domain.values import Point, distance_km
from matching.occupations import Occupations
from matching.rank import rank
from matching.rotation import BUCKETS
from tests.factories.reference import DIVISIONS, OCCUPATIONS, SKILLS
from tests.factories.worlds import NANTES, TODAY, Spot, index_of, records_of, some_occupations

OCCUPATIONS_OF_TESTS = some_occupations()
ROMES, CODES = sorted(OCCUPATIONS), sorted(SKILLS)

spots = st.builds(
    Spot,
    place=st.just(1),
    lat=st.floats(46.5, 47.9),
    lon=st.floats(-2.5, -0.6),
    jobs=st.lists(st.sampled_from(ROMES), min_size=1, max_size=4, unique=True).map(tuple),
    mode=st.sampled_from([RemoteMode.ON_SITE, RemoteMode.ON_SITE, RemoteMode.HYBRID, RemoteMode.FULL_REMOTE]),
    headcount=st.sampled_from(["NN", "00", "03", "12", "41"]),
    age_days=st.integers(0, 900),
    contacts=st.integers(0, 6),
    asked=st.integers(0, 40),
    answered=st.integers(0, 40),
    delay_hours=st.floats(0, 20_000),
    hired=st.integers(0, 1),
).map(lambda spot: replace(spot, answered=min(spot.asked, spot.answered)))
potentiels = st.builds(
    Spot,
    place=st.just(1),
    lat=st.floats(46.5, 47.9),
    jobs=st.sampled_from(sorted(DIVISIONS)).map(lambda division: (division,)),
    contact=st.just(ContactMode.NONE),
)
worlds = st.lists(st.one_of(spots, spots, potentiels), max_size=40).map(
    lambda found: [replace(spot, place=at + 1) for at, spot in enumerate(found)],
)
searches = st.builds(
    Criteria,
    today=st.just(TODAY),
    skills=st.lists(st.sampled_from(CODES), max_size=8, unique=True).map(tuple),
    rome=st.lists(st.sampled_from(ROMES), max_size=3, unique=True).map(tuple),
    near=st.booleans(),
    wishes=st.lists(st.sampled_from(ROMES), max_size=2, unique=True).map(tuple),
    mobility_km=st.one_of(st.none(), st.floats(1, 100)),
    place=st.one_of(st.none(), st.builds(Point, st.floats(46.5, 47.9), st.floats(-2.5, -0.6))),
    radius_km=st.sampled_from([1.0, 10.0, 30.0, 100.0]),
    objective=st.one_of(st.none(), st.sampled_from(Objective)),
    filters=st.builds(
        Filters,
        remote=st.lists(st.sampled_from(RemoteMode), max_size=2, unique=True).map(tuple),
        volunteers_only=st.booleans(),
    ),
    sort=st.sampled_from(Sort),
    page_size=st.just(1000),
)


def hits_of(
    found: list[Spot], criteria: Criteria, occupations: Occupations = OCCUPATIONS_OF_TESTS
) -> tuple[Ranked, ...]:
    return rank(criteria, occupations, index_of(occupations, found)).hits


@given(worlds, searches)
def test_scores_are_bounded_and_their_shares_add_up(found: list[Spot], criteria: Criteria) -> None:
    for hit in hits_of(found, criteria):
        assert 0 <= hit.score <= 1
        assert sum(reason.share for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-6)
        assert all(reason.share > 0 and reason.text for reason in hit.reasons)


@given(worlds, searches, st.integers(1, 7))
def test_pages_are_cuts_of_one_order(found: list[Spot], criteria: Criteria, size: int) -> None:
    index = index_of(OCCUPATIONS_OF_TESTS, found)
    whole = rank(criteria, OCCUPATIONS_OF_TESTS, index)
    pages = [
        rank(replace(criteria, page=page, page_size=size), OCCUPATIONS_OF_TESTS, index)
        for page in range(1, whole.total // size + 2)
    ]
    assert tuple(hit for page in pages for hit in page.hits) == whole.hits
    assert {page.total for page in pages} == {whole.total}
    assert all(page.facets == whole.facets for page in pages)
    assert len({hit.place_id for hit in whole.hits}) == whole.total


@given(worlds, searches)
def test_volunteers_come_first_then_the_better_score(found: list[Spot], criteria: Criteria) -> None:
    hits = hits_of(found, replace(criteria, sort=Sort.RELEVANCE))
    keys = [(found[hit.place_id - 1].contact is ContactMode.NONE, -hit.score) for hit in hits]
    buckets = [(late, -int(-score * BUCKETS + 0.5 + 1e-6)) for late, score in keys]
    assert buckets == sorted(buckets)


@given(worlds, searches)
def test_distance_sorts_volunteers_then_potentiels_by_distance(found: list[Spot], criteria: Criteria) -> None:
    hits = hits_of(found, replace(criteria, sort=Sort.DISTANCE, place=NANTES))
    keys = [
        (found[hit.place_id - 1].contact is ContactMode.NONE, round(hit.distance_km or 0, 3)) for hit in hits
    ]
    assert keys == sorted(keys)


@given(worlds, searches)
def test_the_order_and_the_segments_do_not_change_a_page(found: list[Spot], criteria: Criteria) -> None:
    index = index_of(OCCUPATIONS_OF_TESTS, found[::2])
    for spot in reversed(found[1::2]):
        index.replace(spot.place, records_of([spot]))
    assert rank(criteria, OCCUPATIONS_OF_TESTS, index) == rank(
        criteria, OCCUPATIONS_OF_TESTS, index_of(OCCUPATIONS_OF_TESTS, found[::-1])
    )


@given(spots, searches, st.sampled_from(CODES))
def test_one_more_matched_skill_never_lowers_a_score(spot: Spot, criteria: Criteria, more: str) -> None:
    asked = replace(criteria, skills=criteria.skills or (CODES[0],), filters=Filters())
    if not OCCUPATIONS_OF_TESTS.affinity(asked.skills).any():
        return
    before = hits_of([spot], asked)
    after = hits_of([spot], replace(asked, skills=(*asked.skills, more)))
    if before and after and more in OCCUPATIONS_OF_TESTS.matched(before[0].rome, {more: more}):
        assert after[0].score >= before[0].score - 1e-9


@given(spots, searches, st.floats(0, 1), st.floats(0, 1))
def test_nearer_never_lowers_a_score(spot: Spot, criteria: Criteria, one: float, other: float) -> None:
    near, far = sorted((one, other))
    asked = replace(criteria, place=NANTES, radius_km=100.0)
    scores = [
        {hit.score for hit in hits_of([replace(spot, lat=NANTES.lat + part * 0.8, lon=NANTES.lon)], asked)}
        for part in (near, far)
    ]
    assert bool(scores[0]) == bool(scores[1])
    assert max(scores[0], default=0) >= max(scores[1], default=0) - 1e-9


@given(spots, searches, st.integers(0, 30), st.integers(0, 500))
def test_answering_more_sooner_or_having_room_never_lowers_a_score(
    spot: Spot, criteria: Criteria, more: int, sooner: int
) -> None:
    better = replace(
        spot,
        asked=spot.asked + more,
        answered=spot.answered + more,
        delay_hours=max(0.0, spot.delay_hours - sooner) if spot.answered else 0.0,
        contacts=max(0, spot.contacts - more),
    )
    known = replace(spot, delay_hours=spot.delay_hours if spot.answered else 0.0)
    before, after = (hits_of([one], criteria) for one in (known, better))
    assert len(before) == len(after)
    if before:
        assert after[0].score >= before[0].score - 1e-9


@given(worlds, searches)
def test_the_radius_is_kept_but_by_remote_work(found: list[Spot], criteria: Criteria) -> None:
    asked = replace(criteria, place=NANTES)
    reached = {hit.place_id: hit for hit in hits_of(found, asked)}
    for spot in found:
        km = distance_km(NANTES, Point(spot.lat, spot.lon))
        if spot.place in reached:
            assert reached[spot.place].distance_km == pytest.approx(km, abs=1e-6)
            assert km <= asked.radius_km or spot.mode is RemoteMode.FULL_REMOTE


@settings(max_examples=30)
@given(worlds, searches)
def test_facets_say_what_a_filter_would_keep(found: list[Spot], criteria: Criteria) -> None:
    index = index_of(OCCUPATIONS_OF_TESTS, found)
    facets = rank(criteria, OCCUPATIONS_OF_TESTS, index).facets
    for value in facets["remote"]:
        kept = replace(criteria.filters, remote=(RemoteMode(value.value),))
        assert rank(replace(criteria, filters=kept), OCCUPATIONS_OF_TESTS, index).total == value.count
    for value in facets["headcounts"]:
        kept = replace(criteria.filters, headcounts=tuple(value.value.split(",")))
        assert rank(replace(criteria, filters=kept), OCCUPATIONS_OF_TESTS, index).total == value.count
    for value in facets["naf"]:
        kept = replace(criteria.filters, naf=(value.value,))
        assert rank(replace(criteria, filters=kept), OCCUPATIONS_OF_TESTS, index).total == value.count
