"""Who is shown, with some weights, against with the priors: what a change of weights may not take away.

Searches are invented around places of the index itself, so that they ask what companies offer. A hit at
rank r of the first page is seen 1 / log2(r + 1); a group's exposure is its part of all that is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.search import DEFAULT_PAGE_SIZE, Criteria, Filters
from domain.values import Point
from matching.columns import Columns
from matching.index import OfferIndex
from matching.occupations import Occupations
from matching.rank import rank
from matching.records import GROUP_SHIFT, HEADCOUNT_GROUPS, VOLUNTEER
from matching.terms import PRIORS

SEARCHES, SEED = 400, 20261121
SKILLS_ASKED = 8
LEAST_PART = 0.8
"""A group keeps at least this part of the exposure that the priors give it."""
LEAST_SEEN = 0.005
"""A group seen less than this with the priors is too small to be judged."""
_SMALL = tuple(at for at, (_, codes) in enumerate(HEADCOUNT_GROUPS) if {"00", "01"} & set(codes))
"""Groups of companies under ten employees."""
_RADII_KM = (10.0, 30.0, 50.0)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of each group with the weights, divided by that with the priors, by the group's name."""

    parts: Mapping[str, float]

    @property
    def unfair(self) -> tuple[str, ...]:
        """The groups that lose too much."""
        return tuple(group for group, part in self.parts.items() if part < LEAST_PART)


def compare(
    weights: Mapping[str, float],
    occupations: Occupations,
    index: OfferIndex,
    rural: frozenset[int],
    today: date,
) -> Exposure:
    """Exposure of new companies, of small ones and of the `rural` places (ids) in invented searches."""
    searches = invented(occupations, index, today)
    groups = _groups(index, rural)
    before, after = (_seen(searches, occupations, index, one, groups) for one in (PRIORS, weights))
    return Exposure(
        {name: round(after[name] / before[name], 4) for name in groups if before[name] >= LEAST_SEEN}
    )


def invented(occupations: Occupations, index: OfferIndex, today: date) -> list[Criteria]:
    """Searches near places of volunteers, half for their occupation, half with some of its skills."""
    rng = np.random.default_rng(SEED)
    found: list[Criteria] = []
    for segment in index.segments:
        columns = segment.columns
        open_slots = np.flatnonzero((columns.flags & VOLUNTEER) > 0)
        share = round(SEARCHES * len(open_slots) / max(1, _volunteers(index)))
        for at, slot in enumerate(rng.choice(open_slots, share) if len(open_slots) else ()):
            rome = occupations.codes[
                int(rng.choice(columns.job[columns.start[slot] : columns.start[slot + 1]]))
            ]
            known = occupations.to_learn(rome, (), 4 * SKILLS_ASKED)
            some = rng.choice(known, min(len(known), SKILLS_ASKED), replace=False).tolist() if known else []
            found.append(
                Criteria(
                    today=today,
                    rome=(rome,) if at % 2 or not some else (),
                    near=bool(at % 4 == 1),
                    skills=tuple(some) if not at % 2 else (),
                    place=_point(columns, int(slot)),
                    radius_km=float(rng.choice(_RADII_KM)),
                    filters=Filters(volunteers_only=True),
                    seed=at,
                )
            )
    return found


def _volunteers(index: OfferIndex) -> int:
    return sum(int(((part.columns.flags & VOLUNTEER) > 0).sum()) for part in index.segments)


def _point(columns: Columns, slot: int) -> Point:
    x, y, z = columns.point[:, slot].tolist()
    return Point(float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x))))


def _groups(index: OfferIndex, rural: frozenset[int]) -> dict[str, NDArray[np.int64]]:
    """Ids of the places of each group, sorted."""
    new, small = [], []
    for segment in index.segments:
        columns = segment.columns
        headcount = (columns.profile >> GROUP_SHIFT) & 7
        new.append(columns.place[columns.asked == 0])
        small.append(columns.place[np.isin(headcount, _SMALL)])
    empty = [np.zeros(0, np.int64)]
    return {
        "nouvelles": np.sort(np.concatenate(new or empty)),
        "petites": np.sort(np.concatenate(small or empty)),
        "rurales": np.sort(np.fromiter(rural, np.int64, len(rural))),
    }


def _seen(
    searches: list[Criteria],
    occupations: Occupations,
    index: OfferIndex,
    weights: Mapping[str, float],
    groups: Mapping[str, NDArray[np.int64]],
) -> dict[str, float]:
    """Exposure of each group, in [0, 1]."""
    worth = 1.0 / np.log2(np.arange(DEFAULT_PAGE_SIZE) + 2.0)
    total, seen = 0.0, dict.fromkeys(groups, 0.0)
    for criteria in searches:
        hits = rank(criteria, occupations, index, weights).hits
        places = np.array([hit.place_id for hit in hits], np.int64)
        total += float(worth[: len(places)].sum())
        for name, ids in groups.items():
            seen[name] += float(worth[: len(places)][np.isin(places, ids)].sum())
    return {name: value / max(total, 1e-9) for name, value in seen.items()}
