"""What people say of themselves: is a right occupation first, or among five?

Sentences are ours, written for this, none from a fiche; several occupations may be right for one.
The weights were fitted on one half of them: the other half, which was not looked at, is told
apart, and is the one to believe.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.baselines import char_tfidf, fiches, word_tfidf
from matching.corpus import Corpus, Floats, Referential
from matching.measured import Measured, share
from matching.text import PlainWords
from matching.weights import load_weights

TOP = 5


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, the ROME codes that are right, and whether weights were fitted on it."""

    text: str
    romes: tuple[str, ...]
    tuned: bool


def evaluate_text(referential: Referential, corpus: Corpus, sentences: Sequence[Sentence]) -> Measured:
    """`text_first` and `text_top5` of ours, of words and of character n-grams over whole fiches."""
    kept = [sentence for sentence in sentences if set(sentence.romes) & set(corpus.position)]
    if not kept:
        return Measured({}, {}, {"phrases": "aucune"})
    said = [sentence.text for sentence in kept]
    right = right_ones(corpus, kept)
    plain = PlainWords(corpus, referential, load_weights("text"))
    ours = np.stack([plain.occupations(text) for text in said])
    documents = fiches(corpus, referential, whole=True)
    tuned = np.array([sentence.tuned for sentence in kept])
    return Measured(
        _found(ours, right),
        {
            "mots": _found(word_tfidf(documents, said), right),
            "n-grammes": _found(char_tfidf(documents, said), right),
        },
        {
            "phrases": len(kept),
            "moitié réglée": _found(ours[tuned], right[tuned]),
            "moitié tenue à part": _found(ours[~tuned], right[~tuned]),
        },
    )


def right_ones(corpus: Corpus, sentences: Sequence[Sentence]) -> NDArray[np.bool_]:
    """Which occupations are right for each sentence, shape (sentences, N)."""
    right = np.zeros((len(sentences), corpus.n_occupations), np.bool_)
    for row, sentence in enumerate(sentences):
        right[row, [corpus.position[code] for code in sentence.romes if code in corpus.position]] = True
    return right


def _found(scores: Floats, right: NDArray[np.bool_]) -> dict[str, float]:
    best = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    hits = np.take_along_axis(right, best, axis=1) & (np.take_along_axis(scores, best, axis=1) > 0)
    first, top = np.asarray(hits[:, :1].any(axis=1)), np.asarray(hits.any(axis=1))
    return {"text_first": share(first), "text_top5": share(top)}
