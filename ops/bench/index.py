"""The index alone, in process and without a database: how time and memory grow with the offers."""

import gc
import resource
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from matching.index import OfferIndex
from matching.occupations import OccupationRows, Occupations
from matching.rank import rank
from ops.bench.sample import SEED, World, criteria_of, records_of, sample_of

SIZES = (100_000, 1_000_000, 5_000_000)
OFFERS_A_COMPANY = 1.63
"""1.7 for nine volunteers in ten, one row for a « potentiel »."""
SKILLS_AN_OCCUPATION, SKILLS = 55, 18_000
PATCHES = 200


@dataclass(frozen=True, slots=True)
class Speeds:
    """Times of some calls, in milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Speeds":
        """Percentiles of durations in seconds."""
        p50, p95, p99 = (float(value) * 1000 for value in np.percentile(seconds, (50, 95, 99)))
        return cls(round(p50, 3), round(p95, 3), round(p99, 3))


def invented_skills(world: World) -> tuple[Occupations, dict[str, list[str]]]:
    """Occupations with as many skills as the full ROME, drawn with the same unevenness."""
    rng = np.random.default_rng(SEED)
    weights = 1.0 / np.arange(1, SKILLS + 1) ** ZIPF_OF_SKILLS
    weights /= weights.sum()
    skills: dict[str, list[str]] = {}
    links = []
    for rome in sorted(world.romes):
        drawn = np.unique(rng.choice(SKILLS, SKILLS_AN_OCCUPATION, p=weights))
        skills[rome] = [str(100_000 + number) for number in drawn]
        links += [(rome, skill, at % 4 == 0) for at, skill in enumerate(skills[rome])]
    members = {division: rng.choice(world.romes, 33, replace=False) for division in world.divisions}
    rows = OccupationRows(
        occupations=[(rome, rome) for rome in world.romes],
        skills=[(str(100_000 + number), "savoir_faire", None) for number in range(SKILLS)],
        links=links,
        divisions=[(division, str(rome)) for division, romes in members.items() for rome in romes],
    )
    return Occupations(rows), skills


ZIPF_OF_SKILLS = 0.6


def run(say: Callable[[str], None], sizes: tuple[int, ...] = SIZES, searches: int = 400) -> dict[str, Any]:
    """Measure each size; the top level is that of the last one."""
    world = World.starter()
    occupations, skills = invented_skills(world)
    criteria = criteria_of(world, skills, searches)
    details: dict[str, Any] = {}
    for size in sizes:
        details[str(size)] = one = _measure(world, occupations, criteria, size)
        say(
            f"{size:>9} offres : p50 {one['p50_ms']} ms, p95 {one['p95_ms']} ms, "
            f"{one['bytes_per_offer']} octets par offre, {one['load_per_s']:.0f} offres/s au chargement, "
            f"une entreprise réécrite en {one['patch_p95_ms']} ms (p95)",
        )
        gc.collect()
    return {**details[str(sizes[-1])], "sizes": details}


def _measure(world: World, occupations: Occupations, criteria: list[Any], size: int) -> dict[str, Any]:
    records = records_of(world, sample_of(world, round(size / OFFERS_A_COMPANY)))
    index = OfferIndex(occupations.job_codes())
    began = perf_counter()
    index.load(records)
    load_s = perf_counter() - began
    patches = _patches(index, records)
    for one in criteria[:50]:
        rank(one, occupations, index)
    times, totals = [], []
    for one in criteria:
        began = perf_counter()
        totals.append(rank(one, occupations, index).total)
        times.append(perf_counter() - began)
    began = perf_counter()
    index.compact()
    compact_s = perf_counter() - began
    speeds = Speeds.of(times)
    return {
        "rate_per_s": round(len(times) / sum(times), 1),
        "p50_ms": speeds.p50,
        "p95_ms": speeds.p95,
        "p99_ms": speeds.p99,
        "rss_mb": resident_mb(),
        "offers": index.n_offers,
        "bytes_per_offer": round(index.nbytes / index.n_offers, 1),
        "load_per_s": round(len(records) / load_s),
        "patch_p50_ms": patches.p50,
        "patch_p95_ms": patches.p95,
        "compaction_s": round(compact_s, 2),
        "mean_hits": round(float(np.mean(totals)), 1),
    }


def _patches(index: OfferIndex, records: Any) -> Speeds:  # noqa: ANN401 - records of matching
    """Rewrite companies one by one, as a refresh does."""
    rng = np.random.default_rng(SEED)
    times = []
    for company in rng.choice(int(records["company"][-1]), PATCHES, replace=False) + 1:
        low, high = np.searchsorted(records["company"], [company, company + 1])
        mine = records[low:high].copy()
        began = perf_counter()
        index.replace(int(company), mine)
        times.append(perf_counter() - began)
    return Speeds.of(times)


def resident_mb() -> float:
    """Most memory this process ever held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
