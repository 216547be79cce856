"""From what people say of themselves to occupations and skills.

« je tenais la caisse et je mettais les produits en rayon » is cut to stems (`matching.spoken`); a stem
that nothing in the referential uses is taken for its nearest spelling. Eight features of each occupation
are added, with weights fitted on sentences of ours (`weights.json`):

- `words`, `appellations`, `skills`, `definition`: how rare the stems are that the text shares with our
  everyday words for the occupation, with its appellations, with the labels of its skills, with its
  definition (BM25 that hardly counts repeats), as a part of all that the text says;
- `phrase`: the everyday phrase that the text holds most of, so that « tenir la caisse » as a whole tells
  more than its words; `title`: the same of everything the occupation is called, word by word;
- `letters`: its words compared by groups of four letters with all that is said of the occupation, which
  forgives endings and spelling (`matching.letters`);
- `usual`: ln(1 + everyday phrases), since people more often speak of usual occupations.

Skills come from each part of the sentence by themselves, those that the likely occupations list first.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract
from scipy import sparse

from matching.corpus import Corpus, Floats, Referential, Sparse, idf, scaled, unit_rows
from matching.labels import fold_all
from matching.letters import Letters
from matching.phrases import Phrases, Titles
from matching.spoken import Word, telling_stems, telling_words

Ints = NDArray[np.int64]

FEATURES = ("words", "appellations", "skills", "definition", "phrase", "title", "letters", "usual")
MAX_TEXT = 2000
"""Characters read; the API refuses more, the rest is ignored."""
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
_SENTENCE, _OFFER = 8, 25
"""Telling words up to which a text is read with the weights of sentences, and from which with those of
job offers, in which many short phrases are found whole by chance; between them, in proportion."""
_APART = 25
"""Characters between two words from which they do not say the same thing."""
_AGAIN = 0.5
"""What ln(times said) adds to a stem said several times, in a job offer for instance."""
_BREAK = re.compile(
    r"[,;.!?\n]|\b(?:et|puis|ou|mais|ensuite|aussi|je)\b|\bj['’]|(?=\bj[b-df-hj-np-tv-xz])", re.IGNORECASE
)
"""Between two activities; « je » begins another one, written apart or not."""


@dataclass(frozen=True, slots=True)
class SkillSaid:
    """A skill recognised in a text: its code, and the characters [start, end) that say it."""

    skill: str
    start: int
    end: int


class PlainWords:
    """Immutable, built in a fraction of a second from a corpus; a few milliseconds a text."""

    def __init__(
        self,
        corpus: Corpus,
        referential: Referential,
        weights: Mapping[str, float],
        long_weights: Mapping[str, float],
    ) -> None:
        self._corpus = corpus
        self._weights = np.array([weights[name] for name in FEATURES])
        self._long_weights = np.array([long_weights[name] for name in FEATURES])
        fields = (corpus.by_words, corpus.by_appellations, corpus.by_skills, corpus.by_definition)
        self._fields = tuple(_saturated(counts) for counts in fields)
        self._rarity = idf(sparse.csr_matrix(sum(fields)))
        self._phrases = Phrases(_everyday(corpus, referential), self._rarity, corpus.n_occupations)
        self._titles = Titles(referential, corpus.position)
        self._letters = Letters(corpus)
        self._usual = np.log1p(np.bincount(self._phrases.owner, minlength=corpus.n_occupations))
        self._skills = sparse.csr_matrix(unit_rows(scaled(corpus.skill_stems, self._rarity)).T)
        self._used = np.bincount(corpus.links.indices, minlength=len(corpus.skills)) > 0
        self._spelling = lru_cache(maxsize=10_000)(self._nearest)

    def features(self, text: str) -> Floats:
        """Each feature of each occupation, shape (8, N)."""
        return self._features(self._words(text))

    def occupations(self, text: str) -> Floats:
        """Score of each occupation, shape (N,); 0 for one of which the text says nothing."""
        return self._scores(self._words(text))

    def skills(self, text: str, limit: int = 10) -> list[SkillSaid]:
        """Skills that the text says, in the order in which it says them, each once."""
        return self.read(text, limit)[0]

    def read(self, text: str, limit: int = 10) -> tuple[list[SkillSaid], Floats]:
        """`skills` and `occupations` at once."""
        words = self._words(text)
        scores = self._scores(words)
        likely = self._likely(scores)
        found: dict[str, tuple[float, SkillSaid]] = {}
        for start, end in _parts(text[:MAX_TEXT]):
            for value, said in self._skills_of(words, start, end, likely):
                if said.skill not in found or found[said.skill][0] < value:
                    found[said.skill] = (value, said)
        best = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].skill))[:limit]
        return sorted((said for _, said in best), key=lambda said: (said.start, said.end, said.skill)), scores

    def _words(self, text: str) -> list[Word]:
        return telling_words(text[:MAX_TEXT], self._corpus.vocabulary.__contains__)

    def _features(self, words: Sequence[Word]) -> Floats:
        asked = self._asked(words)
        total = float((asked * self._rarity).sum())  # a dot product would wake the threads of BLAS
        if total <= 0:
            return np.zeros((len(FEATURES), self._corpus.n_occupations))
        shared = [np.asarray(field @ asked) / total for field in self._fields]
        phrase = self._phrases.told(np.minimum(asked, 1.0))
        said = [word.said for word in words]
        return np.stack(
            [
                *shared,
                phrase,
                self._titles.told(said),
                self._letters.told((word.said, word.sure) for word in words),
                self._usual,
            ]
        )

    def _scores(self, words: Sequence[Word]) -> Floats:
        features = self._features(words)
        long = np.clip((len(words) - _SENTENCE) / (_OFFER - _SENTENCE), 0.0, 1.0)
        weights = (1 - long) * self._weights + long * self._long_weights
        return np.where(features[:-1].any(axis=0), (weights[:, None] * features).sum(axis=0), 0.0)

    def _skills_of(
        self, words: Sequence[Word], start: int, end: int, likely: Floats
    ) -> list[tuple[float, SkillSaid]]:
        """The skills nearest to a part of the text, with the characters of the stems they share."""
        said_here = [word for word in words if start <= word.start < end]
        asked = self._asked(said_here) * self._rarity
        at = np.flatnonzero(asked)
        if not len(at):
            return []
        length = float(np.sqrt((asked[at] ** 2).sum()))
        alike = np.asarray(self._skills[at].T @ asked[at]) / length
        told = (alike >= _SURE) | ((alike >= _SKILL_FOUND) & (likely > _LISTED))
        value = np.where(told & self._used, alike * (1.0 + likely), 0.0)
        best = np.argsort(-value, kind="stable")[:_SKILLS_A_PART]
        found = []
        for skill in best[value[best] > 0].tolist():
            shared = set(self._corpus.skill_stems[skill].indices.tolist())
            low, high = self._span(said_here, shared)
            found.append((float(value[skill]), SkillSaid(self._corpus.skills[skill], low, high)))
        return found

    def _likely(self, scores: Floats) -> Floats:
        """How far the most likely occupations list each skill, in [0, 1], shape (S,)."""
        best = np.argsort(-scores, kind="stable")[:_LIKELY]
        chance = np.exp(scores[best] - scores[best].max())
        return np.asarray(self._corpus.links[best].T @ (chance / chance.sum()))

    def _span(self, words: Sequence[Word], shared: set[int]) -> tuple[int, int]:
        """The words that share the most with a skill, close to one another: characters [start, end)."""
        best, at, weight = (0.0, 0, 0), -1, 0.0
        end = -_APART - 1
        for word in words:
            numbers = {number for each in word.stems for number in self._numbers(each)} & shared
            if not numbers:
                continue
            if word.start - end > _APART:
                at, weight = word.start, 0.0
            weight, end = weight + float(self._rarity[list(numbers)].sum()), word.end
            best = max(best, (weight, at, end), key=lambda span: (span[0], -span[1]))
        return best[1:]

    def _asked(self, words: Iterable[Word]) -> Floats:
        """How much each stem of the vocabulary was said, shape (V,): 1 for once, a little more for more."""
        count: Counter[int] = Counter()
        asked = np.zeros(len(self._corpus.vocabulary))
        for word in words:
            for each in word.stems:
                for number, sure in self._numbers(each).items():
                    asked[number] = max(asked[number], sure * word.sure)
                    count[number] += 1
        said = np.fromiter(count, np.int64, len(count))
        asked[said] *= 1.0 + _AGAIN * np.log(np.fromiter(count.values(), np.float64, len(count)))
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


def _everyday(corpus: Corpus, referential: Referential) -> list[tuple[int, tuple[int, ...]]]:
    """The stems of each everyday phrase, and the position of its occupation."""
    own = [(corpus.position[rome], word) for word, rome in referential.words if rome in corpus.position]
    folded = fold_all([word for _, word in own])
    return list(
        dict.fromkeys(
            (owner, tuple(sorted({corpus.vocabulary[each] for each in telling_stems(word)})))
            for (owner, _), word in zip(own, folded, strict=True)
        )
    )


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
