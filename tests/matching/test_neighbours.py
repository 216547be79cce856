from dataclasses import replace

import numpy as np

from matching.corpus import Corpus
from matching.evaluate_neighbours import ndcg
from matching.neighbours import FEATURES, Neighbours
from matching.train import fit_neighbours, fit_softmax
from matching.weights import load_weights
from tests.matching.small_rome import BREAD, CAKES, GARDEN, HAIR, SMALL, TREES

CORPUS = Corpus(SMALL)
AT = CORPUS.position


def test_nearest_first_and_never_itself() -> None:
    neighbours = Neighbours(CORPUS, SMALL.mobilities)
    ranked = neighbours.ranked([AT[BREAD], AT[GARDEN]], load_weights("neighbours"))
    assert ranked[:, 0].tolist() == [AT[CAKES], AT[TREES]]
    assert all(at not in row for at, row in zip([AT[BREAD], AT[GARDEN]], ranked.tolist(), strict=True))


def test_without_any_list_skills_and_words_rank() -> None:
    neighbours = Neighbours(CORPUS, [])
    ranked = neighbours.ranked([AT[BREAD]], load_weights("neighbours"))
    assert ranked[0, 0] == AT[CAKES]
    assert neighbours.sources() == []


def test_the_list_of_a_source_does_not_tell_its_own_features() -> None:
    own = Neighbours(CORPUS, SMALL.mobilities).features([AT[HAIR]])
    without = Neighbours(CORPUS, [row for row in SMALL.mobilities if row[0] != HAIR]).features([AT[HAIR]])
    assert np.array_equal(own, without)


def test_what_names_the_source_is_read() -> None:
    names = FEATURES.index("names_it")
    features = Neighbours(CORPUS, [(CAKES, BREAD, 1)]).features([AT[BREAD]])
    assert features[names, 0].tolist() == [float(code == CAKES) for code in CORPUS.codes]


def test_weights_are_learned_from_what_is_right() -> None:
    rng = np.random.default_rng(5)
    features = rng.random((3, 40, 12)).astype(np.float32)
    right = features[1] >= np.sort(features[1], axis=1)[:, -2:-1]
    weights = fit_softmax(features, right)
    assert weights[1] > 10 * max(abs(weights[0]), abs(weights[2]))
    assert (fit_softmax(-features, right, positive=True) >= 0).all()


def test_fitting_twice_gives_the_same_weights_for_every_feature() -> None:
    neighbours = Neighbours(CORPUS, SMALL.mobilities)
    weights = fit_neighbours(neighbours, neighbours.sources())
    assert weights == fit_neighbours(neighbours, neighbours.sources())
    assert set(weights) == set(FEATURES) == set(load_weights("neighbours"))


def test_a_referential_of_one_occupation_has_no_neighbour() -> None:
    alone = Corpus(replace(SMALL, occupations=[(HAIR, "Coiffeur")], links=[], mobilities=[]))
    assert Neighbours(alone, []).ranked([0], load_weights("neighbours")).shape == (1, 0)


def test_ndcg_of_a_known_ranking() -> None:
    wanted = np.zeros((2, 12), np.bool_)
    wanted[0, [3, 4]] = True
    wanted[1, [3, 4]] = True
    ranked = np.array([[3, 4, *range(5, 12), 0], [3, *range(5, 12), 0, 1]])
    value = ndcg(ranked, wanted)
    assert value[0] == 1.0
    assert round(float(value[1]), 6) == round(1 / (1 + 1 / np.log2(3)), 6)
