"""Occupations looked up by name, typed as people type: is the right one first, or among five?

Queries are drawn with a seed: names of the whole referential, as a man or a woman says them, without
accents; the same with one or two letters wrong; with the last word half typed; and our everyday words as
they are. The answer is a ROME code: any that has exactly the name drawn is right.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from domain.values import fold
from matching.baselines import partial_ratio
from matching.labels import spoken_forms
from matching.measured import Measured

Search = Callable[[str, int], Sequence[str]]
"""Query and limit → ROME codes, best first, each once."""

SEED = 460
EACH = 400
"""Queries of each kind; a quarter of them for the baseline, which is slow."""
TOP = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed, how, and the codes that are right."""

    kind: str
    text: str
    right: frozenset[str]


def queries(
    names: Sequence[tuple[str, str]], words: Sequence[tuple[str, str]], seed: int = SEED
) -> list[Typed]:
    """Queries drawn from (name, ROME code) and (everyday word, ROME code)."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    forms = [(form, rome) for name, rome in names for form in spoken_forms(name)]
    right: dict[str, set[str]] = {}
    for text, rome in [*forms, *words]:
        right.setdefault(fold(text), set()).add(rome)
    kinds: tuple[tuple[str, Sequence[tuple[str, str]], Callable[[str], str]], ...] = (
        ("sans accents", forms, lambda text: text),
        ("une faute", forms, lambda text: _slip(text, rng)),
        ("deux fautes", forms, lambda text: _slip(_slip(text, rng), rng)),
        ("mots à moitié", forms, _half),
        ("mots courants", words, lambda text: text),
    )
    drawn = []
    for kind, source, typed in kinds:
        for text, _ in rng.choices(source, k=EACH) if source else ():
            folded = fold(text)
            drawn.append(Typed(kind, typed(folded), frozenset(right[folded])))
    return drawn


def evaluate_titles(
    names: Sequence[tuple[str, str]],
    words: Sequence[tuple[str, str]],
    search: Search,
    seed: int = SEED,
) -> Measured:
    """`titles_first`, `titles_top5` and `titles_p95_ms` of a look-up, and of partial-ratio matching."""
    drawn = queries(names, words, seed)
    ours, kinds = _measure(drawn, search)
    texts = {(fold(form), rome) for name, rome in [*names, *words] for form in spoken_forms(name)}
    plain, _ = _measure(drawn[::4], partial_ratio(sorted(texts)))
    return Measured(ours, {"ratio partiel": plain}, {"graine": seed, **kinds})


def _measure(drawn: Sequence[Typed], search: Search) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    by_kind: dict[str, list[tuple[bool, bool]]] = {}
    seconds = []
    for typed in drawn:
        began = perf_counter()
        found = search(typed.text, TOP)
        seconds.append(perf_counter() - began)
        hit = (bool(found) and found[0] in typed.right, bool(typed.right & set(found[:TOP])))
        by_kind.setdefault(typed.kind, []).append(hit)
    everything = [hit for hits in by_kind.values() for hit in hits]
    kinds = {kind: _shares(hits) for kind, hits in by_kind.items()}
    p95 = round(float(np.percentile(seconds, 95)) * 1000, 3)
    return {**_shares(everything), "titles_p95_ms": p95}, kinds


def _shares(hits: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    first, top = np.array(hits, np.float64).mean(axis=0)
    return {"titles_first": round(float(first), 4), "titles_top5": round(float(top), 4)}


def _slip(text: str, rng: random.Random) -> str:
    """One letter left out, added, changed, or swapped with the next."""
    at = rng.choice([place for place, letter in enumerate(text) if letter != " "])
    before, letter, after = text[:at], text[at], text[at + 1 :]
    slips = [
        before + after,
        before + rng.choice(_LETTERS) + letter + after,
        before + rng.choice(_LETTERS) + after,
    ]
    if after[:1].strip():
        slips.append(before + after[0] + letter + after[1:])
    return rng.choice(slips)


def _half(text: str) -> str:
    """The last word half typed, four letters of it at least."""
    *words, last = text.split()
    return " ".join([*words, last[: max(_SHORTEST, (len(last) + 1) // 2)]])
