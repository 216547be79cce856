"""The offers in memory: columns sorted by cell, patched by a tail, compacted in a thread.

A segment is sealed (sorted by cell, with its postings) or a tail (small, unsorted, searched whole).
A write puts tombstones on the places of its company and appends the new ones to the tail; when the tail
has grown, everything alive is sealed again beside, then swapped. Writes that land during a compaction
go to a new tail, and their companies are buried in the new segment at the swap. One thread writes (the
event loop); a ranking takes `segments` once and works on what it took.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from domain.search import RemoteMode
from matching.columns import Columns, Slots, columns_of, joined, taken
from matching.grid import Cells
from matching.records import MODES, NO_RECORDS, JobCodes, Records

FULL_REMOTE = 1 << MODES.index(RemoteMode.FULL_REMOTE)
TAIL_PLACES = 4096
"""A compaction is due from this many places in the tail on, or a fiftieth of the sealed ones, up to…"""
MAX_TAIL_PLACES = 16_384
"""…this many: the whole tail is copied by each write and read by each search."""
_TAIL_PART = 50
_NEVER = int(np.iinfo(np.int32).min)


@dataclass(frozen=True, slots=True)
class Postings:
    """Where each job is: rows `start[j]` to `start[j + 1]` are the places that have job j, ascending."""

    start: NDArray[np.int64]
    slot: Slots
    mode: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Remote:
    """Full-remote jobs, which ignore the radius: each with its place, in their order."""

    slot: Slots
    job: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Segment:
    """Some columns and what finds places in them; a tail has no postings and no order."""

    columns: Columns
    owner: NDArray[np.int32]
    """The place of each row."""
    remote: Remote
    postings: Postings | None = None
    by_company: NDArray[np.int64] | None = None
    """Places in the order of their companies (of the width numpy searches without a copy)."""
    last_pause: int = _NEVER
    """The last day on which one of the companies is still paused: later, nobody needs to be checked."""

    @property
    def nbytes(self) -> int:
        """Bytes of the columns and of what finds places in them."""
        parts = [self.remote, self.postings]
        arrays = [getattr(part, field.name) for part in parts if part for field in fields(part)]
        order = self.by_company.nbytes if self.by_company is not None else 0
        return self.columns.nbytes + self.owner.nbytes + order + sum(int(array.nbytes) for array in arrays)

    def slots_of(self, companies: NDArray[np.int64]) -> Slots:
        """Places of some companies (sorted ids), tombstones included."""
        ids = self.columns.company
        if self.by_company is None:
            return np.flatnonzero(np.isin(ids, companies)).astype(np.int32)
        low = np.searchsorted(ids, companies, "left", self.by_company)
        high = np.searchsorted(ids, companies, "right", self.by_company)
        return self.by_company[spans(low, high)].astype(np.int32)

    def ranges(self, first: Cells, last: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Slices of places (from, to) that lie in ranges of cells; empty ones are left out."""
        cell = self.columns.cell
        low, high = cell.searchsorted(first, "left"), cell.searchsorted(last, "right")
        kept = high > low
        return low[kept], high[kept]


