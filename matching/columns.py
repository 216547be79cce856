"""Places and their jobs as columns: what a segment of the index is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.grid import cell_of, unit_vectors
from matching.records import (
    MODE_SHIFT,
    JobCodes,
    Records,
    counts_of,
    divisions_of,
    flags_of,
    headcounts_of,
    left_of,
    mean_delays_of,
    modes_of,
    profiles_of,
    service_of,
)

Slots = NDArray[np.int32]
"""Positions of places as they are kept."""
WideSlots = NDArray[np.int64]
"""The same as columns are read with them, which takes a copy of narrower ones."""


@dataclass(frozen=True, slots=True)
class Columns:
    """n places and their r jobs. A place's jobs are rows `start[i]` to `start[i + 1]`, in job order.

    `point` holds unit vectors, shape (3, n). Place columns, shape (n,): ids `company`, `place`; `cell`;
    `flags`, `profile`, `headcount`, `division` as `matching.records` packs them; `updated`, `paused` and
    `created` in days since 2000-01-01. `service` packs the terms of `matching.answers`, computed from
    `asked`, `answered`, `delay` (mean hours of the answers) and `left` (requests it may still receive);
    `hires`: somebody was hired after an immersion. `start` has the shape (n + 1,). Row columns, shape
    (r,): `job`, and `mode`, a bit a remote mode. Only `flags` is ever written after: 0 is a tombstone.
    """

    point: NDArray[np.float64]
    company: NDArray[np.int64]
    place: NDArray[np.int64]
    cell: NDArray[np.int32]
    flags: NDArray[np.uint8]
    profile: NDArray[np.uint16]
    headcount: NDArray[np.uint8]
    division: NDArray[np.uint8]
    updated: NDArray[np.int32]
    paused: NDArray[np.int32]
    created: NDArray[np.uint16]
    service: NDArray[np.uint16]
    asked: NDArray[np.uint16]
    answered: NDArray[np.uint16]
    delay: NDArray[np.uint16]
    left: NDArray[np.uint16]
    hires: NDArray[np.bool_]
    start: NDArray[np.int32]
    job: NDArray[np.uint16]
    mode: NDArray[np.uint8]

    @property
    def n(self) -> int:
        """How many places, tombstones included."""
        return len(self.place)

    @property
    def n_rows(self) -> int:
        """How many (place, job) rows, tombstones included."""
        return len(self.job)

    @property
    def nbytes(self) -> int:
        """Bytes of all the columns."""
        return sum(getattr(self, field.name).nbytes for field in fields(self))


PLACE_COLUMNS = tuple(field.name for field in fields(Columns))[:-3]
"""All but `start`, `job` and `mode`."""


def columns_of(records: Records, jobs: JobCodes) -> Columns:
    """Columns in place order; records of unknown jobs are left out, equal (place, job) are one row."""
    job, known = jobs.find(records["job"])
    if not known.all():
        records, job = records[known], job[known]
    key = (records["place"].astype(np.int64) << 16) | job
    order = np.argsort(key, kind="stable")
    key = key[order]
    opens = np.flatnonzero(np.diff(key, prepend=-1)) if len(key) else np.zeros(0, np.int64)
    mode = modes_of(records)[order]
    mode = np.bitwise_or.reduceat(mode, opens) if len(opens) else mode
    place_of_row = key[opens] >> 16
    start = np.flatnonzero(np.diff(place_of_row, prepend=-1)) if len(opens) else np.zeros(0, np.int64)
    first = records[order[opens[start]]]
    lat, lon = first["lat"].astype(np.float64), first["lon"].astype(np.float64)
    flags = flags_of(first)
    if len(start):
        flags |= np.bitwise_or.reduceat(mode, start) << MODE_SHIFT
    return Columns(
        unit_vectors(lat, lon),
        first["company"].astype(np.int64),
        first["place"].astype(np.int64),
        cell_of(lat, lon),
        flags,
        profiles_of(first),
        headcounts_of(first),
        divisions_of(first),
        np.maximum(first["updated"], 0).astype(np.int32),
        first["paused"].astype(np.int32),
        counts_of(first, "created"),
        service_of(first),
        counts_of(first, "asked"),
        counts_of(first, "answered"),
        mean_delays_of(first),
        left_of(first),
        first["hired"] > 0,
        np.append(start, len(opens)).astype(np.int32),
        (key[opens] & 0xFFFF).astype(np.uint16),
        mode,
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """The places of several columns one after the other."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in PLACE_COLUMNS
    }
    starts, offset = [np.zeros(1, np.int32)], 0
    for part in parts:
        starts.append(part.start[1:] + np.int32(offset))
        offset += part.n_rows
    job = np.concatenate([part.job for part in parts])
    mode = np.concatenate([part.mode for part in parts])
    return Columns(**columns, start=np.concatenate(starts), job=job, mode=mode)


def taken(source: Columns, slots: Slots) -> Columns:
    """Some places, in the order of `slots`, with their rows."""
    columns: dict[str, Any] = {name: getattr(source, name).take(slots, axis=-1) for name in PLACE_COLUMNS}
    counts = np.diff(source.start)[slots]
    start = np.zeros(len(slots) + 1, np.int32)
    np.cumsum(counts, out=start[1:])
    rows = np.repeat(source.start[slots] - start[:-1], counts) + np.arange(start[-1], dtype=np.int32)
    return Columns(**columns, start=start, job=source.job[rows], mode=source.mode[rows])
