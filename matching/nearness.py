"""Which occupations are near one another, and why.

Three signs, each a closeness in [0, 1]: the official mobilities (0.6 for the first of the list, down
to 0.4), the cosine of the IDF-weighted skills the two share, and the ROME family (the same first three
characters: 0.25), which alone reaches an occupation whose skills are not known. They add up as
independent chances do: 1 - (1 - a)(1 - b)(1 - c).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

FIRST_MOBILITY = 0.6
LAST_MOBILITY = 0.4
_RANKS = 10
FAMILY = 0.25
MIN_COSINE = 0.10
"""Two occupations that share less than this are not said near for their skills."""
MAX_NEAR = 30
_FAMILY_LENGTH = 3


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
        codes: tuple[str, ...],
        labels: Mapping[str, str],
        pairs: tuple[Ints, Ints],
        idf: Floats,
        mobilities: Sequence[tuple[str, str, int]],
    ) -> None:
        self._codes, self._labels = codes, labels
        position = {code: at for at, code in enumerate(codes)}
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

    def _find(self, at: int) -> tuple[Near, ...]:
        cosine = self._cosine(at)
        mobility = self._mobility.get(at, {})
        family = set(self._family[self._codes[at][:_FAMILY_LENGTH]])
        reached = (set(np.flatnonzero(cosine >= MIN_COSINE).tolist()) | set(mobility) | family) - {at}
        found = []
        for other in reached:
            shared = float(cosine[other]) if cosine[other] >= MIN_COSINE else 0.0
            official, kin = mobility.get(other, 0.0), FAMILY if other in family else 0.0
            closeness = 1 - (1 - official) * (1 - shared) * (1 - kin)
            found.append(Near(self._codes[other], min(closeness, 0.99), _why(official, shared)))
        return tuple(sorted(found, key=lambda near: (-near.closeness, near.rome))[:MAX_NEAR])

    def _cosine(self, at: int) -> Floats:
        """Cosine of the skills of one occupation with those of all, shape (n_occupations,)."""
        total = np.zeros(len(self._codes))
        for k in range(self._row_start[at], self._row_start[at + 1]):
            column = self._row_columns[k]
            part = slice(self._column_start[column], self._column_start[column + 1])
            total[self._using[part]] += self._row_weight[k] * self._weight[part]
        return total


def _why(official: float, shared: float) -> str:
    if official:
        return "passage entre métiers prévu par le ROME"
    return "des compétences en commun" if shared else "même famille de métiers"
