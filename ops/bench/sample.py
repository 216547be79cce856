"""Invented companies and searches for the benchmarks: the same ones for the same seed.

Companies stand around the 100 largest towns, in proportion to their people, and a part of them in any
commune. One in ten is a « potentiel »; the others have 1.7 offers on average, of occupations that
follow Zipf's law. Nobody's real data is used but communes and the codes of the ROME.
"""

import csv
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.company import DEFAULT_QUOTA
from domain.search import ContactMode, Criteria
from domain.values import HEADCOUNTS, Point
from matching.records import CONTACTS, NO_RECORDS, Records
from settings import ROOT

SEED = 20261121
TOWNS = 100
RURAL_PART = 0.2
SPREAD_DEG = 0.06
"""Standard deviation of a company's distance to the centre of its town."""
OFFERS = np.array([0.5, 0.3, 0.2])
"""Chances of 1, 2, 3 offers: 1.7 on average."""
POTENTIEL_PART, FULL_REMOTE_PART, HYBRID_PART = 0.10, 0.01, 0.05
ZIPF = 0.8
RADII_KM = (10.0, 30.0, 50.0, 100.0)
SKILLS_ASKED = 8
TODAY = date(2026, 11, 21)
_TODAY = (TODAY - date(2000, 1, 1)).days


