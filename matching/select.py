"""Which places of a segment answer a search, before the filters that facets count.

A job is accepted when its value in the wanted table is above minus infinity. A place answers when it
has an accepted job and lies in the circle, or when it has an accepted full-remote job, wherever it is.
Two ways lead to the same answer and the cheaper one is taken: read the jobs of every place of the
circle, or read the postings of each accepted job and keep what lies in the circle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.values import Point
from matching.columns import Columns, Slots
from matching.grid import chord2_of, circle, unit_vectors
from matching.index import FULL_REMOTE, Segment, spans
from matching.records import MODE_SHIFT

Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]
Bounds = NDArray[np.int64] | NDArray[np.int32]
Scalar = TypeVar("Scalar", bound=np.generic)

ALL_MODES = 0b111
_PLACE_NS, _POSTING_NS, _LOOKUP_NS, _JOB_NS = 30, 60, 150, 8000
"""Rough costs, to choose a way: a place read, a posting read, a bound looked up, a job begun."""


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
    done remotely (None: no such job in the segment), minus infinity for none of the modes asked;
    `modes` are the bits of all the jobs reached; `chord2` the squared chord to the place asked.
    """

    slots: Slots
    near: Floats
    remote: Floats | None
    modes: Bits
    chord2: Floats | None


def select(segment: Segment, wanted: Wanted) -> Found:
    """The places of a segment that answer, tombstones included."""
    if wanted.place is None:
        low, high = np.zeros(1, np.int64), np.full(1, segment.columns.n)
        return _reached(segment, wanted, low, high, None)
    vector = unit_vectors(np.array([wanted.place.lat]), np.array([wanted.place.lon]))
    center = np.concatenate(vector)
    if segment.postings is None:
        low, high = np.zeros(1, np.int64), np.full(1, segment.columns.n)
    else:
        low, high = segment.ranges(*circle(wanted.place, wanted.radius_km))
    found = _reached(segment, wanted, low, high, center)
    return _with_remote(segment, wanted, found, center) if len(segment.remote.slot) else found


def _reached(
    segment: Segment,
    wanted: Wanted,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    center: Floats | None,
) -> Found:
    """Places of some slices that have an accepted job and lie in the circle."""
    columns = segment.columns
    if wanted.value is not None and _postings_cheaper(segment, wanted.value, low, high):
        slots, near, modes = _by_postings(segment, wanted, low, high)
        chord2 = None if center is None else _chord2(columns, slots, center)
    else:
        slots = spans(low, high).astype(np.int32)
        chord2 = None if center is None else _chord2_of_slices(columns, low, high, center)
        near, modes = _by_places(columns, wanted, low, high)
    kept = modes > 0
    if chord2 is not None:
        kept &= chord2 <= chord2_of(wanted.radius_km)
    if kept.all():
        return Found(slots, near, None, modes, chord2)
    at = np.flatnonzero(kept)
    return Found(slots[at], near[at], None, modes[at], None if chord2 is None else chord2[at])


