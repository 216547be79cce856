"""What people say of themselves: is a right occupation first, or among five?

Sentences and job offers are ours, written for this, none from a fiche; several occupations may be
right for one. They come in lots: those on which weights were fitted do not count, and those never looked
at were drawn by lot from one list, half of which was studied, and measured when everything was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.baselines import char_tfidf, fiches, word_tfidf
from matching.corpus import Corpus, Floats, Referential
from matching.measured import Measured, share
from matching.text import PlainWords
from matching.weights import load_weights

TOP = 5
FITTED_SENTENCES = frozenset({"fitted", "spoken", "peculiar", "fresh", "studied"})
FITTED_OFFERS = frozenset({"offers", "fresh_offers", "studied_offers"})
LOTS = {
    "fitted": "premières phrases",
    "spoken": "phrases parlées",
    "kept": "phrases tenues à part",
    "peculiar": "phrases rares",
    "fresh": "phrases courtes",
    "studied": "phrases étudiées",
    "unseen": "phrases jamais regardées",
    "unusual": "phrases inhabituelles, lues une fois à la fin",
    "offers": "premières offres",
    "studied_offers": "offres étudiées",
    "fresh_offers": "offres suivantes",
    "unseen_offers": "offres jamais regardées",
}
"""In French, by the name of the files."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or an offer, the ROME codes that are right, and its lot (`LOTS`)."""

    text: str
    romes: tuple[str, ...]
    lot: str

    @property
    def tuned(self) -> bool:
        """Whether weights were fitted on it."""
        return self.lot in FITTED_SENTENCES | FITTED_OFFERS


def evaluate_text(referential: Referential, corpus: Corpus, sentences: Sequence[Sentence]) -> Measured:
    """`text_first` and `text_top5` of ours, of words and of character n-grams over whole fiches.

    Of the sentences on which nothing was fitted; each lot by itself in the details.
    """
    kept = [sentence for sentence in sentences if set(sentence.romes) & set(corpus.position)]
    if not kept:
        return Measured({}, {}, {"phrases": "aucune"})
    said = [sentence.text for sentence in kept]
    right = right_ones(corpus, kept)
    plain = PlainWords(corpus, referential, load_weights("text"), load_weights("offer"))
    ours = np.stack([plain.occupations(text) for text in said])
    documents = fiches(corpus, referential, whole=True)
    fitted = np.array([sentence.tuned for sentence in kept])
    asked = [text for text, out in zip(said, fitted, strict=True) if not out]
    baselines = {
        "mots": _found(word_tfidf(documents, asked), right[~fitted]),
        "n-grammes": _found(char_tfidf(documents, asked), right[~fitted]),
    }
    details: dict[str, Any] = {"phrases": int((~fitted).sum())}
    for lot, name in LOTS.items():
        rows = np.array([sentence.lot == lot for sentence in kept])
        if rows.any():
            fitted_on = ", réglées" if fitted[rows].all() else ""
            details[f"{name} ({int(rows.sum())}{fitted_on})"] = _found(ours[rows], right[rows])
    details["p95 en ms, offres"] = _p95_ms(plain, [one.text for one in kept if "offers" in one.lot])
    return Measured(_found(ours[~fitted], right[~fitted]), baselines, details)


def _p95_ms(plain: PlainWords, texts: Sequence[str]) -> float | None:
    """Of reading occupations and skills in a text, spelling errors looked up anew; None of none."""
    seconds = []
    for text in texts:
        began = perf_counter()
        plain.read(text)
        seconds.append(perf_counter() - began)
    return round(float(np.percentile(seconds, 95)) * 1000, 2) if seconds else None


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
