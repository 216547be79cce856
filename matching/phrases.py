"""Short phrases, each of an occupation: which one does a text tell most completely?"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from matching.corpus import Floats, Referential, idf
from matching.labels import fold_all, spoken_forms
from matching.stems import SMALL_WORDS

_LONG = 8.0
"""Rarity from which a phrase told whole counts fully (about two telling words)."""
_SHORTEST = 3


class Phrases:
    """Immutable. Phrases are (owner, terms), owners and terms being numbers."""

    def __init__(self, phrases: Sequence[tuple[int, Sequence[int]]], rarity: Floats, n_owners: int) -> None:
        kept = [(owner, terms) for owner, terms in phrases if terms]
        starts = np.cumsum([0, *(len(terms) for _, terms in kept)])
        columns = np.array([term for _, terms in kept for term in terms], np.int64)
        shape = (len(kept), len(rarity))
        self._weighted = sparse.csr_matrix((rarity[columns], columns, starts), shape=shape)
        self._mass = np.maximum(np.asarray(self._weighted.sum(axis=1)).ravel(), 1e-9)
        self._rarity = rarity
        self._n = n_owners
        self.owner = np.array([owner for owner, _ in kept], np.int64)

    def told(self, asked: Floats) -> Floats:
        """The part told of the best phrase of each owner, in [0, 1], shape (N,), for terms `asked` in [0, 1].

        A phrase of few or common words counts less, unless it is all that is asked.
        """
        whole = np.zeros(self._n)
        total = float((self._rarity * asked).sum())
        if total <= 0:
            return whole
        said = np.asarray(self._weighted @ asked)
        value = (said / self._mass) ** 2 * np.minimum(said / min(_LONG, total), 1.0)
        np.maximum.at(whole, self.owner, value)
        return whole


class Titles:
    """Names of occupations, told word by word: « chauffeur » is not « chauffage », as it is by its stem."""

    def __init__(self, referential: Referential, position: dict[str, int]) -> None:
        named = [(rome, label) for rome, label in [*referential.occupations, *referential.appellations]]
        named += [(rome, word) for word, rome in referential.words]
        own = [(position[rome], label) for rome, label in named if rome in position]
        forms = [(owner, form) for owner, label in own for form in spoken_forms(label)]
        self._number: dict[str, int] = {}
        read = dict.fromkeys(
            (owner, tuple(sorted({self._numbered(word) for word in _words(folded)})))
            for (owner, _), folded in zip(forms, fold_all([form for _, form in forms]), strict=True)
        )
        pairs = {(owner, term) for owner, terms in read for term in terms}
        at = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        shape = (len(position), len(self._number))
        uses = sparse.csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=shape)
        self._phrases = Phrases(list(read), idf(uses), len(position))

    def told(self, words: Iterable[str]) -> Floats:
        """How completely folded words tell the best name of each occupation, shape (N,)."""
        asked = np.zeros(len(self._number))
        said = {self._number.get(one) for word in words for one in _words(word)}
        asked[[number for number in said if number is not None]] = 1.0
        return self._phrases.told(asked)

    def _numbered(self, word: str) -> int:
        return self._number.setdefault(word, len(self._number))


def _words(folded: str) -> list[str]:
    """Telling words, without the mark of the plural."""
    return [
        word[:-1] if len(word) > _SHORTEST and word[-1] in "sx" else word
        for word in folded.split()
        if len(word) > 1 and word not in SMALL_WORDS
    ]
