"""Passports drawn from the referential: is the occupation they come from ranked first?

For each occupation, m of its items that at least five occupations share, and 20 % or 50 % more drawn
from all the skills of the referential, whatever they are. An occupation with fewer than m such items is
skipped and counted. Neither the mobilities nor the parent codes are read: the score has no such term.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.baselines import bm25, queries_of
from matching.corpus import Corpus
from matching.measured import Measured, ranks, share
from matching.passport import PassportMatcher

SIZES = (5, 8, 15)
NOISES = (20, 50)
"""Per cent of the size, added."""
SHARED_BY = 5
SEED = 2024


@dataclass(frozen=True, slots=True)
class Passports:
    """Skills of each passport, position of the occupation it comes from, and how many were skipped."""

    skills: Sequence[Sequence[str]]
    source: NDArray[np.int64]
    skipped: int


def draw(corpus: Corpus, size: int, noise: int, seed: int = SEED) -> Passports:
    """Passports of `size` items and `noise` per cent more, for every occupation that has enough."""
    rng = np.random.default_rng([seed, size, noise])
    uses = np.bincount(corpus.links.indices, minlength=len(corpus.skills))
    added = round(size * noise / 100)
    passports, source = [], []
    for at in range(corpus.n_occupations):
        items = corpus.links[at].indices
        shared = np.sort(items[uses[items] >= SHARED_BY])
        if len(shared) < size:
            continue
        drawn = [*rng.choice(shared, size, replace=False), *rng.choice(len(uses), added, replace=False)]
        passports.append([corpus.skills[skill] for skill in drawn])
        source.append(at)
    return Passports(passports, np.array(source, np.int64), corpus.n_occupations - len(source))


def evaluate_passports(corpus: Corpus, seed: int = SEED) -> Measured:
    """`passports_first_{m}_{noise}` of ours and of BM25."""
    matcher = PassportMatcher(corpus)
    ours, plain, skipped = {}, {}, {}
    for noise in NOISES:
        for size in SIZES:
            drawn = draw(corpus, size, noise, seed)
            if not len(drawn.source):
                continue
            name = f"passports_first_{size}_{noise}"
            scores = np.stack([matcher.score(skills) for skills in drawn.skills])
            ours[name] = share(ranks(scores, drawn.source) == 0)
            found = bm25(corpus.links, queries_of(corpus, drawn.skills))
            plain[name] = share(ranks(found, drawn.source) == 0)
            skipped[str(size)] = drawn.skipped
    return Measured(ours, {"BM25": plain}, {"graine": seed, "métiers sautés": skipped})
