"""The ranking: candidates, filters, score, and the page asked, without sorting everything.

The order is the same on every process. By relevance, hits of one hundredth of score rotate
(`matching.rotation`); by another order, scores are compared at six decimals and distances at the
metre. Ties fall by place id. Volunteers come before « potentiels » whatever the order asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.search import MAX_LISTED_OCCUPATIONS, Audience, Criteria, Ranked, Ranking, Sort
from matching.answers import smoothed_days, smoothed_rate
from matching.columns import Columns, WideSlots
from matching.facets import all_but, facets_of, masks_of, modes_bits
from matching.grid import km_of
from matching.index import FULL_REMOTE, OfferIndex, Segment
from matching.occupations import Occupations
from matching.records import JOB_SEEKERS, LIVE, PUPILS, REMOTE_SHIFT, VOLUNTEER
from matching.rotation import BUCKETS, KEY_BITS, buckets_of, rotation_keys
from matching.select import Found, Wanted, select
from matching.terms import PRIORS, Shown, Terms, day_number

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]

_SCORE_BITS, _METRE_BITS, _DAY_BITS, _DELAY_BITS, _RATE_BITS = 20, 25, 16, 16, 20
_SCORE_STEPS = 1_000_000
_DELAY_STEPS, _RATE_STEPS = 24, (1 << _RATE_BITS) - 1
"""Delays are compared at the hour, rates at a millionth."""
_SHOWN = 1 + MAX_LISTED_OCCUPATIONS
_SAMPLED_FROM, _SAMPLE, _SPARE = 8192, 256, 16
_LATE_BIT = 62
"""« Potentiels » sort after everybody."""
_LAST_DAY = (1 << _DAY_BITS) - 1


@dataclass(frozen=True, slots=True)
class _Part:
    """Candidates of one segment: every filter still to be applied but who may see them."""

    segment: Segment
    found: Found
    profiles: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Hits of one segment: shape (k,) each. `km` is None without a place; `inside` the circle or not.

    `keys` sort by relevance to the bucket alone, by any other order to the end.
    """

    segment: Segment
    slots: WideSlots
    inside: NDArray[np.bool_]
    km: Floats | None
    keys: Keys | NDArray[np.uint8]


def rank(
    criteria: Criteria,
    occupations: Occupations,
    index: OfferIndex,
    weights: Mapping[str, float] = PRIORS,
) -> Ranking:
    """The page of hits asked, how many there are, and the facets."""
    terms = Terms(criteria, occupations, weights)
    seed = day_number(criteria.today) if criteria.seed is None else criteria.seed
    filters = criteria.filters
    wanted = Wanted(terms.job_value(), modes_bits(filters), criteria.place, criteria.radius_km)
    parts = [_visible(segment, select(segment, wanted), criteria) for segment in index.segments]
    masks = [masks_of(filters, p.segment.columns, p.found.slots, p.profiles) for p in parts]
    scored = [
        _score(part, all_but(mask, ""), terms, criteria) for part, mask in zip(parts, masks, strict=True)
    ]
    names = masks[0].keys() if masks else ()
    facets = facets_of(
        np.concatenate([part.profiles for part in parts] or [np.zeros(0, np.uint16)]),
        {name: np.concatenate([mask[name] for mask in masks]) for name in names},
    )
    hits = _page(scored, criteria, seed)
    shown = _Shower(criteria, occupations, terms)
    return Ranking(
        sum(len(part.slots) for part in scored),
        tuple(shown.hit(part, at) for part, at in hits),
        facets,
        {code: weight for code, weight in terms.weights.items() if weight},
        seed,
    )


def _visible(segment: Segment, found: Found, criteria: Criteria) -> _Part:
    """Those that are alive, open that day, of the company asked, and want to be found by this audience."""
    need = LIVE
    if criteria.filters.audience is not None:
        need |= JOB_SEEKERS if criteria.filters.audience is Audience.JOB_SEEKERS else PUPILS
    if criteria.filters.volunteers_only:
        need |= VOLUNTEER
    columns, slots = segment.columns, found.slots
    kept = (columns.flags[slots] & need) == need
    if criteria.company is not None:
        kept &= columns.company[slots] == criteria.company
    today = day_number(criteria.today)
    if segment.last_pause > today:
        kept &= columns.paused[slots] <= today
    if not kept.all():
        found = _compressed(found, kept)
    modes = np.left_shift(found.modes.astype(np.uint16), REMOTE_SHIFT, dtype=np.uint16)
    profiles = np.bitwise_or(columns.profile[found.slots], modes)
    return _Part(segment, found, profiles)


