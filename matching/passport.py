"""From the skills of a person to every occupation: what it lists, and what it is said with.

Two explanations of a passport Q of n skills compete for an occupation o, and the better one decides.

*It lists them.* With h of the n skills listed,

    listed(o) = (h / n) ^ 8 · Σ idf(s) for s in both / common(o) ^ 0.12

where common(o) is how many of its skills at least five occupations share. Someone who did the work
has most of it, so the part covered tells much more than the number of matches: the power 8 is what makes
half of a passport explained by an occupation weigh as little as it should beside a whole one. What
nobody else lists does not lengthen a description: measured, dividing by the full length is
worse, and so is not dividing.

*It does not list them, but says the same.* No fiche is complete. With u(s) the stems of a skill's label,
weighted by rarity and of length 1,

    said(o) = Σ u(s) · (4.1 skills + 7.7 definition + 1.4 appellations)(o)
            + 1.7 · Σ idf(s) / √uses(s) · Σ likeness(o, p) for the occupations p that list s

where likeness is the cosine of two occupations' skills, of each occupation's 15 nearest.

Both only grow when a matched skill is added. The weights were fitted on fiches with five competences
taken away at random (`escale eval occupations` measures with other draws).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.corpus import Corpus, Floats, Sparse, dampened, scaled, unit_rows

Ints = NDArray[np.int64]

COVERED_POWER = 8
LENGTH_EXPONENT = 0.12
SHARED_BY = 5
"""A skill is common when at least this many occupations list it."""
ALIKE = 15
"""Occupations whose lists speak for one another."""


SAID = {"skills": 4.1, "definition": 7.7, "appellations": 1.4, "alike": 1.7}
SAID_WEIGHT = 0.0017
"""Of what is said beside what is listed."""


class PassportMatcher:
    """Scores of all occupations for a passport. Immutable; a fraction of a millisecond a passport."""

    def __init__(self, corpus: Corpus) -> None:
        self._known, self._n = corpus.skill_position, corpus.n_occupations
        links = corpus.links
        self._idf = corpus.skill_idf
        self._using = sparse.csr_matrix(links.T)
        self._uses = np.diff(self._using.indptr)
        common = np.asarray(links @ (self._uses >= SHARED_BY).astype(np.float64))
        self._length = np.maximum(common, 1.0) ** LENGTH_EXPONENT
        self._alike_weight = self._idf / np.sqrt(np.maximum(self._uses, 1))
        self._alike = _alike(scaled(links, self._idf))
        self._spoken, self.told = _described(corpus)
        self._all_told = sparse.csr_matrix(
            sum((SAID[name] * told for name, told in self.told.items()), sparse.csr_matrix(_shape(corpus))),
        )

    def score(self, skills: Iterable[str]) -> Floats:
        """Score ≥ 0 of each occupation, shape (N,); unknown skills count for nothing."""
        at = self._numbers(skills)
        if not len(at):
            return np.zeros(self._n)
        using, _, per_skill = _rows(self._using, at)
        held = np.bincount(using, minlength=self._n) / len(at)
        listed = _summed(using, np.repeat(self._idf[at], per_skill), self._n) / self._length
        said = SAID["alike"] * _spread(self._alike, self._listing(at)) + _spread(
            self._all_told, self._asked(at)
        )
        return np.asarray(listed * held**COVERED_POWER + SAID_WEIGHT * said)

    def parts(self, skills: Iterable[str]) -> dict[str, Floats]:
        """Each part of what is said, unweighted, by its name in `SAID`: for fitting the weights."""
        at = self._numbers(skills)
        asked = self._asked(at)
        parts = {name: _spread(told, asked) for name, told in self.told.items()}
        return {**parts, "alike": _spread(self._alike, self._listing(at))}

    def _numbers(self, skills: Iterable[str]) -> Ints:
        return np.array(sorted({self._known[skill] for skill in skills if skill in self._known}), np.int64)

    def _listing(self, at: Ints) -> Floats:
        """How much of some skills each occupation lists, for what it says of its neighbours."""
        using, _, per_skill = _rows(self._using, at)
        return _summed(using, np.repeat(self._alike_weight[at], per_skill), self._n)

    def _asked(self, at: Ints) -> Floats:
        """Weight of each stem in the labels of some skills, shape (V,)."""
        stems, weight, _ = _rows(self._spoken, at)
        return _summed(stems, weight, self._spoken.shape[1])


def _shape(corpus: Corpus) -> tuple[int, int]:
    return len(corpus.vocabulary), corpus.n_occupations


def _described(corpus: Corpus) -> tuple[Sparse, dict[str, Sparse]]:
    """The stems of each skill, shape (S, V), and what each stem says of occupations, shapes (V, N)."""
    fields = {
        "skills": corpus.by_skills,
        "definition": corpus.by_definition,
        "appellations": corpus.by_appellations,
    }
    anywhere = sparse.csr_matrix(sum(fields.values(), sparse.csr_matrix(corpus.by_skills.shape)))
    uses = np.bincount(anywhere.indices, minlength=anywhere.shape[1])
    rarity = np.log((corpus.n_occupations + 1) / (uses + 1))
    told = {
        name: sparse.csr_matrix(unit_rows(scaled(dampened(counts), rarity)).T)
        for name, counts in fields.items()
    }
    return unit_rows(scaled(corpus.skill_stems, rarity)), told


def _rows(matrix: Sparse, at: Ints) -> tuple[Ints, Floats, Ints]:
    """Columns and values of some rows one after the other, and how many each has.

    Quicker than slicing a sparse matrix, which a passport would do thousands of times a second.
    """
    starts = matrix.indptr[at].astype(np.int64)
    counts = matrix.indptr[at + 1] - starts
    opens = np.cumsum(counts) - counts
    taken = np.repeat(starts - opens, counts) + np.arange(int(counts.sum()))
    return matrix.indices[taken], matrix.data[taken], counts


def _spread(matrix: Sparse, weight: Floats) -> Floats:
    """The weighted sum of the rows of a matrix, most weights being 0."""
    at = np.flatnonzero(weight)
    columns, values, counts = _rows(matrix, at)
    return _summed(columns, values * np.repeat(weight[at], counts), matrix.shape[1])


def _summed(at: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(at, values, minlength=size).astype(np.float64)


def _alike(weighted: Sparse) -> Sparse:
    """Cosine of each occupation (columns) with the `ALIKE` nearest others (rows: who speaks for it)."""
    rows = unit_rows(weighted)
    cosine = (rows @ rows.T).toarray()
    np.fill_diagonal(cosine, 0.0)
    if len(cosine) > ALIKE:
        cosine[cosine < np.partition(cosine, -ALIKE, axis=1)[:, -ALIKE][:, None]] = 0.0
    return sparse.csr_matrix(cosine.T)
