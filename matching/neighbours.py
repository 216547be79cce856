"""Occupations near one another: what the ROME would list, for those it gives no list.

The official mobilities name some ten occupations for most of the codes, none for the others. Each
feature below compares a source with every occupation; a weighted sum ranks the 150 most alike. The
weights (`weights.json`) were fitted by `matching.train` to put first what the official lists hold, and
are measured on sources whose list was not read. Without any list (starter data) the four features that
read the lists are 0, and the rest ranks.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.corpus import Corpus, Floats, Sparse, dampened, idf, scaled, unit_rows

Ints = NDArray[np.int64]

FEATURES = (
    "skills",
    "macros",
    "skill_words",
    "definition",
    "appellations",
    "family",
    "domain",
    "named_often",
    "names_it",
    "named_together",
    "alike_name_it",
)
"""Roots of cosines of: skills listed, macro-competences they belong to, stems of skills, definitions and
appellations; same ROME family (three characters), same domain (one); ln(1 + lists that name it); its
list names the source; root of how often one list names both; root of the lists of the ten sources most
alike, weighted by their likeness."""
POOL = 150
"""How many occupations are ranked, by a simple sum that needs no weights."""
_ALIKE = 10
_SAID = 5
"""The first features, which compare what is said of two occupations."""
_FAMILY, _DOMAIN = 3, 1
_POOL_WEIGHTS = {"skills": 1.0, "skill_words": 1.0, "definition": 0.3, "family": 0.3, "alike_name_it": 0.75}


class Neighbours:
    """Immutable. Scores of all occupations for some sources, whose own list is never read."""

    def __init__(self, corpus: Corpus, mobilities: Iterable[tuple[str, str, int]]) -> None:
        self._corpus = corpus
        self._n = corpus.n_occupations
        pairs = {
            (corpus.position[source], corpus.position[target])
            for source, target, _ in mobilities
            if source in corpus.position and target in corpus.position and source != target
        }
        at = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        self.lists = sparse.csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(self._n, self._n))
        """Which occupations (columns) each source names."""
        self._sources = np.unique(at[:, 0])

    def sources(self) -> list[int]:
        """Positions of the occupations that have a list."""
        return [int(at) for at in self._sources]

    def features(self, sources: Sequence[int]) -> NDArray[np.float32]:
        """Each feature of each source with all occupations: shape (features, sources, N)."""
        rows = np.asarray(sources, np.int64)
        parts = [np.sqrt(np.maximum(_cosines(matrix, rows), 0.0)) for matrix in self._matrices]
        parts += [self._same_start(rows, _FAMILY), self._same_start(rows, _DOMAIN)]
        parts += self._from_lists(rows, parts[0] ** 2)
        built = np.stack(parts).astype(np.float32)
        built[:, np.arange(len(rows)), rows] = 0.0
        return built

    def pool(self, features: NDArray[np.float32], sources: Sequence[int]) -> Ints:
        """Positions of the `POOL` occupations worth ranking for each source, itself excluded."""
        total = sum(
            (weight * features[FEATURES.index(name)] for name, weight in _POOL_WEIGHTS.items()),
            np.zeros(features.shape[1:], np.float32),
        )
        total[np.arange(len(sources)), np.asarray(sources, np.int64)] = -1.0
        size = min(POOL, self._n - 1)
        return np.sort(np.argsort(-total, axis=1, kind="stable")[:, :size], axis=1)

    def ranked(self, sources: Sequence[int], weights: Mapping[str, float]) -> Ints:
        """Positions of the pool of each source, nearest first: shape (sources, POOL)."""
        return self._ordered(self.features(sources), sources, weights)

    def nearest(self, source: int, weights: Mapping[str, float], limit: int) -> list[int]:
        """Positions of the nearest to one source that share a skill or a word with it, at most `limit`."""
        features = self.features([source])
        said = np.asarray(features[:_SAID, 0].any(axis=0))
        ordered = self._ordered(features, [source], weights)[0]
        return [int(at) for at in ordered[said[ordered]][:limit]]

    def _ordered(
        self, features: NDArray[np.float32], sources: Sequence[int], weights: Mapping[str, float]
    ) -> Ints:
        pool = self.pool(features, sources)
        vector = np.array([weights[name] for name in FEATURES], np.float32)
        scores = np.take_along_axis(np.tensordot(vector, features, 1), pool, axis=1)
        return np.take_along_axis(pool, np.argsort(-scores, axis=1, kind="stable"), axis=1)

    @cached_property
    def _matrices(self) -> tuple[Sparse, ...]:
        corpus = self._corpus
        texts = (corpus.by_skills, corpus.by_definition, corpus.by_appellations)
        return (
            unit_rows(scaled(corpus.links, corpus.skill_idf)),
            _rare(self._macros()),
            *(_rare(counts) for counts in texts),
        )

    def _macros(self) -> Sparse:
        """How many listed skills of each macro-competence each occupation has."""
        corpus = self._corpus
        names = {macro: at for at, macro in enumerate(sorted(set(corpus.macro.values())))}
        owned = [
            (at, names[corpus.macro[code]]) for at, code in enumerate(corpus.skills) if code in corpus.macro
        ]
        at = np.array(owned, np.int64).reshape(-1, 2)
        shape = (len(corpus.skills), len(names))
        member = sparse.csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=shape)
        return sparse.csr_matrix(corpus.links @ member)

    def _same_start(self, rows: Ints, length: int) -> Floats:
        start = np.array([code[:length] for code in self._corpus.codes])
        return np.asarray(start[rows][:, None] == start[None, :], np.float64)

    def _from_lists(self, rows: Ints, likeness: Floats) -> list[Floats]:
        """What the lists of the other sources say; a source's own list names neither itself nor its kin."""
        own = self.lists[rows].toarray()
        named = np.asarray(self.lists.sum(axis=0)).ravel()
        naming = sparse.csr_matrix(self.lists.T)
        together = (naming[rows] @ self.lists).toarray()
        together /= np.sqrt(np.maximum(named[rows], 1.0))[:, None] * np.sqrt(np.maximum(named, 1.0))[None, :]
        alike = np.zeros_like(likeness)
        alike[:, self._sources] = likeness[:, self._sources]
        alike[np.arange(len(rows)), rows] = 0.0
        if len(self._sources) > _ALIKE:
            alike[alike < np.partition(alike, -_ALIKE, axis=1)[:, -_ALIKE][:, None]] = 0.0
        return [
            np.log1p(named[None, :] - own),
            naming[rows].toarray(),
            np.sqrt(together),
            np.sqrt((sparse.csr_matrix(alike) @ self.lists).toarray()),
        ]


def _rare(counts: Sparse) -> Sparse:
    return unit_rows(scaled(dampened(counts), idf(counts)))


def _cosines(matrix: Sparse, rows: Ints) -> Floats:
    return np.asarray((matrix[rows] @ matrix.T).toarray())