def spans(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """The integers of several ranges [low, high), one after the other."""
    counts = high - low
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(low - (ends - counts), counts) + np.arange(total)


class OfferIndex:
    """All searchable places and their jobs, under 90 bytes an offer (see `nbytes`)."""

    def __init__(self, job_codes: Sequence[str]) -> None:
        self._jobs = JobCodes.of(job_codes)
        self._n_jobs = len(job_codes)
        empty = columns_of(NO_RECORDS, self._jobs)
        self._sealed = _seal(empty, self._n_jobs)
        self._empty = self._tail = _loose(empty)
        self._frozen: Segment | None = None
        self._touched: list[NDArray[np.int64]] = []

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What a ranking searches, at one moment."""
        parts = (self._sealed, self._frozen, self._tail)
        return tuple(part for part in parts if part is not None and part.columns.n)

    @property
    def n_places(self) -> int:
        """How many places are alive."""
        return sum(int(np.count_nonzero(part.columns.flags)) for part in self.segments)

    @property
    def n_companies(self) -> int:
        """How many companies have a place alive."""
        ids = [part.columns.company[part.columns.flags > 0] for part in self.segments]
        return len(np.unique(np.concatenate(ids))) if ids else 0

    @property
    def n_offers(self) -> int:
        """How many (place, job) rows are alive."""
        return sum(int(np.diff(part.columns.start)[part.columns.flags > 0].sum()) for part in self.segments)

    @property
    def n_rows(self) -> int:
        """How many (place, job) rows are kept, tombstones included."""
        return sum(part.columns.n_rows for part in self.segments)

    @property
    def nbytes(self) -> int:
        """Bytes of all the segments."""
        return sum(part.nbytes for part in self.segments)

    def load(self, records: Records) -> None:
        """Replace everything by these records."""
        self._sealed = _seal(columns_of(records, self._jobs), self._n_jobs)
        self._tail, self._frozen, self._touched = self._empty, None, []

    def read(self, records: Records) -> Columns:
        """Records in the shape `apply` takes: the slow part of a large write, safe in a thread."""
        return columns_of(records, self._jobs)

    def replace(self, company: int, records: Records) -> None:
        """Replace the places and jobs of one company."""
        self.apply([company], self.read(records))

    def remove(self, company: int) -> None:
        """Forget one company."""
        self._bury(np.array([company], np.int64))

    def apply(self, companies: Iterable[int], added: Columns) -> None:
        """Replace what is known of `companies` by `added`, which is theirs alone."""
        self._bury(np.unique(np.fromiter(companies, np.int64)))
        if added.n:
            old = self._tail.columns
            self._tail = _loose(joined([old, added]) if old.n else added)

    @property
    def compaction_due(self) -> bool:
        """Whether the tail has grown enough, and no compaction is under way."""
        limit = min(MAX_TAIL_PLACES, max(TAIL_PLACES, self._sealed.columns.n // _TAIL_PART))
        return self._frozen is None and self._tail.columns.n > limit

    def start_compaction(self) -> Callable[[], Segment]:
        """Freeze the tail; returns the slow part, safe in a thread, whose result `end_compaction` takes."""
        self._frozen, self._tail, self._touched = self._tail, self._empty, []
        parts, n_jobs = (self._sealed.columns, self._frozen.columns), self._n_jobs
        alive = [np.flatnonzero(part.flags).astype(np.int32) for part in parts]

        def work() -> Segment:
            kept = [taken(part, slots) for part, slots in zip(parts, alive, strict=True)]
            return _seal(joined(kept), n_jobs)

        return work

    def end_compaction(self, sealed: Segment) -> None:
        """Swap the new segment in, without the companies written since the tail was frozen."""
        self._sealed, self._frozen = sealed, None
        if self._touched:
            ids = np.unique(np.concatenate(self._touched))
            sealed.columns.flags[sealed.slots_of(ids)] = 0
        self._touched = []

    def compact(self) -> None:
        """A whole compaction at once, for whoever may wait."""
        self.end_compaction(self.start_compaction()())

    def _bury(self, companies: NDArray[np.int64]) -> None:
        for part in self.segments:
            part.columns.flags[part.slots_of(companies)] = 0
        if self._frozen is not None:
            self._touched.append(companies)


def _loose(columns: Columns) -> Segment:
    owner = _owner(columns)
    return Segment(columns, owner, _remote(columns, owner), last_pause=_last_pause(columns))


def _seal(columns: Columns, n_jobs: int) -> Segment:
    """Sort by cell and build what finds places by job and by company."""
    ordered = taken(columns, np.lexsort((columns.place, columns.cell)).astype(np.int32))
    owner = _owner(ordered)
    by_job = np.argsort(ordered.job, kind="stable")
    start = np.zeros(n_jobs + 1, np.int64)
    np.cumsum(np.bincount(ordered.job, minlength=n_jobs), out=start[1:])
    postings = Postings(start, owner[by_job], ordered.mode[by_job])
    by_company = np.argsort(ordered.company, kind="stable")
    return Segment(ordered, owner, _remote(ordered, owner), postings, by_company, _last_pause(ordered))


def _last_pause(columns: Columns) -> int:
    return int(columns.paused.max(initial=_NEVER))


def _owner(columns: Columns) -> NDArray[np.int32]:
    return np.repeat(np.arange(columns.n, dtype=np.int32), np.diff(columns.start))


def _remote(columns: Columns, owner: NDArray[np.int32]) -> Remote:
    rows = np.flatnonzero(columns.mode & FULL_REMOTE)
    return Remote(owner[rows], columns.job[rows])
