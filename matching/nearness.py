"""Which occupations are near one another, and why.

The official mobilities come first, in their order. The others by three signs, each a closeness in [0, 1]:
the rank that `matching.neighbours` gives (0.5 for the first, down to 0.1), the cosine of the IDF-weighted
skills the two share, and the ROME family (the same first three characters: 0.25), which alone reaches an
occupation whose skills are not known. They add up as independent chances do: 1 - (1 - a)(1 - b)(1 - c); an
official mobility (0.6 for the first of the list, down to 0.4) is one more chance.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.corpus import Corpus
from matching.neighbours import Neighbours
from matching.weights import load_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

FIRST_MOBILITY = 0.6
LAST_MOBILITY = 0.4
_RANKS = 10
FIRST_ALIKE = 0.5
LAST_ALIKE = 0.1
FAMILY = 0.25
MIN_COSINE = 0.10
"""Two occupations that share less than this are not said near for their skills."""
MAX_NEAR = 30
PLANNED = "passage entre métiers prévu par le ROME"
REVERSED = "passage dans l’autre sens prévu par le ROME"
SHARED = "des compétences en commun"
KIN = "même famille de métiers"
ALIKE = "des activités qui se ressemblent"
WHYS = (PLANNED, REVERSED, SHARED, KIN, ALIKE)
"""Every reason why two occupations are near, the first that is true is said."""
_FAMILY_LENGTH = 3
_STEP = 0.001
"""Between the last official mobility and what follows it."""


@dataclass(frozen=True, slots=True)
class Near:
    """An occupation near another: closeness in (0, 1), and why in French."""

    rome: str
    closeness: float
    why: str


class Nearness:
    """Neighbours of each occupation, computed when first asked."""

    def __init__(
        self,
        corpus: Corpus,
        pairs: tuple[Ints, Ints],
        idf: Floats,
        mobilities: Sequence[tuple[str, str, int]],
    ) -> None:
        self._corpus, self._rows = corpus, mobilities
        codes, position = corpus.codes, corpus.position
        self._codes = codes
        self._mobility: dict[int, dict[int, float]] = defaultdict(dict)
        for source, target, rank in mobilities:
            if source in position and target in position and source != target:
                step = min(max(rank - 1, 0), _RANKS) / _RANKS
                value = FIRST_MOBILITY - (FIRST_MOBILITY - LAST_MOBILITY) * step
                self._mobility[position[source]][position[target]] = value
        self._family: dict[str, list[int]] = defaultdict(list)
        for at, code in enumerate(codes):
            self._family[code[:_FAMILY_LENGTH]].append(at)
        self._using, columns = pairs
        length = np.sqrt(np.bincount(self._using, idf[columns] ** 2, minlength=len(codes)))
        self._weight = idf[columns] / np.where(length > 0, length, 1.0)[self._using]
        self._column_start = np.searchsorted(columns, np.arange(len(idf) + 1))
        by_row = np.argsort(self._using, kind="stable")
        self._row_columns, self._row_weight = columns[by_row], self._weight[by_row]
        self._row_start = np.searchsorted(self._using[by_row], np.arange(len(codes) + 1))
        self._known: dict[int, tuple[Near, ...]] = {}

    def near(self, at: int) -> tuple[Near, ...]:
        """Neighbours of the occupation at a position, nearest first, at most `MAX_NEAR`."""
        if at not in self._known:
            self._known[at] = self._find(at)
        return self._known[at]

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._corpus, self._rows)

    def _find(self, at: int) -> tuple[Near, ...]:
        cosine, alike = self._cosine(at), self._alike(at)
        mobility = self._mobility.get(at, {})
        family = set(self._family[self._codes[at][:_FAMILY_LENGTH]])
        sharing = set(np.flatnonzero(cosine >= MIN_COSINE).tolist())
        official: list[Near] = []
        others: list[Near] = []
        for other in (sharing | set(mobility) | family | set(alike)) - {at}:
            shared = float(cosine[other]) if other in sharing else 0.0
            kin = FAMILY if other in family else 0.0
            far = (1 - shared) * (1 - kin) * (1 - alike.get(other, 0.0)) * (1 - mobility.get(other, 0.0))
            near = Near(self._codes[other], min(1 - far, 0.99), self._why(at, other, shared, kin))
            (official if other in mobility else others).append(near)
        below = min((near.closeness for near in official), default=1.0) - _STEP
        lowered = [replace(near, closeness=min(near.closeness, below)) for near in others]
        first = sorted(zip(others, lowered, strict=True), key=lambda pair: (-pair[0].closeness, pair[0].rome))
        listed = sorted(official, key=lambda near: (-near.closeness, near.rome))
        return (*listed, *(near for _, near in first))[:MAX_NEAR]

    def _alike(self, at: int) -> dict[int, float]:
        """Closeness of the occupations ranked as the official lists would."""
        nearest = self._neighbours.nearest(at, load_weights("neighbours"), MAX_NEAR)
        return dict(zip(nearest, np.linspace(FIRST_ALIKE, LAST_ALIKE, len(nearest)).tolist(), strict=True))

    def _why(self, at: int, other: int, shared: float, kin: float) -> str:
        if other in self._mobility.get(at, {}):
            return PLANNED
        if at in self._mobility.get(other, {}):
            return REVERSED
        if shared:
            return SHARED
        return KIN if kin else ALIKE

    def _cosine(self, at: int) -> Floats:
        """Cosine of the skills of one occupation with those of all, shape (n_occupations,)."""
        total = np.zeros(len(self._codes))
        for k in range(self._row_start[at], self._row_start[at + 1]):
            column = self._row_columns[k]
            part = slice(self._column_start[column], self._column_start[column + 1])
            total[self._using[part]] += self._row_weight[k] * self._weight[part]
        return total
