"""Look-up by what people type: accents, case, hyphens, typing errors and half words forgiven.

Two steps. Character trigrams, weighted by their rarity, give the texts that look most like the query
(numpy postings, no scan of the texts). These few are then compared word by word with rapidfuzz: how
much of the query is found, exactly, as the beginning of a word or with some letters wrong, then how
much of the text was asked, then how usual the entry is. The same query always gives the same list.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from domain.values import LIGATURES, fold

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

MAX_QUERY = 100
"""Longer queries are cut: nothing looked up has a longer name worth typing."""
CANDIDATES = 80
FAINT = 0.2
"""A text that shares less than this part of what the best one shares is no candidate."""
LENGTH_EXPONENT = 0.7
"""Of a text's trigram weight, by which its retrieval score is divided."""
ASKED, TOLD, USUAL = 0.72, 0.25, 0.03
"""Weights of: the part of the query found, the part of the text asked, the prior if nothing is said."""
CODED = 0.3
"""Added where a number of the query begins a code of the entry: it chooses between namesakes."""
EXACT = 0.12
"""Added to a text that is the query: a village named in full comes before a town whose name it begins."""
ALIKE = 0.6
"""Two words less alike than this are not the same word."""
HEARD = 0.9
"""What two words that sound the same are worth (« nazer », « Nazaire »)."""
BEGINNING = 0.80
"""What the first letters of a long word are worth at least, against 1 for the whole word."""
_SHORTEST_BEGINNING = 3
_SMALL_WORDS = frozenset(
    re.findall(r"[a-z]+", "a au aux d dans de des du en et l la le les ou par pour sur un une"),
)
_SMALL_WEIGHT = 0.15
_ALPHABET = 37
_GRAMS = _ALPHABET**3
_END = 255
_COMBINING = re.compile("[\u0300-\u036f]+")
_NOT_WORD = re.compile(r"[^a-z0-9\n]+")
_CODES = np.full(256, _END, np.uint8)
for _at, _byte in enumerate(b" abcdefghijklmnopqrstuvwxyz0123456789"):
    _CODES[_byte] = _at


@dataclass(frozen=True, slots=True)
class Entries:
    """What is looked up. `texts` are (entry, text): an entry may be said in several ways.

    `priors` in [0, 1], one an entry: how usual it is. `codes`: what digits typed may begin (postal codes,
    ROME codes). `aliases`: words replaced by others in queries (`st` → `saint`). `groups`, one an entry: the
    thing it names (an occupation); one word alone that begins many names asks for what they name most.
    `faint`: words that hardly count in queries. `usual`: weight of the prior.
    """

    texts: Sequence[tuple[int, str]]
    priors: Sequence[float]
    codes: Sequence[tuple[str, int]] = ()
    aliases: Mapping[str, str] | None = None
    groups: Sequence[str] | None = None
    faint: frozenset[str] = frozenset()
    usual: float = USUAL