def _by_places(
    columns: Columns,
    wanted: Wanted,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> tuple[Floats, Bits]:
    """Best value and modes of every place of some slices, reading their jobs."""
    if wanted.value is None:
        modes = np.right_shift(_slices(columns.flags, low, high), MODE_SHIFT)
        return np.where(modes & wanted.modes, 0.0, -np.inf), modes
    if not len(low):
        return np.zeros(0), np.zeros(0, np.uint8)
    row_low, row_high = columns.start[low], columns.start[high]
    value = wanted.value[_slices(columns.job, row_low, row_high)]
    mode = _slices(columns.mode, row_low, row_high)
    offsets = np.cumsum(row_high - row_low) - (row_high - row_low)
    opens = np.repeat(offsets - row_low, high - low) + _slices(columns.start, low, high)
    modes = np.bitwise_or.reduceat(np.where(value > -np.inf, mode, np.uint8(0)), opens)
    if wanted.modes != ALL_MODES:
        value = np.where(mode & wanted.modes, value, -np.inf)
    return np.maximum.reduceat(value, opens), modes


def _by_postings(
    segment: Segment,
    wanted: Wanted,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> tuple[Slots, Floats, Bits]:
    """Places of some slices that have an accepted job, reading the postings of those jobs."""
    postings, value = segment.postings, wanted.value
    if postings is None or value is None:
        raise ValueError("postings need a sealed segment and some jobs")
    whole = len(low) == 1 and high[0] - low[0] == segment.columns.n
    slots, modes, values = [], [], []
    for job in np.flatnonzero(value > -np.inf).tolist():
        begin, end = int(postings.start[job]), int(postings.start[job + 1])
        part = postings.slot[begin:end]
        rows = (
            np.arange(begin, end)
            if whole
            else begin + spans(np.searchsorted(part, low), np.searchsorted(part, high))
        )
        slots.append(postings.slot[rows])
        modes.append(postings.mode[rows])
        values.append(np.full(len(rows), value[job]))
    if not slots:
        return np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.uint8)
    return _folded(np.concatenate(slots), np.concatenate(values), np.concatenate(modes), wanted.modes)


def _folded(slots: Slots, value: Floats, modes: Bits, asked: int) -> tuple[Slots, Floats, Bits]:
    """One entry a place: its best value among the modes asked, the bits of all."""
    if not len(slots):
        return slots, value, modes
    order = np.argsort(slots, kind="stable")
    slots, value, modes = slots[order], value[order], modes[order]
    opens = np.flatnonzero(np.diff(slots, prepend=-1))
    if asked != ALL_MODES:
        value = np.where(modes & asked, value, -np.inf)
    return slots[opens], np.maximum.reduceat(value, opens), np.bitwise_or.reduceat(modes, opens)


def _with_remote(segment: Segment, wanted: Wanted, found: Found, center: Floats) -> Found:
    """The same, with the places whose full-remote jobs are accepted, in the circle or not."""
    remote = segment.remote
    value = np.zeros(len(remote.job)) if wanted.value is None else wanted.value[remote.job]
    best = np.maximum.reduceat(value, remote.start[:-1])
    accepted = best > -np.inf
    slots, best = remote.slot[accepted], best[accepted]
    if not wanted.modes & FULL_REMOTE:
        best = np.full(len(best), -np.inf)
    at = np.minimum(np.searchsorted(found.slots, slots), max(0, len(found.slots) - 1))
    inside = found.slots[at] == slots if len(found.slots) else np.zeros(len(slots), np.bool_)
    far = np.full(len(found.slots), -np.inf)
    far[at[inside]] = best[inside]
    beyond = slots[~inside]
    chord2 = _chord2(segment.columns, beyond, center)
    return Found(
        np.concatenate([found.slots, beyond]),
        np.concatenate([found.near, np.full(len(beyond), -np.inf)]),
        np.concatenate([far, best[~inside]]),
        np.concatenate([found.modes, np.full(len(beyond), FULL_REMOTE, np.uint8)]),
        chord2 if found.chord2 is None else np.concatenate([found.chord2, chord2]),
    )


def _postings_cheaper(
    segment: Segment,
    value: Floats,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> bool:
    if segment.postings is None:
        return False
    places = int((high - low).sum())
    jobs = np.flatnonzero(value > -np.inf)
    rows = int((segment.postings.start[jobs + 1] - segment.postings.start[jobs]).sum())
    part = places / max(1, segment.columns.n)
    by_postings = len(jobs) * (_JOB_NS + 2 * _LOOKUP_NS * len(low)) + rows * part * _POSTING_NS
    return by_postings < places * _PLACE_NS


def _slices(column: NDArray[Scalar], low: Bounds, high: Bounds) -> NDArray[Scalar]:
    """Several slices of a column, one after the other; a view when there is one."""
    if len(low) == 1:
        return column[low[0] : high[0]]
    parts = [column[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    return np.concatenate(parts) if parts else column[:0]


def _chord2_of_slices(
    columns: Columns,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    center: Floats,
) -> Floats:
    return _sum_of_squares(
        (_slices(column, low, high) for column in (columns.x, columns.y, columns.z)), center
    )


def _chord2(columns: Columns, slots: Slots, center: Floats) -> Floats:
    return _sum_of_squares((column[slots] for column in (columns.x, columns.y, columns.z)), center)


def _sum_of_squares(axes: Iterable[Floats], center: Floats) -> Floats:
    squares = []
    for axis, at in zip(axes, center.tolist(), strict=True):
        step = axis - at
        squares.append(np.multiply(step, step, out=step))
    total: Floats = squares[0]
    total += squares[1]
    total += squares[2]
    return total
