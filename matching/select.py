"""Which places of a segment answer a search, before the filters that facets count.

A job is accepted when its value in the wanted table is above minus infinity. A place answers when it
has an accepted job and lies in the circle, or when it has an accepted full-remote job, wherever it is.
Two ways lead to the same answer and the cheaper one is taken: read the jobs of every place of the
circle, or read the postings of each accepted job and keep what lies in the circle.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.values import Point
from matching.columns import Columns, Slots, WideSlots
from matching.grid import chord2_from, chord2_of, circle, latitudes, unit_vector
from matching.index import FULL_REMOTE, Postings, Remote, Segment, spans
from matching.records import MODE_SHIFT

Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]
Longs = NDArray[np.int64]
Scalar = TypeVar("Scalar", bound=np.generic)

ALL_MODES = 0b111
_PLACE_NS, _POSTING_NS, _CIRCLE_NS, _JOB_NS = 20, 20, 80_000, 4000
"""Rough costs, to choose a way: a place read, a posting read, a circle cut in slices, a job begun."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a place's jobs and of its position.

    `value` (n_jobs,) is what each job adds to the score, minus infinity when it is not accepted; None
    accepts all jobs, for 0. `modes` are the remote modes asked, as bits.
    """

    value: Floats | None
    modes: int = ALL_MODES
    place: Point | None = None
    radius_km: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Places of one segment, each once.

    `near` is the value of the best accepted job reached within the circle, `remote` of the best one
    done remotely (None: no accepted one), minus infinity for none of the modes asked;
    `modes` are the bits of all the jobs reached; `chord2` the squared chord to the place asked.
    """

    slots: WideSlots
    near: Floats
    remote: Floats | None
    modes: Bits
    chord2: Floats | None


@dataclass(frozen=True, slots=True)
class _Rows:
    """Accepted jobs at their places: a place comes once for each."""

    slots: WideSlots
    value: Floats
    modes: Bits


def select(segment: Segment, wanted: Wanted) -> Found:
    """The places of a segment that answer, tombstones included."""
    place, columns = wanted.place, segment.columns
    center = None if place is None else unit_vector(place)
    if wanted.value is None:
        low, high = _slices_of(segment, wanted)
        slots = spans(low, high)
        chord2 = None if center is None else chord2_from(center, _joined(columns.point, low, high))
        slots, chord2 = _within(slots, chord2, wanted.radius_km)
        modes = np.right_shift(columns.flags[slots], MODE_SHIFT, dtype=np.uint8)
        found = Found(slots, _asked(np.zeros(len(slots)), modes, wanted.modes), None, modes, chord2)
    else:
        rows, ascending = _accepted(segment, wanted, wanted.value)
        found = _folded(rows, columns, center, wanted, ascending=ascending)
    if center is None or not len(segment.remote.slot):
        return found
    return _with_remote(segment, wanted, found, center)


def _slices_of(segment: Segment, wanted: Wanted) -> tuple[Longs, Longs]:
    """Slices of places that hold the circle: of a tail, which has no order, everything."""
    if wanted.place is None or segment.postings is None:
        return np.zeros(1, np.int64), np.full(1, segment.columns.n)
    return segment.ranges(*circle(wanted.place, wanted.radius_km))


def _accepted(segment: Segment, wanted: Wanted, value: Floats) -> tuple[_Rows, bool]:
    """Accepted jobs at the places around the circle, and whether places ascend, the cheaper way."""
    postings, columns = segment.postings, segment.columns
    if postings is None:
        return _by_places(segment, value, *_slices_of(segment, wanted)), True
    jobs = (value > -np.inf).nonzero()[0]
    first, last = 0, columns.n
    if wanted.place is not None:
        west, east = np.array(latitudes(wanted.place, wanted.radius_km), np.int32)
        first, last = int(columns.cell.searchsorted(west)), int(columns.cell.searchsorted(east, "right"))
    rows = int((postings.start[jobs + 1] - postings.start[jobs]).sum())
    cost = len(jobs) * _JOB_NS + rows * (last - first) / max(1, columns.n) * _POSTING_NS
    if cost > _CIRCLE_NS:
        low, high = _slices_of(segment, wanted)
        if cost > _CIRCLE_NS + int((high - low).sum()) * _PLACE_NS:
            return _by_places(segment, value, low, high), True
    return _by_postings(postings, value, jobs, first, last), len(jobs) == 1


def _by_places(segment: Segment, value: Floats, low: Longs, high: Longs) -> _Rows:
    """Accepted jobs of the places of some slices, reading all their jobs."""
    columns = segment.columns
    low, high = columns.start[low].astype(np.int64), columns.start[high].astype(np.int64)
    found = value.take(_joined(columns.job, low, high))
    at = (found > -np.inf).nonzero()[0]
    slots = _joined(segment.owner, low, high)[at].astype(np.int64)
    return _Rows(slots, found[at], _joined(columns.mode, low, high)[at])


