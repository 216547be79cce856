"""The fitting of the few weights that are learned, and of nothing else.

One model for all: candidates of a query are scored by a weighted sum of features, the softmax of the
scores is the probability that each is a right one, and the weights minimise the cross-entropy plus a
small quadratic penalty. Deterministic. The results are committed (`weights.json`): they are ours, a
dozen numbers, and say nothing of what the referential holds.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matching.neighbours import FEATURES, Neighbours
from matching.text import FEATURES as TEXT_FEATURES
from matching.text import PlainWords

Floats = NDArray[np.float64]
Array = NDArray[np.float32]

PENALTY = 1e-3


def fit_softmax(features: Array, right: NDArray[np.bool_], *, positive: bool = False) -> Floats:
    """Weights of the features, shape (F,).

    `features` (F, queries, candidates); `right` (queries, candidates): which candidates are right; a
    query without any is left out. `positive` keeps every weight at least 0.
    """
    kept = right.any(axis=1)
    scale = features.std(axis=(1, 2)).astype(np.float64)
    scale[scale == 0] = 1.0
    unit = features[:, kept] / scale[:, None, None].astype(np.float32)
    share = right[kept] / right[kept].sum(axis=1, keepdims=True)
    told = np.einsum("qc,fqc->f", share, unit) / len(share)

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = np.tensordot(weights.astype(np.float32), unit, 1)
        score -= score.max(axis=1, keepdims=True)
        chance = np.exp(score)
        total = chance.sum(axis=1, keepdims=True)
        chance /= total
        entropy = float((np.log(total).sum() - (share * score).sum()) / len(share))
        slope = np.einsum("qc,fqc->f", chance, unit) / len(share) - told
        penalty = PENALTY * float(weights @ weights)
        return entropy + penalty, slope.astype(np.float64) + 2 * PENALTY * weights

    bounds = [(0.0 if positive else None, None)] * len(scale)
    found = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x / scale)


def fit_neighbours(neighbours: Neighbours, sources: list[int]) -> Mapping[str, float]:
    """Weights by feature, from the lists of some sources."""
    features = neighbours.features(sources)
    pool = neighbours.pool(features, sources)
    right = np.take_along_axis(neighbours.lists[sources].toarray() > 0, pool, axis=1)
    candidates = np.take_along_axis(features, pool[None, :, :], axis=2)
    return dict(zip(FEATURES, fit_softmax(candidates, right).tolist(), strict=True))


def fit_text(plain: PlainWords, texts: Sequence[str], right: NDArray[np.bool_]) -> Mapping[str, float]:
    """Weights by feature, from sentences and which occupations are right for each, shape (texts, N)."""
    features = np.stack([plain.features(text) for text in texts], axis=1).astype(np.float32)
    return dict(zip(TEXT_FEATURES, fit_softmax(features, right, positive=True).tolist(), strict=True))