def _compressed(found: Found, kept: NDArray[np.bool_]) -> Found:
    at = kept.nonzero()[0]
    return Found(
        found.slots[at],
        found.near[at],
        None if found.remote is None else found.remote[at],
        found.modes[at],
        None if found.chord2 is None else found.chord2[at],
    )


def _score(part: _Part, kept: NDArray[np.bool_] | None, terms: Terms, criteria: Criteria) -> _Scored:
    """Score the candidates that pass the filters and give each its sorting key, smallest first."""
    found = part.found if kept is None else _compressed(part.found, kept)
    columns = part.segment.columns
    km = None if found.chord2 is None else km_of(found.chord2)
    score = terms.of_distance(km, len(found.slots))
    score += found.near
    if found.remote is not None:
        np.maximum(score, found.remote + terms.weights["distance"], out=score)
    volunteers = (columns.flags[found.slots] & VOLUNTEER) > 0
    score += terms.of_places(columns, found.slots, volunteers)
    keys: Keys | NDArray[np.uint8]
    if criteria.sort is Sort.RELEVANCE:
        keys = BUCKETS - buckets_of(score) + (BUCKETS + 1) * (~volunteers).astype(np.uint8)
    else:
        keys = _keys(score, km, columns, found.slots, criteria.sort)
        keys |= (~volunteers).astype(np.int64) << _LATE_BIT
    return _Scored(part.segment, found.slots, found.near > -np.inf, km, keys)


def _keys(score: Floats, km: Floats | None, columns: Columns, slots: WideSlots, sort: Sort) -> Keys:
    """Sorting keys, smallest first, of the orders that do not rotate."""
    lack = _SCORE_STEPS - _rounded(np.minimum(score, 1.0), _SCORE_STEPS)
    if sort is Sort.RESPONSIVE:
        asked, answered = columns.asked[slots], columns.answered[slots]
        late = _RATE_STEPS - _rounded(smoothed_rate(asked, answered), _RATE_STEPS)
        slow = _rounded(smoothed_days(answered, columns.delay[slots]), _DELAY_STEPS)
        return np.asarray((late << _DELAY_BITS | slow) << _SCORE_BITS | lack)
    metres = np.zeros(len(score), np.int64) if km is None else _rounded(km, 1000)
    if sort is Sort.DISTANCE:
        return np.asarray(metres << _SCORE_BITS | lack)
    age = (_LAST_DAY - np.clip(columns.updated[slots], 0, _LAST_DAY)).astype(np.int64)
    return np.asarray((age << _SCORE_BITS | lack) << _METRE_BITS | metres)


def _rounded(values: Floats, steps: int) -> Keys:
    """Values counted in steps, to the nearest."""
    scaled = values * steps
    return np.rint(scaled, out=scaled).astype(np.int64)


def _page(scored: list[_Scored], criteria: Criteria, seed: int) -> list[tuple[_Scored, int]]:
    """The hits of the page in order: those up to the last key of the page, then sorted with ties."""
    first = (criteria.page - 1) * criteria.page_size
    total = sum(len(part.keys) for part in scored)
    if first >= total:
        return []
    last = min(first + criteria.page_size, total)
    keys = np.concatenate([part.keys for part in scored])
    starts = np.cumsum([0, *(len(part.keys) for part in scored)])
    if criteria.sort is Sort.RELEVANCE:
        at, before = _buckets_of_page(keys, first, last)
        places, room = _read(scored, starts, at)
        kept = keys[at].astype(np.int64) << KEY_BITS
        kept += rotation_keys(seed, places, room)
        few = _smallest(kept, last - before)
        at, places, kept = at[few], places[few], kept[few]
    else:
        at, before = _smallest(keys.astype(np.int64, copy=False), last), 0
        (places, _), kept = _read(scored, starts, at), keys[at]
    chosen = at[np.lexsort((places, kept))[first - before : last - before]]
    owner = np.searchsorted(starts, chosen, "right") - 1
    return [(scored[part], int(one - starts[part])) for part, one in zip(owner, chosen, strict=True)]


def _buckets_of_page(keys: NDArray[Any], first: int, last: int) -> tuple[NDArray[np.int64], int]:
    """Positions of the hits whose bucket the page [first, last) touches, and how many come before them."""
    upto = np.bincount(keys, minlength=2 * (BUCKETS + 1)).cumsum()
    low, high = upto.searchsorted([first, last - 1], "right")
    at = ((keys >= low) & (keys <= high)).nonzero()[0]
    return at, int(upto[low - 1]) if low else 0