class LabelIndex:
    """Immutable; built in a fraction of a second for 35,000 entries."""

    def __init__(self, entries: Entries) -> None:
        folded = zip(
            (entry for entry, _ in entries.texts), fold_all([t for _, t in entries.texts]), strict=True
        )
        kept = [(entry, text) for entry, text in dict.fromkeys(folded) if text]
        self._entry = np.array([entry for entry, _ in kept], np.int32)
        self._texts = [text for _, text in kept]
        self._prior = np.array(entries.priors, np.float64)
        self._aliases = dict(entries.aliases or {})
        self._faint = _SMALL_WORDS | entries.faint
        self._usual = entries.usual
        self._codes = sorted({(code.lower(), entry) for code, entry in entries.codes})
        self._build_grams()
        self._build_words()
        self._build_beginnings(entries.groups)

    def search(self, query: str, limit: int = 10) -> list[int]:
        """Entries that answer, best first, each once, at most `limit`."""
        words = [self._aliases.get(word, word) for word in fold(query[:MAX_QUERY]).split()]
        numbers = [word for word in words if any(char.isdigit() for char in word)]
        if len(words) > 1:
            numbers = [word for word in numbers if len(word) > 1]  # « Lyon 3 » is a name
        coded = self._by_code(numbers[0]) if numbers else set()
        spoken = [word for word in words if word not in numbers] if coded else words
        if not spoken:
            return sorted(coded, key=lambda entry: (-self._prior[entry], entry))[:limit]
        if len(spoken) == 1 and (begun := self._begun(spoken[0])):
            return begun[:limit]
        texts = self._retrieve(spoken)
        if 0 < len(coded) <= CANDIDATES:
            texts = np.union1d(texts, np.flatnonzero(np.isin(self._entry, list(coded)))).astype(np.int32)
        if not len(texts):
            return []
        score = self._rescore(texts, spoken)
        score += EXACT * np.array([self._texts[text] == " ".join(spoken) for text in texts]) * (not coded)
        if coded:
            score += CODED * np.isin(self._entry[texts], list(coded))
        return self._best(texts, score, limit)

    def _by_code(self, start: str) -> set[int]:
        """Entries that have a code beginning so."""
        low = bisect_left(self._codes, (start, -1))
        high = bisect_left(self._codes, (start + "\x7f", -1))
        return {entry for _, entry in self._codes[low:high]}

    def _begun(self, start: str) -> list[int]:
        """For the beginning of a name, one entry of each thing so named, the one named most first.

        Empty for what is a whole name, or begins none: it is then compared word by word.
        """
        if self._group is None or len(start) < _SHORTEST_BEGINNING or start in self._whole:
            return []
        low, high = bisect_left(self._names, start), bisect_left(self._names, start + "\x7f")
        texts = np.flatnonzero((self._first_rank >= low) & (self._first_rank < high))
        entries = self._entry[texts]
        telling = self._prior[entries] / np.diff(self._word_start)[texts]
        named = np.bincount(self._group[entries], telling)
        order = np.lexsort((entries, -telling, -named[self._group[entries]]))
        best: dict[int, int] = {}
        for entry in entries[order].tolist():
            best.setdefault(int(self._group[entry]), entry)
        return list(best.values())

    def _retrieve(self, words: Sequence[str]) -> Ints:
        """Texts that share the most trigrams with the query."""
        grams = np.unique(_grams_of(f" {' '.join(words)} "))
        parts = [slice(self._gram_start[gram], self._gram_start[gram + 1]) for gram in grams]
        found = np.concatenate([self._posting[part] for part in parts])
        if not len(found):
            return np.zeros(0, np.int32)
        weight = np.repeat(self._gram_weight[grams], [part.stop - part.start for part in parts])
        score = np.bincount(found, weight, minlength=len(self._texts)) / self._length
        score += score * self._prior[self._entry] * self._usual
        best = np.flatnonzero(score > FAINT * score.max())
        if len(best) > CANDIDATES:
            edge = np.partition(score[best], -CANDIDATES)[-CANDIDATES]
            best = best[score[best] >= edge]
        return best[np.argsort(-score[best], kind="stable")][: 2 * CANDIDATES].astype(np.int32)

    def _rescore(self, texts: Ints, words: Sequence[str]) -> Floats:
        """How well each text answers, from its words and those of the query."""
        starts, ends = self._word_start[texts], self._word_start[texts + 1]
        counts = ends - starts
        opens = np.cumsum(counts) - counts
        at = np.repeat(starts - opens, counts) + np.arange(int(counts.sum()))
        vocabulary, inverse = np.unique(self._word[at], return_inverse=True)
        alike = self._alike(words, [self._vocabulary[word] for word in vocabulary])[:, inverse]
        asked = np.array([_SMALL_WEIGHT if word in self._faint else min(len(word), 8) / 8 for word in words])
        found = asked @ np.maximum.reduceat(alike, opens, axis=1) / asked.sum()
        told = self._word_weight[self._word[at]]
        part = np.add.reduceat(alike.max(axis=0) * told, opens) / np.add.reduceat(told, opens)
        usual = self._prior[self._entry[texts]]
        return np.asarray(ASKED * found + TOLD * part + self._usual * usual)

    @staticmethod
    def _alike(words: Sequence[str], vocabulary: Sequence[str]) -> Floats:
        """Likeness in [0, 1] of each word asked (rows) and each word known (columns)."""
        alike = cdist(words, vocabulary, scorer=OSA.normalized_similarity, dtype=np.float64)
        sounds = [_sound(word) for word in words], [_sound(word) for word in vocabulary]
        heard = cdist(*sounds, scorer=OSA.normalized_similarity, dtype=np.float64)
        alike = np.maximum(alike, HEARD * heard)
        alike[alike < ALIKE] = 0.0
        for row, word in enumerate(words):
            for column, known in enumerate(vocabulary):
                if known.startswith(word):
                    begun = BEGINNING + (1 - BEGINNING) * len(word) / len(known)
                    alike[row, column] = max(alike[row, column], begun)
        return np.asarray(alike)

    def _best(self, texts: Ints, score: Floats, limit: int) -> list[int]:
        entries = self._entry[texts]
        order = np.lexsort((entries, -np.round(score, 9)))
        return list(dict.fromkeys(entries[order].tolist()))[:limit]

    def _build_grams(self) -> None:
        joined = "\n".join(f" {text} " for text in self._texts)
        codes = _CODES[np.frombuffer(joined.encode("ascii"), np.uint8)]
        owner = np.cumsum(codes == _END, dtype=np.int64)
        inside = (codes[:-2] != _END) & (codes[1:-1] != _END) & (codes[2:] != _END)
        at = np.flatnonzero(inside)
        wide = codes.astype(np.int64)
        gram = (wide[at] * _ALPHABET + wide[at + 1]) * _ALPHABET + wide[at + 2]
        size = max(1, len(self._texts))
        pairs = np.sort(gram * size + owner[at])
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        gram, self._posting = pairs // size, (pairs % size).astype(np.int32)
        self._gram_start = np.searchsorted(gram, np.arange(_GRAMS + 1))
        uses = np.diff(self._gram_start)
        self._gram_weight = np.log1p(size / (1.0 + uses)) ** 2
        length = np.bincount(self._posting, self._gram_weight[gram], minlength=len(self._texts))
        self._length = np.maximum(length, 1e-9) ** LENGTH_EXPONENT

    def _build_words(self) -> None:
        position: dict[str, int] = {}
        words = [[position.setdefault(word, len(position)) for word in text.split()] for text in self._texts]
        self._vocabulary = list(position)
        self._word = np.array([word for text in words for word in text], np.int32)
        self._word_start = np.cumsum([0, *(len(text) for text in words)])
        uses = np.bincount(self._word, minlength=len(position))
        small = np.array([word in _SMALL_WORDS for word in self._vocabulary], np.bool_)
        weight = np.log1p(len(self._texts) / (1.0 + uses))
        self._word_weight = np.where(small, _SMALL_WEIGHT, weight)

    def _build_beginnings(self, groups: Sequence[str] | None) -> None:
        """What the first words of the texts say, for `_begun`."""
        self._group = None if groups is None else np.unique(list(groups), return_inverse=True)[1]
        self._whole = frozenset(self._texts) if groups is not None else frozenset()
        self._names = sorted(self._vocabulary)
        rank = np.zeros(len(self._names), np.int32)
        rank[np.argsort(self._vocabulary, kind="stable")] = np.arange(len(self._names))
        self._first_rank = rank[self._word[self._word_start[:-1]]]


