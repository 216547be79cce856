"""The rows of the index as PostgreSQL sends them: one record an offer, fixed width, parsed in one go.

`data/queries/index.py` writes this format (COPY … BINARY); `FIELDS` states it once for both sides'
tests. Places are sorted by cell, their jobs follow them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.naf import SECTIONS
from domain.search import ContactMode, DisabledFit, RemoteMode
from domain.values import HEADCOUNTS
from matching.answers import answers_value, pack, room_value

Records = NDArray[np.void]

_MOST = int(np.iinfo(np.uint16).max)
_HEADER_BYTES = 19
_TRAILER_BYTES = 2
FIELDS: tuple[tuple[str, str], ...] = (
    ("company", ">i8"),
    ("place", ">i8"),
    ("lat", ">f8"),
    ("lon", ">f8"),
    ("job", "S5"),
    ("mode", ">i2"),
    ("contact", ">i2"),
    ("disabled", ">i2"),
    ("headcount", "S2"),
    ("division", "S2"),
    ("engaged", "?"),
    ("for_job_seekers", "?"),
    ("for_pupils", "?"),
    ("updated", ">i4"),
    ("paused", ">i4"),
    ("created", ">i4"),
    ("quota", ">i4"),
    ("contacts", ">i4"),
    ("asked", ">i4"),
    ("answered", ">i4"),
    ("delay", ">f8"),
    ("hired", ">i4"),
)
"""Name and type of each column, in order. `job` is a ROME code, or the division of a « potentiel »
padded with spaces; `mode`, `contact`, `disabled` are positions in their enumeration, from 1; days
are counted from 2000-01-01, `paused` is -2147483648 when the company is not. `contacts` are those of
28 days, `asked` the requests that had time to be answered, `delay` the hours of all the answers together."""

_WIRE = np.dtype(
    [("count", ">i2")]
    + [part for name, kind in FIELDS for part in ((f"{name}_length", ">i4"), (name, kind))],
)

NO_RECORDS: Records = np.zeros(0, _WIRE)

LIVE, VOLUNTEER, JOB_SEEKERS, PUPILS = 1, 2, 4, 8
MODE_SHIFT = 4
"""Bits of a place's flags; above them, one bit for each remote mode that one of its jobs has."""

CONTACTS, DISABLED, MODES = tuple(ContactMode), tuple(DisabledFit), tuple(RemoteMode)
HEADCOUNT_CODES = tuple(HEADCOUNTS)
HEADCOUNT_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Effectif inconnu", ("NN",)),
    ("Aucun salarié", ("00",)),
    ("1 à 9 salariés", ("01", "02", "03")),
    ("10 à 49 salariés", ("11", "12")),
    ("50 à 249 salariés", ("21", "22", "31")),
    ("250 salariés et plus", ("32", "41", "42", "51", "52", "53")),
)
CONTACT_SHIFT, DISABLED_SHIFT, GROUP_SHIFT, SECTION_SHIFT, ENGAGED_SHIFT, REMOTE_SHIFT = 0, 2, 4, 7, 12, 13
"""Where each facet stands in a place's profile (16 bits); the remote bits are those of the jobs found."""
NO_SECTION = len(SECTIONS)


class RecordsError(ValueError):
    """What was read is not in the format this version expects."""


@dataclass(frozen=True, slots=True)
class JobCodes:
    """Position of each job by its five-byte code, for the parsing of records."""

    codes: NDArray[np.bytes_]
    jobs: NDArray[np.uint16]

    @classmethod
    def of(cls, job_codes: Sequence[str]) -> "JobCodes":
        """Jobs numbered in the order given: ROME codes and two-digit divisions."""
        padded = np.array([code.ljust(5) for code in job_codes], "S5")
        order = np.argsort(padded)
        return cls(padded[order], order.astype(np.uint16))

    def find(self, codes: NDArray[np.bytes_]) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
        """The job of each code, and whether it is known (its job means nothing otherwise)."""
        if not len(self.codes):
            return np.zeros(len(codes), np.uint16), np.zeros(len(codes), np.bool_)
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return self.jobs[at], self.codes[at] == codes