def _read(
    scored: list[_Scored], starts: NDArray[np.int64], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Ids and room of the places at some positions (ascending) of all the parts."""
    bounds = at.searchsorted(starts)
    places, room = [], []
    for part, start, low, high in zip(scored, starts, bounds, bounds[1:], strict=False):
        slots = part.slots[at[low:high] - start]
        places.append(part.segment.columns.place[slots])
        room.append(part.segment.columns.left[slots])
    return np.concatenate(places), np.concatenate(room)


def _smallest(keys: Keys, count: int) -> NDArray[np.int64]:
    """Positions of the `count` smallest keys, ties of the last one included, ascending.

    Among many, a sample tells first which are far too large to be sorted out one by one.
    """
    at = np.arange(len(keys))
    if len(keys) > _SAMPLED_FROM:
        sample = keys[:: _SAMPLED_FROM // _SAMPLE]
        enough = 2 * count * len(sample) // len(keys) + _SPARE
        if enough < len(sample):
            likely = np.flatnonzero(keys <= np.partition(sample, enough)[enough])
            at = likely if len(likely) >= count else at
    if count >= len(at):
        return at
    kept = keys[at]
    return np.asarray(at[kept <= np.partition(kept, count - 1)[count - 1]])


class _Shower:
    """Turns the hits of a page into what is shown of them: the slow part, for a few places."""

    def __init__(self, criteria: Criteria, occupations: Occupations, terms: Terms) -> None:
        self._occupations, self._terms = occupations, terms
        self._modes = modes_bits(criteria.filters)
        self._members: dict[int, list[tuple[int, float]]] = {}
        self._compared: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def hit(self, part: _Scored, at: int) -> Ranked:
        """The hit at a position of a part."""
        columns, slot = part.segment.columns, part.slots.item(at)
        km = None if part.km is None else part.km.item(at)
        potentiel = not columns.flags.item(slot) & VOLUNTEER
        ranked = self._ranked(part.segment, slot, km, inside=bool(part.inside[at]))
        best, remote = ranked[0]
        rome = self._occupations.codes[best]
        if rome not in self._compared:
            self._compared[rome] = self._compare(rome)
        matched, to_learn = self._compared[rome]
        shown = Shown(columns, slot, best, km, remote, potentiel, len(matched))
        reasons = self._terms.reasons(shown)
        return Ranked(
            company_id=columns.company.item(slot),
            place_id=columns.place.item(slot),
            rome=rome,
            others=tuple(self._occupations.codes[other] for other, _ in ranked[1:]),
            distance_km=km,
            score=min(1.0, sum([reason.share for reason in reasons])),
            reasons=reasons,
            matched=matched,
            to_learn=to_learn,
        )

    def _compare(self, rome: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Skills matched and to learn."""
        asked = self._terms.skills
        return self._occupations.matched(rome, asked), self._occupations.to_learn(rome, asked)

    def _ranked(
        self, segment: Segment, slot: int, km: float | None, *, inside: bool
    ) -> list[tuple[int, bool]]:
        """Occupations reached at a place and whether remotely, best first, at most six."""
        columns = segment.columns
        near = 0.0 if km is None else self._terms.nearness(km)
        found: dict[int, tuple[float, bool]] = {}
        for row in range(columns.start.item(slot), columns.start.item(slot + 1)):
            modes = columns.mode.item(row) & self._modes
            remote = bool(modes & FULL_REMOTE) and km is not None
            if not modes or not (inside or remote):
                continue
            way = self._terms.weights["distance"] if remote else near
            for member, worth in self._best_members(columns.job.item(row)):
                if member not in found or found[member] < (worth + way, remote):
                    found[member] = (worth + way, remote)
        ordered = list(found.items())
        if len(ordered) > 1:
            ordered.sort(key=lambda item: (-item[1][0], item[0]))
        return [(member, remote) for member, (_, remote) in ordered[:_SHOWN]]

    def _best_members(self, job: int) -> list[tuple[int, float]]:
        """The accepted occupations of a job and their worth, best first, as many as a hit may list."""
        if job not in self._members:
            self._members[job] = self._read_members(job)
        return self._members[job]

    def _read_members(self, job: int) -> list[tuple[int, float]]:
        value = self._terms.occupation_value
        if job < self._occupations.n_occupations:
            only = 0.0 if value is None else float(value[job])
            return [(job, only)] if only > -np.inf else []
        members = self._occupations.members(job)
        worth = np.zeros(len(members)) if value is None else value[members]
        best = np.argsort(-worth, kind="stable")[:_SHOWN]
        pairs = zip(members[best].tolist(), worth[best].tolist(), strict=True)
        return [(member, one) for member, one in pairs if one > -np.inf]
