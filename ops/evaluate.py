"""How often a look-up finds what was meant, when it is mistyped.

Each sample is a label of the referential in use, written as people write: a letter lost, doubled or
swapped with its neighbour, accents left out. Found means the same occupation, skill or commune.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from data.queries.catalog import catalog
from domain.values import fold
from ops.bench.database import bench_database
from ops.bench.sample import SEED
from ops.bench.speeds import speeds_of
from ops.transactions import transaction
from services.lookups import Lookups, build_lookups, find_appellations, find_places, find_skills
from settings import Settings

SAMPLES = 1000
RANKS = (1, 3, 10)
_SHORTEST = 4
"""A word this short or shorter is typed right: one letter changed makes it another word."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One look-up: the labels to type with what they mean, and how to ask."""

    name: str
    wanted: Sequence[tuple[str, str]]
    find: Callable[[str], list[str]]


def run(settings: Settings, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure the three look-ups on the referentials in use; shares are of the samples, in [0, 1]."""
    with bench_database(settings, say) as ready:
        lookups = asyncio.run(_load(ready.database_url))
    results: dict[str, Any] = {}
    seconds: list[float] = []
    for kind in _kinds(lookups):
        results[kind.name], took = _measure(kind)
        seconds += took
        shares = [f"{results[kind.name][f'found_at_{rank}']:.1%}".replace(".", ",") for rank in RANKS]
        say(f"{kind.name} : {shares[0]} en premier, {shares[1]} dans les 3, {shares[2]} dans les 10")
    return {**speeds_of(seconds), "samples": SAMPLES, **results}


async def _load(database_url: str) -> Lookups:
    async with transaction(database_url) as session:
        return build_lookups(await catalog(session))


def _kinds(lookups: Lookups) -> tuple[Kind, ...]:
    most = max(RANKS)
    return (
        Kind(
            "appellations",
            [(one.label, one.rome) for one in lookups.found_appellations],
            lambda text: [one.rome for one in find_appellations(lookups, text, most)],
        ),
        Kind(
            "skills",
            [(one.label, fold(one.label)) for one in lookups.found_skills],
            lambda text: [fold(one.label) for one in find_skills(lookups, text, most)],
        ),
        Kind(
            "places",
            [(one.label, fold(one.label)) for one in lookups.found_places],
            lambda text: [fold(one.label) for one in find_places(lookups, text, most)],
        ),
    )


def _measure(kind: Kind) -> tuple[dict[str, float], list[float]]:
    rng = random.Random(f"{SEED} {kind.name}")  # noqa: S311 - a sample, not a secret
    found = dict.fromkeys(RANKS, 0)
    seconds = []
    for label, meant in rng.choices(kind.wanted, k=SAMPLES):
        typed = mistyped(label, rng)
        began = perf_counter()
        answers = kind.find(typed)
        seconds.append(perf_counter() - began)
        for rank in RANKS:
            found[rank] += meant in answers[:rank]
    return {f"found_at_{rank}": round(count / SAMPLES, 4) for rank, count in found.items()}, seconds


def mistyped(label: str, rng: random.Random) -> str:
    """The label in small letters without accents, one of its longer words with one slip of the finger."""
    words = fold(label).split()
    long = [at for at, word in enumerate(words) if len(word) > _SHORTEST]
    if long:
        at = rng.choice(long)
        words[at] = _slip(words[at], rng)
    return " ".join(words)


def _slip(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    slips = {before + after, before + letter * 2 + after, before + after[0] + letter + after[1:]}
    return rng.choice(sorted(slips - {word}))
