"""Official mobilities, found for sources whose list was not read: nDCG of the first ten.

Sources that have a list are cut in five folds; the features and the weights of each fold are computed
from the lists of the other four. Gain is 1 for an occupation of the list, itself excluded.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.corpus import Corpus, Floats, Referential, dampened, idf, scaled, unit_rows
from matching.measured import Measured
from matching.neighbours import Neighbours
from matching.train import fit_neighbours

FOLDS = 5
TOP = 10
SEED = 7
_DISCOUNT = 1.0 / np.log2(np.arange(2, TOP + 2))


def evaluate_neighbours(referential: Referential, corpus: Corpus, seed: int = SEED) -> Measured:
    """`neighbours_ndcg10` of ours in five folds, and of a blend without any weight learned."""
    known = Neighbours(corpus, referential.mobilities)
    sources = np.array(known.sources(), np.int64)
    if len(sources) < FOLDS:
        return Measured({}, {}, {"mobilités": "aucune dans ce référentiel"})
    wanted = known.lists.toarray() > 0
    shuffled = np.random.default_rng(seed).permutation(sources)
    found = [_fold(referential, corpus, wanted, np.sort(shuffled[at::FOLDS])) for at in range(FOLDS)]
    sizes = [len(shuffled[at::FOLDS]) for at in range(FOLDS)]
    blend = ndcg(_blend(corpus, sources), wanted[sources]).mean()
    return Measured(
        {"neighbours_ndcg10": round(float(np.average(found, weights=sizes)), 4)},
        {"mélange sans apprentissage": {"neighbours_ndcg10": round(float(blend), 4)}},
        {"graine": seed, "sources": len(sources), "par pli": [round(value, 4) for value in found]},
    )


def ndcg(ranked: NDArray[np.int64], wanted: NDArray[np.bool_]) -> Floats:
    """nDCG@10 of each row: positions ranked (rows, ≥ 10) against what was wanted (rows, N)."""
    gain = np.take_along_axis(wanted, ranked[:, :TOP], axis=1)
    ideal = np.cumsum(_DISCOUNT)[np.minimum(wanted.sum(axis=1), TOP) - 1]
    return np.asarray(gain @ _DISCOUNT[: gain.shape[1]] / ideal)


def _fold(
    referential: Referential,
    corpus: Corpus,
    wanted: NDArray[np.bool_],
    held: NDArray[np.int64],
) -> float:
    away = {corpus.codes[at] for at in held.tolist()}
    read = [row for row in referential.mobilities if row[0] not in away]
    neighbours = Neighbours(corpus, read)
    ranked = neighbours.ranked(held.tolist(), fit_neighbours(neighbours, neighbours.sources()))
    return float(ndcg(ranked, wanted[held]).mean())


def _blend(corpus: Corpus, sources: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """The sum of cosines of skills, words of skills, definitions and appellations, nearest first."""
    texts = (corpus.by_skills, corpus.by_definition, corpus.by_appellations)
    matrices = [
        unit_rows(scaled(corpus.links, corpus.skill_idf)),
        *(unit_rows(scaled(dampened(counts), idf(counts))) for counts in texts),
    ]
    rows = np.asarray(sources, np.int64)
    total = np.sum([(matrix[rows] @ matrix.T).toarray() for matrix in matrices], axis=0)
    total[np.arange(len(rows)), rows] = -1.0
    return np.argsort(-total, axis=1, kind="stable")
