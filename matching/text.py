"""From what people say of themselves to occupations and skills.

« je tenais la caisse et je mettais les produits en rayon » is cut to stems (`matching.stems`); a stem
that nothing in the referential uses is taken for its nearest spelling. Five features of each occupation
are added, with weights fitted on sentences of ours (`weights.json`):

- `words`, `appellations`, `skills`: how rare the stems are that the text shares with our everyday words
  for the occupation, with its appellations, with the labels of its skills (BM25 that hardly counts
  repeats), as a part of all that the text says;
- `phrase`: the everyday phrase that the text holds most of, so that « tenir la caisse » as a whole tells
  more than its words;
- `usual`: ln(1 + everyday words), since people more often speak of usual occupations.

Skills come from each part of the sentence by themselves, those that the likely occupations list first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract
from scipy import sparse

from matching.corpus import Corpus, Floats, Referential, Sparse, idf, scaled, unit_rows
from matching.stems import located_stems, stems

Ints = NDArray[np.int64]

FEATURES = ("words", "appellations", "skills", "phrase", "usual")
MAX_TEXT = 2000
"""Characters read; the rest is ignored."""
_REPEATS, _LENGTH = 0.3, 0.3
"""BM25's k1 and b."""
_LONG_PHRASE = 8.0
"""Rarity from which a phrase told whole counts fully (about two telling words)."""
_SPELLING = 0.74
"""Two stems less alike than this are not the same misspelt."""
_SPELLINGS = 2
_MISSPELT = 0.8
_SHORTEST = 4
_SKILL_FOUND = 0.45
"""Likeness from which a skill is proposed for a part of a sentence."""
_SURE = 0.75
"""Likeness from which it is proposed even when no likely occupation lists it."""
_LISTED = 0.05
_SKILLS_A_PART = 2
_LIKELY = 10
_BREAK = re.compile(r"[,;.!?\n]|\b(?:et|puis|ou|mais|ensuite|aussi)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SkillSaid:
    """A skill recognised in a text: its code, and the characters [start, end) that say it."""

    skill: str
    start: int
    end: int


class PlainWords:
    """Immutable, built in a fraction of a second from a corpus; a few milliseconds a text."""

    def __init__(self, corpus: Corpus, referential: Referential, weights: Mapping[str, float]) -> None:
        self._corpus = corpus
        self._weights = np.array([weights[name] for name in FEATURES])
        fields = (corpus.by_words, corpus.by_appellations, corpus.by_skills)
        self._fields = tuple(_saturated(counts) for counts in fields)
        anywhere = sparse.csr_matrix(sum(fields, corpus.by_definition))
        self._rarity = idf(anywhere)
        self._phrases, self._owner = self._read_phrases(referential)
        self._mass = np.asarray(self._phrases.sum(axis=1)).ravel()
        count = np.bincount(self._owner, minlength=corpus.n_occupations)
        self._usual = np.log1p(count)
        self._skills = sparse.csr_matrix(unit_rows(scaled(corpus.skill_stems, self._rarity)).T)
        self._used = np.bincount(corpus.links.indices, minlength=len(corpus.skills)) > 0
        self._spelling = lru_cache(maxsize=10_000)(self._nearest)

    def features(self, text: str) -> Floats:
        """Each feature of each occupation, shape (5, N)."""
        n = self._corpus.n_occupations
        asked = self._asked(stems(text[:MAX_TEXT]))
        total = float(asked @ self._rarity)
        if total <= 0:
            return np.zeros((len(FEATURES), n))
        shared = [np.asarray(field @ asked) / total for field in self._fields]
        said = np.asarray(self._phrases @ asked)
        part = said / np.maximum(self._mass, 1e-9)
        whole = np.zeros(n)
        np.maximum.at(whole, self._owner, part**2 * np.minimum(said / _LONG_PHRASE, 1.0))
        return np.stack([*shared, whole, self._usual])

    def occupations(self, text: str) -> Floats:
        """Score of each occupation, shape (N,); 0 for one of which the text says nothing."""
        features = self.features(text)
        return np.where(features[:-1].any(axis=0), self._weights @ features, 0.0)

    def skills(self, text: str, limit: int = 10) -> list[SkillSaid]:
        """Skills that the text says, in the order in which it says them, each once."""
        text = text[:MAX_TEXT]
        likely = self._likely(self.occupations(text))
        found: dict[str, tuple[float, SkillSaid]] = {}
        for start, end in _parts(text):
            for value, said in self._skills_of(text, start, end, likely):
                if said.skill not in found or found[said.skill][0] < value:
                    found[said.skill] = (value, said)
        best = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].skill))[:limit]
        return sorted((said for _, said in best), key=lambda said: (said.start, said.end, said.skill))

    def _skills_of(self, text: str, start: int, end: int, likely: Floats) -> list[tuple[float, SkillSaid]]:
        """The skills nearest to a part of the text, with the characters of the stems they share."""
        located = located_stems(text[start:end])
        asked = self._asked([each for each, _, _ in located]) * self._rarity
        length = float(np.sqrt(asked @ asked))
        if length <= 0:
            return []
        at = np.flatnonzero(asked)
        alike = np.asarray(self._skills[at].T @ asked[at]) / length
        told = (alike >= _SURE) | ((alike >= _SKILL_FOUND) & (likely > _LISTED))
        value = np.where(told & self._used, alike * (1.0 + likely), 0.0)
        best = np.argsort(-value, kind="stable")[:_SKILLS_A_PART]
        found = []
        for skill in best[value[best] > 0].tolist():
            shared = set(self._corpus.skill_stems[skill].indices.tolist())
            spans = [(a, b) for each, a, b in located if shared & set(self._numbers(each))]
            said = SkillSaid(self._corpus.skills[skill], start + spans[0][0], start + spans[-1][1])
            found.append((float(value[skill]), said))
        return found

    def _likely(self, scores: Floats) -> Floats:
        """How far the most likely occupations list each skill, in [0, 1], shape (S,)."""
        best = np.argsort(-scores, kind="stable")[:_LIKELY]
        chance = np.exp(scores[best] - scores[best].max())
        return np.asarray(self._corpus.links[best].T @ (chance / chance.sum()))

    def _asked(self, said: list[str]) -> Floats:
        """How sure it is that each stem of the vocabulary was said, in [0, 1], shape (V,)."""
        asked = np.zeros(len(self._corpus.vocabulary))
        for each in said:
            for number, sure in self._numbers(each).items():
                asked[number] = max(asked[number], sure)
        return asked

    def _numbers(self, each: str) -> dict[int, float]:
        number = self._corpus.vocabulary.get(each)
        return {number: 1.0} if number is not None else dict(self._spelling(each))

    def _nearest(self, each: str) -> tuple[tuple[int, float], ...]:
        """The stems nearest in spelling to one that is not known, the first letter right if possible."""
        if len(each) < _SHORTEST:
            return ()
        names = self._corpus.stem_names
        near = extract(
            each, names, scorer=OSA.normalized_similarity, score_cutoff=_SPELLING, limit=_SPELLINGS
        )
        return tuple(
            (number, _MISSPELT * alike)
            for name, alike, number in near
            if name[0] == each[0] or alike > _MISSPELT
        )

    def _read_phrases(self, referential: Referential) -> tuple[Sparse, Ints]:
        """Rarity of the stems of each everyday phrase, shape (phrases, V), and whose phrase it is."""
        corpus = self._corpus
        phrases = [
            (corpus.position[rome], sorted(set(corpus.numbers(word))))
            for word, rome in referential.words
            if rome in corpus.position
        ]
        kept = [(owner, numbers) for owner, numbers in phrases if numbers]
        starts = np.cumsum([0, *(len(numbers) for _, numbers in kept)])
        columns = np.array([number for _, numbers in kept for number in numbers], np.int64)
        shape = (len(kept), len(corpus.vocabulary))
        matrix = sparse.csr_matrix((self._rarity[columns], columns, starts), shape=shape)
        return matrix, np.array([owner for owner, _ in kept], np.int64)


def _saturated(counts: Sparse) -> Sparse:
    """BM25 weights of a field, shape (N, V)."""
    length = np.asarray(counts.sum(axis=1)).ravel()
    typical = length[length > 0].mean() if (length > 0).any() else 1.0
    owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norm = _REPEATS * (1 - _LENGTH + _LENGTH * length[owner] / typical)
    weighted = scaled(counts, idf(counts))
    weighted.data = weighted.data * (_REPEATS + 1) / (counts.data + norm)
    return weighted


def _parts(text: str) -> list[tuple[int, int]]:
    """Where each part of a sentence starts and ends, cut at punctuation and between activities."""
    cuts = [0, *(edge for match in _BREAK.finditer(text) for edge in match.span()), len(text)]
    return [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True) if start < end]