@dataclass(frozen=True, slots=True)
class World:
    """Where companies may be, and what they may do."""

    towns: NDArray[np.float64]
    """(n, 2): latitude and longitude of the largest towns."""
    weights: NDArray[np.float64]
    communes: NDArray[np.float64]
    romes: tuple[str, ...]
    rome_weights: NDArray[np.float64]
    divisions: tuple[str, ...]

    @classmethod
    def starter(cls) -> "World":
        """From the communes, occupations and divisions that the project ships."""
        rows = sorted(_rows("communes"), key=lambda row: (-int(row["population"]), row["insee"]))
        points = np.array([(float(row["lat"]), float(row["lon"])) for row in rows])
        people = np.array([float(row["population"]) for row in rows[:TOWNS]])
        romes = np.array(sorted(row["rome"] for row in _rows("occupations")))
        shuffled = np.random.default_rng(SEED).permutation(romes)
        weights = 1.0 / np.arange(1, len(romes) + 1) ** ZIPF
        divisions = sorted({row["division"] for row in _rows("naf_rome")})
        return cls(
            points[:TOWNS],
            people / people.sum(),
            points,
            tuple(str(rome) for rome in shuffled),
            weights / weights.sum(),
            tuple(divisions),
        )

    def points(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Latitudes and longitudes of `count` companies or people, shape (count, 2)."""
        around = self.towns[rng.choice(len(self.towns), count, p=self.weights)]
        around = around + rng.normal(0.0, SPREAD_DEG, (count, 2))
        rural = self.communes[rng.integers(0, len(self.communes), count)]
        rural = rural + rng.normal(0.0, SPREAD_DEG / 4, (count, 2))
        return np.where((rng.random(count) < RURAL_PART)[:, None], rural, around)


@dataclass(frozen=True, slots=True)
class Sample:
    """Companies as columns, one place each; the offers of company i are rows `start[i]` to `start[i + 1]`."""

    points: NDArray[np.float64]
    potentiel: NDArray[np.bool_]
    contact: NDArray[np.int64]
    headcount: NDArray[np.int64]
    division: NDArray[np.int64]
    engaged: NDArray[np.bool_]
    disabled: NDArray[np.int64]
    age_days: NDArray[np.int64]
    asked: NDArray[np.int64]
    """Requests received, none by a third of the companies."""
    answered: NDArray[np.int64]
    delay_hours: NDArray[np.float64]
    """Of all the answers of a company."""
    contacts: NDArray[np.int64]
    """Requests of the last 28 days, under the quota."""
    start: NDArray[np.int64]
    rome: NDArray[np.int64]
    mode: NDArray[np.int64]


def sample_of(world: World, companies: int) -> Sample:
    """That many companies of the world."""
    rng = np.random.default_rng(SEED + companies)
    potentiel = rng.random(companies) < POTENTIEL_PART
    counts = np.where(potentiel, 0, rng.choice(3, companies, p=OFFERS) + 1)
    start = np.concatenate([[0], np.cumsum(counts)])
    volunteers = [CONTACTS.index(mode) for mode in CONTACTS if mode is not ContactMode.NONE]
    none = CONTACTS.index(ContactMode.NONE)
    remote = 1.0 - HYBRID_PART - FULL_REMOTE_PART
    asked = np.where(potentiel, 0, np.maximum(rng.integers(-10, 20, companies), 0))
    return Sample(
        points=world.points(rng, companies),
        potentiel=potentiel,
        contact=np.where(potentiel, none, rng.choice(volunteers, companies)),
        headcount=rng.integers(0, len(HEADCOUNTS), companies),
        division=rng.integers(0, len(world.divisions), companies),
        engaged=rng.random(companies) < 0.05,  # noqa: PLR2004 - one in twenty
        disabled=rng.choice(3, companies, p=(0.05, 0.25, 0.7)),
        age_days=rng.integers(0, 720, companies),
        asked=asked,
        answered=asked * 2 // 3,
        delay_hours=asked * 2 // 3 * rng.uniform(2.0, 240.0, companies),
        contacts=asked % DEFAULT_QUOTA,
        start=start,
        rome=rng.choice(len(world.romes), int(start[-1]), p=world.rome_weights),
        mode=rng.choice(3, int(start[-1]), p=(remote, HYBRID_PART, FULL_REMOTE_PART)),
    )


def records_of(world: World, sample: Sample) -> Records:
    """The sample as the records that PostgreSQL would send."""
    offers = np.diff(sample.start)
    owner = np.repeat(np.arange(len(offers)), np.maximum(offers, 1))
    records = np.zeros(len(owner), NO_RECORDS.dtype)
    records["company"] = records["place"] = owner + 1
    records["lat"], records["lon"] = sample.points[owner, 0], sample.points[owner, 1]
    divisions = np.array(world.divisions, "S2")[sample.division]
    known = offers[owner] > 0
    romes = np.array(world.romes, "S5")
    records["job"][known], records["mode"] = romes[sample.rome], 1
    records["job"][~known] = np.array([f"{code:<5}" for code in world.divisions], "S5")[sample.division][
        owner[~known]
    ]
    records["mode"][known] = sample.mode + 1
    records["contact"], records["disabled"] = sample.contact[owner] + 1, sample.disabled[owner] + 1
    records["headcount"] = np.array(list(HEADCOUNTS), "S2")[sample.headcount][owner]
    records["division"], records["engaged"] = divisions[owner], sample.engaged[owner]
    records["for_job_seekers"] = True
    records["quota"], records["created"] = DEFAULT_QUOTA, _TODAY - sample.age_days[owner]
    records["asked"], records["answered"] = sample.asked[owner], sample.answered[owner]
    records["contacts"], records["delay"] = sample.contacts[owner], sample.delay_hours[owner]
    records["updated"], records["paused"] = _TODAY - sample.age_days[owner], np.iinfo(np.int32).min
    return records


def criteria_of(world: World, skills: dict[str, list[str]], count: int) -> list[Criteria]:
    """The mixed load: 10, 30, 50 or 100 km, 0, 1 or 3 occupations, half with a passport of 8 skills.

    `skills` are those of each occupation: a passport is drawn from one of them.
    """
    rng = np.random.default_rng(SEED)
    points = world.points(rng, count)
    described = sorted(rome for rome, known in skills.items() if len(known) >= SKILLS_ASKED)
    found = []
    for at in range(count):
        asked: list[str] = []
        if at % 2 and described:
            asked = rng.choice(
                skills[described[rng.integers(len(described))]], SKILLS_ASKED, replace=False
            ).tolist()
        wanted = rng.choice(len(world.romes), int(rng.choice((0, 1, 3))), p=world.rome_weights)
        found.append(
            Criteria(
                today=TODAY,
                skills=tuple(asked),
                rome=tuple(world.romes[i] for i in wanted),
                place=Point(float(points[at, 0]), float(points[at, 1])),
                radius_km=float(rng.choice(RADII_KM)),
            ),
        )
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / "starter" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
