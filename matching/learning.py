"""The weights of the terms, learned from how requests ended, never far from the documented priors.

An outcome is the value of each term for a hit that somebody asked, and whether the company accepted. Two
steps, each convex, so that the answer is one and the same everywhere:

1. with the weights of the priors, a logistic regression finds the base rate and how steeply acceptance
   follows the score; if it does not follow it at all, the priors stay;
2. each weight is multiplied by m in [1/2, 2], chosen to explain the outcomes, with the penalty
   `STRENGTH` (m - 1)² for each: hundreds of outcomes hardly move a weight, tens of thousands do.

A term that did not apply to a search has its average value there, which tells nothing; the columns are
centred, so that a term which never varies keeps its prior.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.search import Reason
from matching.terms import PRIORS

Floats = NDArray[np.float64]

MIN_OUTCOMES, MIN_EACH = 500, 100
"""Learning needs so many outcomes, and so many of the accepted and of the others."""
BOUND = 2.0
"""A weight stays between its prior divided and multiplied by this."""
STRENGTH = 25.0
_CODES = tuple(PRIORS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value in [0, 1] of each term that applied, by code, and whether the request was accepted."""

    values: Mapping[str, float]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights by code; `moved` is whether they differ from the priors, `why` says it in French."""

    weights: Mapping[str, float]
    moved: bool
    why: str


def values_of(reasons: Iterable[Reason], weights: Mapping[str, float]) -> Mapping[str, float]:
    """Values of a hit's terms by code, from its reasons and the weights of the terms that applied to it."""
    shares = {reason.code: reason.share for reason in reasons}
    return {code: min(1.0, shares.get(code, 0.0) / weight) for code, weight in weights.items() if weight}


def within_bounds(weights: Mapping[str, float]) -> Mapping[str, float]:
    """Weights read from somewhere, each within its bounds; the prior of a term they do not know."""
    return {
        code: min(max(weights.get(code, prior), prior / BOUND), prior * BOUND)
        for code, prior in PRIORS.items()
    }


def learn(outcomes: Sequence[Outcome]) -> Learned:
    """The weights to use after these outcomes: the priors unless there is enough to learn from."""
    accepted = np.array([one.accepted for one in outcomes], np.float64)
    fewest = int(min(accepted.sum(), len(accepted) - accepted.sum())) if len(accepted) else 0
    if len(outcomes) < MIN_OUTCOMES or fewest < MIN_EACH:
        return Learned(
            PRIORS,
            moved=False,
            why=f"{len(outcomes)} issues connues, dont {fewest} dans le plus petit des deux groupes : il en "
            f"faut {MIN_OUTCOMES}, et {MIN_EACH} dans chaque groupe.",
        )
    scores = _columns(outcomes) * np.array([PRIORS[code] for code in _CODES])
    base, slope = _line(scores.sum(axis=1), accepted)
    if slope <= 0:
        return Learned(PRIORS, moved=False, why="Les acceptations ne suivent pas le score.")
    factors = _factors(slope * scores, accepted, base)
    weights = {code: PRIORS[code] * float(m) for code, m in zip(_CODES, factors, strict=True)}
    return Learned(weights, moved=True, why=f"D’après {len(outcomes)} issues connues.")


def _columns(outcomes: Sequence[Outcome]) -> Floats:
    """Values by outcome and term, centred, shape (n, terms); 0 where a term did not apply."""
    values = np.array([[one.values.get(code, np.nan) for code in _CODES] for one in outcomes], np.float64)
    known = ~np.isnan(values)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, values - mean, 0.0))


def _line(score: Floats, accepted: Floats) -> tuple[float, float]:
    """Base and slope of the logistic regression on the score alone."""

    def loss(found: Floats) -> tuple[float, Floats]:
        value, error = _entropy(found[0] + found[1] * score, accepted)
        return value, np.array([error.sum(), error @ score])

    found = _least(loss, np.zeros(2), [(-20.0, 20.0), (0.0, 50.0)])
    return float(found[0]), float(found[1])


def _factors(parts: Floats, accepted: Floats, base: float) -> Floats:
    """Factor of each weight, shape (terms,)."""
    count = parts.shape[1]

    def loss(found: Floats) -> tuple[float, Floats]:
        away = found[1:] - 1.0
        value, error = _entropy(found[0] + parts @ found[1:], accepted)
        slope = np.concatenate([[error.sum()], error @ parts + 2 * STRENGTH * away])
        return value + STRENGTH * float(away @ away), slope

    bounds = [(-20.0, 20.0), *[(1 / BOUND, BOUND)] * count]
    start = np.concatenate([[base], np.ones(count)])
    return _least(loss, start, bounds)[1:]


def _least(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, bounds: Sequence[tuple[float, float]]
) -> Floats:
    """Where a convex loss, told with its slope, is least."""
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import; an API process never learns

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _entropy(logits: Floats, accepted: Floats) -> tuple[float, Floats]:
    """Total cross-entropy, and its slope by logit."""
    value = float(np.logaddexp(0.0, logits).sum() - logits @ accepted)
    return value, 1.0 / (1.0 + np.exp(-logits)) - accepted
