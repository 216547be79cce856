"""The words of the referential: what each occupation and each skill is said with, as sparse counts.

Built once from plain rows and shared, read-only, by what compares texts: passports whose skills an
occupation does not list, neighbours, plain words. Works with the starter data alone: a field that no
row fills is empty and counts for nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from domain.values import fold
from matching.stems import is_telling, stem, stems

Floats = NDArray[np.float64]
Sparse: TypeAlias = sparse.csr_matrix
"""Compressed rows, float64."""
Pairs: TypeAlias = NDArray[np.int64]
"""(row, column) of each entry, repeats kept: shape (entries, 2)."""
_BREAK_WORD = "0endoftext0"
_BREAK = f" {_BREAK_WORD} "
"""Thousands of short texts are folded at once, five times quicker than one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referential:
    """Plain rows; every occupation, skill and link named is in use (nothing retired or replaced).

    `occupations` (code, label); `skills` (code, label, kind, macro or None, is_macro); `links`
    (occupation, skill, core); `mobilities` (occupation, target, rank); `appellations` (occupation,
    label); `definitions` (occupation, text); `words` (everyday word, occupation).
    """

    occupations: Sequence[tuple[str, str]]
    skills: Sequence[tuple[str, str, str, str | None, bool]] = ()
    links: Sequence[tuple[str, str, bool]] = ()
    mobilities: Sequence[tuple[str, str, int]] = ()
    appellations: Sequence[tuple[str, str]] = ()
    definitions: Sequence[tuple[str, str]] = ()
    words: Sequence[tuple[str, str]] = ()


class Corpus:
    """Counts of stems; N occupations, S skills, V stems, all numbered in code or reading order.

    `spellings`: the folded words that were cut to stems.
    """

    def __init__(self, referential: Referential) -> None:
        ordered = sorted(referential.occupations)
        self.codes = tuple(code for code, _ in ordered)
        self.labels = dict(ordered)
        self.position = {code: at for at, code in enumerate(self.codes)}
        self.skills = tuple(sorted(code for code, *_ in referential.skills))
        self.skill_position = {code: at for at, code in enumerate(self.skills)}
        self.skill_labels = {code: label for code, label, *_ in referential.skills}
        self.macro = {code: macro for code, _, _, macro, _ in referential.skills if macro}
        self.mobilities = referential.mobilities
        self.vocabulary: dict[str, int] = {}
        self._count_all(referential)

    @property
    def n_occupations(self) -> int:
        """N."""
        return len(self.codes)

    @cached_property
    def stem_names(self) -> tuple[str, ...]:
        """The V stems, by number."""
        return tuple(self.vocabulary)

    @cached_property
    def by_skills(self) -> Sparse:
        """Stems of the labels of the skills of each occupation, shape (N, V)."""
        return sparse.csr_matrix(self.links @ self.skill_stems)

    @cached_property
    def skill_idf(self) -> Floats:
        """ln(1 + (N - n + ½) / (n + ½)) of each skill, n occupations using it: shape (S,)."""
        return idf(self.links)

    def numbers(self, text: str) -> list[int]:
        """Numbers of the known stems of a text, in order."""
        return [self.vocabulary[each] for each in stems(text) if each in self.vocabulary]

    def by_spelling(self) -> Sparse:
        """How many times each of `spellings` is said of each occupation, shape (N, words)."""
        skills, definitions, appellations, everyday = self._spelled
        width = len(self.spellings)
        own = np.concatenate([definitions, appellations, everyday])
        told = _counts(own, (len(self.codes), width))
        return sparse.csr_matrix(told + self.links @ _counts(skills, (len(self.skills), width)))

    def _count_all(self, referential: Referential) -> None:
        labels = [(at, self.skill_labels[code]) for at, code in enumerate(self.skills)]
        told = [*referential.appellations, *referential.occupations]
        words = [(rome, word) for word, rome in referential.words]
        numbers: dict[str, int | None] = {}
        self._spelled = (
            self._read(labels, numbers),
            self._read(self._owned(referential.definitions), numbers),
            self._read(self._owned(told), numbers),
            self._read(self._owned(words), numbers),
        )
        self.spellings = tuple(word for word, number in numbers.items() if number is not None)
        cut = np.array([self._number(word) for word in self.spellings], np.int64)
        skills, definitions, appellations, everyday = (
            np.stack([rows[:, 0], cut[rows[:, 1]]], axis=1) for rows in self._spelled
        )
        count, width = len(self.codes), len(self.vocabulary)
        self.skill_stems = _counts(skills, (len(self.skills), width))
        self.by_definition = _counts(definitions, (count, width))
        self.by_appellations = _counts(appellations, (count, width))
        self.by_words = _counts(everyday, (count, width))
        pairs = {
            (self.position[rome], self.skill_position[skill])
            for rome, skill, _ in referential.links
            if rome in self.position and skill in self.skill_position
        }
        self.links = _counts(np.array(sorted(pairs), np.int64).reshape(-1, 2), (count, len(self.skills)))

    def _owned(self, rows: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
        return [(self.position[rome], text) for rome, text in rows if rome in self.position]

    @staticmethod
    def _read(rows: Sequence[tuple[int, str]], numbers: dict[str, int | None]) -> Pairs:
        """(owner, word) of each telling word; `numbers`: of each folded word, None of small ones."""
        found = []
        words = iter(fold(_BREAK.join(text for _, text in rows)).split())
        count = sum(number is not None for number in numbers.values())
        for owner, _ in rows:
            for word in words:
                if word == _BREAK_WORD:
                    break
                if word not in numbers:
                    telling = is_telling(word)
                    numbers[word] = count if telling else None
                    count += telling
                number = numbers[word]
                if number is not None:
                    found.append((owner, number))
        return np.array(found, np.int64).reshape(-1, 2)

    def _number(self, word: str) -> int:
        return self.vocabulary.setdefault(stem(word), len(self.vocabulary))


def idf(matrix: Sparse) -> Floats:
    """BM25's rarity of each column among the rows that have something; 0 for an empty column."""
    described = int(np.count_nonzero(np.diff(matrix.indptr)))
    uses = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.where(uses > 0, np.log1p((described - uses + 0.5) / (uses + 0.5)), 0.0)


def dampened(counts: Sparse) -> Sparse:
    """1 + ln(count): a stem said ten times is not ten times as telling."""
    result = counts.copy()
    result.data = 1.0 + np.log(result.data)
    return result


def scaled(matrix: Sparse, weight: Floats) -> Sparse:
    """Columns multiplied by a weight each."""
    result = matrix.copy()
    result.data = result.data * weight[result.indices]
    return result


def unit_rows(matrix: Sparse) -> Sparse:
    """Rows brought to length 1; empty ones stay empty."""
    owner = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    length = np.sqrt(np.bincount(owner, matrix.data**2, minlength=matrix.shape[0]))
    result = matrix.copy()
    result.data = result.data / np.where(length > 0, length, 1.0)[owner]
    return result


def _counts(pairs: Pairs, shape: tuple[int, int]) -> Sparse:
    """How many times each (row, column) is there."""
    counted = sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    counted.sum_duplicates()
    return counted