def _by_postings(postings: Postings, value: Floats, jobs: Longs, first: int, last: int) -> _Rows:
    """Accepted jobs of the places from `first` to `last`, reading the postings of those jobs."""
    slots: list[Slots] = [np.zeros(0, np.int32)]
    modes: list[Bits] = [np.zeros(0, np.uint8)]
    bounds, start = np.array([first, last], np.int32), postings.start
    for begin, end in zip(start[jobs].tolist(), start[jobs + 1].tolist(), strict=True):
        low, high = postings.slot[begin:end].searchsorted(bounds).tolist()
        slots.append(postings.slot[begin + low : begin + high])
        modes.append(postings.mode[begin + low : begin + high])
    values = np.repeat(value[jobs], [len(part) for part in slots[1:]])
    return _Rows(np.concatenate(slots).astype(np.int64), values, np.concatenate(modes))


def _folded(
    rows: _Rows, columns: Columns, center: Floats | None, wanted: Wanted, *, ascending: bool
) -> Found:
    """One entry a place of the circle: its best value among the modes asked, the bits of all."""
    slots, value, modes, chord2 = rows.slots, rows.value, rows.modes, None
    if center is not None:
        chord2 = chord2_from(center, columns.point.take(slots, axis=1))
        at = (chord2 <= chord2_of(wanted.radius_km)).nonzero()[0]
        slots, value, modes, chord2 = slots[at], value[at], modes[at], chord2[at]
    value = _asked(value, modes, wanted.modes)
    if not ascending:
        order = slots.argsort(kind="stable")
        slots, value, modes = slots[order], value[order], modes[order]
        chord2 = None if chord2 is None else chord2[order]
    opens = _opens(slots)
    if len(opens) < len(slots):
        value, modes = np.maximum.reduceat(value, opens), np.bitwise_or.reduceat(modes, opens)
        slots, chord2 = slots[opens], None if chord2 is None else chord2[opens]
    return Found(slots, value, None, modes, chord2)


def _with_remote(segment: Segment, wanted: Wanted, found: Found, center: Floats) -> Found:
    """The same, with the places whose full-remote jobs are accepted, in the circle or not."""
    slots, best = _best_remote(segment.remote, wanted.value)
    if not len(slots):
        return found
    chord2 = chord2_from(center, segment.columns.point.take(slots, axis=1))
    if not wanted.modes & FULL_REMOTE:
        best = np.full(len(best), -np.inf)
    inside = chord2 <= chord2_of(wanted.radius_km)
    near, far = inside.nonzero()[0], (~inside).nonzero()[0]
    remote = np.full(len(found.slots) + len(far), -np.inf)
    remote[found.slots.searchsorted(slots[near])] = best[near]  # all found: their jobs are accepted
    remote[len(found.slots) :] = best[far]
    return Found(
        np.concatenate([found.slots, slots[far]]),
        np.concatenate([found.near, np.full(len(far), -np.inf)]),
        remote,
        np.concatenate([found.modes, np.full(len(far), FULL_REMOTE, np.uint8)]),
        None if found.chord2 is None else np.concatenate([found.chord2, chord2[far]]),
    )


def _best_remote(remote: Remote, value: Floats | None) -> tuple[WideSlots, Floats]:
    """Places that have an accepted full-remote job, ascending, and the value of the best one."""
    slots, values = remote.slot.astype(np.int64), np.zeros(len(remote.slot))
    if value is not None:
        values = value.take(remote.job)
        at = (values > -np.inf).nonzero()[0]
        slots, values = slots[at], values[at]
    opens = _opens(slots)
    if len(opens) < len(slots):
        slots, values = slots[opens], np.maximum.reduceat(values, opens)
    return slots, values


def _within(slots: WideSlots, chord2: Floats | None, radius_km: float) -> tuple[WideSlots, Floats | None]:
    """The places of a circle."""
    if chord2 is None:
        return slots, None
    at = (chord2 <= chord2_of(radius_km)).nonzero()[0]
    return slots[at], chord2[at]


def _asked(value: Floats, modes: Bits, asked: int) -> Floats:
    """The values, minus infinity for jobs of none of the modes asked."""
    return value if asked == ALL_MODES else np.where(modes & asked, value, -np.inf)


def _opens(ascending: WideSlots) -> Longs:
    """Where each run of equal values begins."""
    opens = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=opens[1:])
    return opens.nonzero()[0]


def _joined(column: NDArray[Scalar], low: Longs, high: Longs) -> NDArray[Scalar]:
    """Several slices of a column's last axis, one after the other; a view when there is one."""
    if len(low) == 1:
        return column[..., low[0] : high[0]]
    parts = [column[..., a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    return np.concatenate(parts, axis=-1) if parts else column[..., :0]