def fold_all(texts: Sequence[str]) -> list[str]:
    """What `domain.values.fold` gives for each text, all at once: thirty times faster."""
    if not texts:
        return []
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    for code, letters in LIGATURES.items():
        joined = joined.replace(chr(code), letters)
    plain = _COMBINING.sub("", unicodedata.normalize("NFKD", joined)).lower()
    return [line.strip() for line in _NOT_WORD.sub(" ", plain).split("\n")]


def _grams_of(text: str) -> NDArray[np.int64]:
    """Trigrams of a folded text, as numbers below 37³."""
    codes = _CODES[np.frombuffer(text.encode("ascii"), np.uint8)].astype(np.int64)
    return np.asarray((codes[:-2] * _ALPHABET + codes[1:-1]) * _ALPHABET + codes[2:])


_SOUNDS = (
    ("eau", "o"),
    ("au", "o"),
    ("ph", "f"),
    ("qu", "k"),
    ("ch", "x"),
    ("ai", "e"),
    ("ei", "e"),
    ("oe", "e"),
    ("y", "i"),
    ("h", ""),
    ("z", "s"),
    ("ce", "se"),
    ("ci", "si"),
    ("c", "k"),
)
_DOUBLE = re.compile(r"(.)\1+")
_MUTE = re.compile(r"(?<=..)[esxtd]+$")


@lru_cache(maxsize=50_000)
def _sound(word: str) -> str:
    """About how a folded French word is heard; only compared with others."""
    for letters, heard in _SOUNDS:
        word = word.replace(letters, heard)
    return _MUTE.sub("", _DOUBLE.sub(r"\1", word))


def spoken_forms(label: str) -> tuple[str, ...]:
    """The ways a ROME label is said: « Vendeur / Vendeuse en épicerie » is two of them.

    The words on the left of the slash stand for as many on its right, the rest is common to both.
    """
    left, slash, right = label.partition(" / ")
    if not slash:
        return (label,)
    words = right.split()
    rest = words[len(left.split()) :]
    return (" ".join([left, *rest]), right)
