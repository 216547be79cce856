"""Words compared by their letters, so that what the stems keep apart still meets.

« Débroussaillage » and « débroussailleuse », « mécano » and « mécanique », a letter wrong. Each
occupation is one text: all that is said of it. Groups of four letters within words are counted,
dampened and weighed by their rarity, as in TF-IDF; a text is compared with each by the cosine.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from scipy import sparse

from matching.corpus import Corpus, Floats, dampened, scaled, unit_rows

_SIZE = 4


class Letters:
    """Immutable; built in a fifth of a second from a corpus of the full ROME, some 15 MB."""

    def __init__(self, corpus: Corpus) -> None:
        self._n = corpus.n_occupations
        self._number: dict[str, int] = {}
        grouped = [_groups(word) for word in corpus.spellings]
        columns = [self._number.setdefault(one, len(self._number)) for groups in grouped for one in groups]
        rows = np.repeat(np.arange(len(grouped)), [len(groups) for groups in grouped])
        shape = (len(corpus.spellings), len(self._number))
        spelled = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
        counts = dampened(sparse.csr_matrix(corpus.by_spelling() @ spelled))
        uses = np.bincount(counts.indices, minlength=len(self._number))
        self._rarity = 1.0 + np.log((1 + self._n) / (1 + uses))
        by_group = unit_rows(scaled(counts, self._rarity)).T
        self._by_group = sparse.csr_matrix(by_group, dtype=np.float32)

    def told(self, words: Iterable[tuple[str, float]]) -> Floats:
        """Cosine of folded words, each with its worth, with what is said of each occupation, shape (N,)."""
        found: defaultdict[str, float] = defaultdict(float)
        for word, sure in words:
            for one in word.split():
                for group in _groups(one):
                    found[group] += sure
        known = {self._number[group]: count for group, count in found.items() if group in self._number}
        at = np.fromiter(known, np.int64, len(known))
        asked = (1.0 + np.log(np.fromiter(known.values(), np.float64, len(known)))) * self._rarity[at]
        length = float(np.sqrt((asked**2).sum()))
        if length <= 0:
            return np.zeros(self._n)
        return np.asarray(self._by_group[at].T @ (asked / length), np.float64)


def _groups(word: str) -> list[str]:
    """Every four letters in a row of a word, its edges marked; the whole of a shorter one."""
    marked = f" {word} "
    return [marked[at : at + _SIZE] for at in range(max(1, len(marked) - _SIZE + 1))]
