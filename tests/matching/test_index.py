"""The index as it is written: replaced, removed, compacted, and what it costs."""

import numpy as np
import pytest

from domain.search import RemoteMode
from matching.index import OfferIndex
from matching.rank import rank
from matching.records import NO_RECORDS, RecordsError, parse
from ops.bench.sample import World, sample_of
from ops.bench.sample import records_of as sampled
from tests.factories.worlds import Spot, asking, index_of, records_of, some_occupations

OCCUPATIONS = some_occupations()


def places(index: OfferIndex) -> list[int]:
    return [hit.place_id for hit in rank(asking(page_size=100), OCCUPATIONS, index).hits]


def test_a_company_is_replaced_whole() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=1, company=7), Spot(place=2, company=7), Spot(place=3)])
    index.replace(7, records_of([Spot(place=2, company=7), Spot(place=4, company=7)]))
    assert places(index) == [2, 3, 4]
    index.replace(7, records_of([]))
    assert places(index) == [3]


def test_a_company_is_removed_from_every_segment() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=1)])
    index.replace(2, records_of([Spot(place=2)]))
    for company in (1, 2, 99):
        index.remove(company)
    assert places(index) == []
    assert (index.n_places, index.n_companies) == (0, 0)


def test_writes_during_a_compaction_survive_it() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=at) for at in range(1, 6)])
    index.replace(6, records_of([Spot(place=6)]))
    sealed = index.start_compaction()()
    index.remove(1)
    index.replace(6, records_of([Spot(place=16, company=6)]))
    index.replace(7, records_of([Spot(place=7)]))
    assert sorted(places(index)) == [2, 3, 4, 5, 7, 16]
    index.end_compaction(sealed)
    assert sorted(places(index)) == [2, 3, 4, 5, 7, 16]
    index.compact()
    assert sorted(places(index)) == [2, 3, 4, 5, 7, 16]
    assert len(index.segments) == 1


def test_a_compaction_is_due_when_the_tail_has_grown_and_not_while_one_runs() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=1)])
    assert not index.compaction_due
    index.apply(range(10, 5010), index.read(records_of([Spot(place=at) for at in range(10, 5010)])))
    assert index.compaction_due
    finish = index.start_compaction()
    assert not index.compaction_due
    index.end_compaction(finish())
    assert not index.compaction_due


def test_jobs_that_no_referential_has_are_left_out() -> None:
    index = index_of(OCCUPATIONS, [Spot(place=1, jobs=("Z9999",)), Spot(place=2, jobs=("99",))])
    assert places(index) == []


def test_two_offers_of_one_occupation_are_one_row_with_both_modes() -> None:

    spots = [Spot(place=1), Spot(place=1, mode=RemoteMode.FULL_REMOTE)]
    index = index_of(OCCUPATIONS, spots)
    assert index.n_offers == 1
    (hit,) = rank(asking(radius_km=1.0), OCCUPATIONS, index).hits
    assert hit.reasons[0].text == "le travail se fait à distance"


def test_an_offer_costs_less_than_90_bytes() -> None:
    world = World.starter()
    index = OfferIndex((*sorted(world.romes), *world.divisions))
    index.load(sampled(world, sample_of(world, 20_000)))
    assert index.nbytes / index.n_offers < 90


@pytest.mark.parametrize("copied", [b"", b"x" * 30, b"\x00" * (19 + 2 + NO_RECORDS.itemsize)])
def test_bytes_of_another_format_are_refused(copied: bytes) -> None:
    with pytest.raises(RecordsError):
        parse(copied)


def test_no_record_is_an_empty_index() -> None:
    index = OfferIndex(OCCUPATIONS.job_codes())
    index.load(parse(b"\x00" * 21))
    ranking = rank(asking(), OCCUPATIONS, index)
    assert (ranking.total, ranking.hits) == (0, ())
    assert all(values == () for values in ranking.facets.values())
    assert np.all([index.n_offers == 0, index.n_companies == 0])