def parse(copied: bytes) -> Records:
    """The records of a COPY … BINARY; raises `RecordsError` when they are not of this format."""
    body = len(copied) - _HEADER_BYTES - _TRAILER_BYTES
    if body < 0 or body % _WIRE.itemsize:
        raise RecordsError(f"{len(copied)} bytes are not records of {_WIRE.itemsize} bytes")
    wire = np.frombuffer(copied, _WIRE, body // _WIRE.itemsize, _HEADER_BYTES)
    sizes = [wire[f"{name}_length"] == np.dtype(kind).itemsize for name, kind in FIELDS]
    if len(wire) and not (np.all(sizes) and np.all(wire["count"] == len(FIELDS))):
        raise RecordsError("a column does not have the width this version expects")
    return wire


def modes_of(records: Records) -> NDArray[np.uint8]:
    """One bit a remote mode."""
    return np.left_shift(1, records["mode"].astype(np.int64) - 1).astype(np.uint8)


def flags_of(records: Records) -> NDArray[np.uint8]:
    """Flags of each record's place, its remote modes apart."""
    volunteer = records["contact"] != CONTACTS.index(ContactMode.NONE) + 1
    bits = LIVE + VOLUNTEER * volunteer + JOB_SEEKERS * records["for_job_seekers"].astype(np.int64)
    return np.asarray(bits + PUPILS * records["for_pupils"].astype(np.int64), dtype=np.uint8)


def service_of(records: Records) -> NDArray[np.uint16]:
    """How the company answers and the room it has, packed; 0 for a « potentiel », which takes no request."""
    answers = answers_value(records["asked"], records["answered"], mean_delays_of(records))
    volunteer = records["contact"] != CONTACTS.index(ContactMode.NONE) + 1
    return pack(answers * volunteer, room_value(left_of(records), records["quota"]) * volunteer)


def left_of(records: Records) -> NDArray[np.uint16]:
    """How many requests the company may still receive, of those of 28 days."""
    left = records["quota"].astype(np.int64) - records["contacts"]
    return np.asarray(np.clip(left, 0, _MOST), np.uint16)


def mean_delays_of(records: Records) -> NDArray[np.uint16]:
    """Mean hours of the answers, 0 when there is none."""
    mean = records["delay"] / np.maximum(records["answered"], 1)
    return np.asarray(np.rint(np.clip(mean, 0, _MOST)), np.uint16)


def counts_of(records: Records, name: str) -> NDArray[np.uint16]:
    """A column of counts or of days, kept within 16 bits."""
    return np.asarray(np.clip(records[name], 0, _MOST), np.uint16)


def headcounts_of(records: Records) -> NDArray[np.uint8]:
    """Position of the headcount's code in `HEADCOUNT_CODES`, that of NN when unknown."""
    return _positions(records["headcount"], HEADCOUNT_CODES, HEADCOUNT_CODES.index("NN"))


def divisions_of(records: Records) -> NDArray[np.uint8]:
    """NAF division as a number, 0 when unknown."""
    digits = np.ascontiguousarray(records["division"]).view(np.uint8).reshape(-1, 2).astype(np.int64) - ord(
        "0"
    )
    known = np.all((digits >= 0) & (digits <= 9), axis=1)  # noqa: PLR2004 - decimal digits
    return np.where(known, digits[:, 0] * 10 + digits[:, 1], 0).astype(np.uint8)


def profiles_of(records: Records) -> NDArray[np.uint16]:
    """What the facets count, packed; the remote bits are left empty."""
    profile = (records["contact"].astype(np.int64) - 1) << CONTACT_SHIFT
    profile |= (records["disabled"].astype(np.int64) - 1) << DISABLED_SHIFT
    profile |= _GROUP_OF[headcounts_of(records)] << GROUP_SHIFT
    profile |= _SECTION_OF[divisions_of(records)] << SECTION_SHIFT
    profile |= records["engaged"].astype(np.int64) << ENGAGED_SHIFT
    return profile.astype(np.uint16)


def _positions(column: NDArray[np.bytes_], codes: Sequence[str], default: int) -> NDArray[np.uint8]:
    known = np.array(codes, "S2")
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], column), len(known) - 1)
    return np.where(known[order][at] == column, order[at], default).astype(np.uint8)


def _group_table() -> NDArray[np.int64]:
    group = {code: at for at, (_, codes) in enumerate(HEADCOUNT_GROUPS) for code in codes}
    return np.array([group[code] for code in HEADCOUNT_CODES], np.int64)


def _section_table() -> NDArray[np.int64]:
    table = np.full(100, NO_SECTION, np.int64)
    for at, section in enumerate(SECTIONS):
        table[section.first : section.last + 1] = at
    return table


_GROUP_OF = _group_table()
_SECTION_OF = _section_table()
