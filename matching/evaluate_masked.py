"""Skills that no fiche says any more: is the occupation they were taken from still found?

From every occupation five competences (no savoirs) are drawn and taken away, with the macro-competences
they belong to, all in one pass and before anything is fitted; other occupations keep theirs. The five
are then asked. Whoever lists none of them by identifier must be found by what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.baselines import bm25, char_tfidf, fiches, queries_of
from matching.corpus import Corpus, Floats, Referential
from matching.measured import Measured, ranks, share
from matching.passport import PassportMatcher

SEED = 3
MASKED = 5
TOP = 10


@dataclass(frozen=True, slots=True)
class Masked:
    """The referential without the links taken away, and what was taken from each occupation, by code."""

    referential: Referential
    taken: Mapping[str, Sequence[str]]


def mask(referential: Referential, seed: int = SEED) -> Masked:
    """Five competences less for every occupation; fewer where it has fewer."""
    rng = np.random.default_rng(seed)
    kinds = {code: kind for code, _, kind, _, _ in referential.skills}
    macros = {code: macro for code, _, _, macro, _ in referential.skills}
    listed: dict[str, list[str]] = {code: [] for code, _ in sorted(referential.occupations)}
    for rome, skill, _ in referential.links:
        if kinds[skill] != "savoir":
            listed[rome].append(skill)
    taken, gone = {}, set()
    for rome, skills in listed.items():
        count = min(MASKED, len(skills))
        taken[rome] = (
            [str(skill) for skill in rng.choice(sorted(skills), count, replace=False)] if count else []
        )
        gone |= {(rome, skill) for skill in taken[rome]}
        gone |= {(rome, str(macros[skill])) for skill in taken[rome]}
    links = [link for link in referential.links if link[:2] not in gone]
    return Masked(replace(referential, links=links), taken)


def evaluate_masked(referential: Referential, seed: int = SEED) -> Measured:
    """`masked_top10` of ours, of identifiers alone and of character n-grams, with what it is made of."""
    masked = mask(referential, seed)
    corpus = Corpus(masked.referential)
    asked = [masked.taken[code] for code in corpus.codes]
    texts = [" . ".join(corpus.skill_labels[skill] for skill in skills) for skills in asked]
    matcher = PassportMatcher(corpus)
    scores = np.stack([matcher.score(skills) for skills in asked])
    found = {
        "identifiants": bm25(corpus.links, queries_of(corpus, asked)),
        "n-grammes": char_tfidf(fiches(corpus, masked.referential, whole=False), texts),
        "n-grammes, textes et appellations": char_tfidf(
            fiches(corpus, masked.referential, whole=True), texts
        ),
    }
    baselines = {name: {"masked_top10": _top(values, asked)} for name, values in found.items()}
    details = {"graine": seed, **_by_kind(corpus, matcher, asked)}
    return Measured({"masked_top10": _top(scores, asked)}, baselines, details)


def _top(scores: Floats, asked: Sequence[Sequence[str]]) -> float:
    """Share of the occupations found; one with nothing to take away is not asked."""
    rows = np.array([at for at, skills in enumerate(asked) if skills], np.int64)
    return share(ranks(scores[rows], rows) < TOP)


def _by_kind(corpus: Corpus, matcher: PassportMatcher, asked: Sequence[Sequence[str]]) -> dict[str, float]:
    """The same, asking only the skills found in no other occupation, then only the shared ones."""
    uses = np.bincount(corpus.links.indices, minlength=len(corpus.skills))
    found = {}
    for name, shared in (("compétences d’aucun autre métier", False), ("compétences partagées", True)):
        kept = [
            [skill for skill in skills if (uses[corpus.skill_position[skill]] > 0) == shared]
            for skills in asked
        ]
        found[name] = _top(np.stack([matcher.score(skills) for skills in kept]), kept)
    return found
