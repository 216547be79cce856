"""Filters as masks, and facets: how many hits each value of a filter would keep, the others applied."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from domain.naf import SECTIONS
from domain.search import CONTACT_LABELS, DISABLED_FIT_LABELS, REMOTE_LABELS, FacetValue, Filters
from matching.columns import Columns, WideSlots
from matching.records import (
    CONTACT_SHIFT,
    CONTACTS,
    DISABLED,
    DISABLED_SHIFT,
    ENGAGED_SHIFT,
    GROUP_SHIFT,
    HEADCOUNT_CODES,
    HEADCOUNT_GROUPS,
    MODES,
    REMOTE_SHIFT,
    SECTION_SHIFT,
)

Mask = NDArray[np.bool_]
Profiles = NDArray[np.uint16]
Counted = NDArray[np.float64]

_ENGAGED = ("Entreprises qui s’engagent", "Autres entreprises")
_LOW_BITS = 7
_LOW, _HIGH = 1 << _LOW_BITS, 1 << (16 - _LOW_BITS)
"""No facet crosses the bit between the low and the high part of a profile: each part is counted alone."""
_WHOLE_FROM = 16_384
"""From this many hits on, the 65,536 profiles are counted once, both parts from them."""


def masks_of(filters: Filters, columns: Columns, slots: WideSlots, profiles: Profiles) -> dict[str, Mask]:
    """One mask for each filter in use, by its name; `profiles` hold the remote modes found."""
    masks: dict[str, Mask] = {}
    if filters.naf:
        masks["naf"] = _naf_table(filters.naf)[columns.division[slots]]
    if filters.headcounts:
        masks["headcounts"] = _table(HEADCOUNT_CODES, filters.headcounts)[columns.headcount[slots]]
    if filters.contact_modes:
        table = _table(CONTACTS, filters.contact_modes)
        masks["contact_modes"] = table[(profiles >> CONTACT_SHIFT) & 3]
    if filters.disabled_fit:
        masks["disabled_fit"] = _table(DISABLED, filters.disabled_fit)[(profiles >> DISABLED_SHIFT) & 3]
    if filters.remote:
        masks["remote"] = (profiles & (modes_bits(filters) << REMOTE_SHIFT)) > 0
    if filters.engaged is not None:
        masks["engaged"] = ((profiles >> ENGAGED_SHIFT) & 1) == int(filters.engaged)
    return masks


def modes_bits(filters: Filters) -> int:
    """The remote modes asked as bits, all of them when none is."""
    return sum(1 << at for at, mode in enumerate(MODES) if not filters.remote or mode in filters.remote)


def all_but(masks: dict[str, Mask], name: str) -> Mask | None:
    """The masks together, one left out; None when that keeps everything."""
    kept = [mask for other, mask in masks.items() if other != name]
    return np.logical_and.reduce(kept) if kept else None


def facets_of(profiles: Profiles, masks: dict[str, Mask]) -> dict[str, tuple[FacetValue, ...]]:
    """Facets by the name of their filter, values in a fixed order, those that keep nothing left out."""
    counted: dict[str, list[float]] = {}
    facets = {}
    for name, (_, _, values) in _FACETS.items():
        own = name if name in masks else ""
        if own not in counted:
            kept = all_but(masks, own)
            counted[own] = _counts(profiles if kept is None else profiles[kept])
        listed = zip(values, counted[own][_NUMBERS[name]], strict=True)
        facets[name] = tuple(
            FacetValue(value, label, int(count)) for (value, label), count in listed if count
        )
    return facets


def _counts(profiles: Profiles) -> list[float]:
    """How many profiles have each value of each facet, numbered as `_NUMBERS` says."""
    if len(profiles) < _WHOLE_FROM:
        low = np.bincount(profiles & (_LOW - 1), minlength=_LOW)
        high = np.bincount(profiles >> _LOW_BITS, minlength=_HIGH)
    else:
        whole = np.bincount(profiles, minlength=_LOW * _HIGH).reshape(_HIGH, _LOW)
        low, high = whole.sum(axis=0), whole.sum(axis=1)
    counts: list[float] = [*(_LOW_HOLDERS @ low).tolist(), *(_HIGH_HOLDERS @ high).tolist()]
    return counts


def _table(values: Sequence[str], kept: Sequence[str]) -> Mask:
    table = np.array([value in kept for value in values])
    return np.concatenate([table, np.zeros(4, np.bool_)])


def _naf_table(kept: Sequence[str]) -> Mask:
    """Which divisions (as numbers) are kept by divisions or sections."""
    table = np.zeros(256, np.bool_)
    table[[int(code) for code in kept if code.isdigit()]] = True
    for section in SECTIONS:
        if section.code in kept:
            table[section.first : section.last + 1] = True
    return table


_FACETS: dict[str, tuple[int, int, tuple[tuple[str, str], ...]]] = {
    "contact_modes": (CONTACT_SHIFT, 2, tuple((mode.value, CONTACT_LABELS[mode]) for mode in CONTACTS)),
    "remote": (REMOTE_SHIFT, 3, tuple((mode.value, REMOTE_LABELS[mode]) for mode in MODES)),
    "disabled_fit": (DISABLED_SHIFT, 2, tuple((fit.value, DISABLED_FIT_LABELS[fit]) for fit in DISABLED)),
    "headcounts": (GROUP_SHIFT, 3, tuple((",".join(codes), label) for label, codes in HEADCOUNT_GROUPS)),
    "naf": (SECTION_SHIFT, 5, tuple((section.code, section.label) for section in SECTIONS)),
    "engaged": (ENGAGED_SHIFT, 1, (("false", _ENGAGED[1]), ("true", _ENGAGED[0]))),
}
"""Filter name → where it stands in a profile, on how many bits, its values and their labels."""


def _holders(names: Sequence[str], profiles: NDArray[np.int64]) -> Counted:
    """Which profiles have each value of some facets: ones and zeros, shape (values, profiles)."""
    parts = []
    for name in names:
        shift, bits, values = _FACETS[name]
        field, numbers = (profiles >> shift) & ((1 << bits) - 1), np.arange(len(values))[:, None]
        parts.append((field >> numbers) & 1 if name == "remote" else field == numbers)
    return np.concatenate(parts).astype(np.float64)


_LOW_FACETS = [name for name, (shift, *_) in _FACETS.items() if shift < _LOW_BITS]
_HIGH_FACETS = [name for name in _FACETS if name not in _LOW_FACETS]
_LOW_HOLDERS = _holders(_LOW_FACETS, np.arange(_LOW))
_HIGH_HOLDERS = _holders(_HIGH_FACETS, np.arange(_HIGH) << _LOW_BITS)


def _numbers() -> dict[str, slice]:
    sizes = [len(_FACETS[name][2]) for name in (*_LOW_FACETS, *_HIGH_FACETS)]
    ends = list(accumulate(sizes))
    return {
        name: slice(end - size, end)
        for name, size, end in zip((*_LOW_FACETS, *_HIGH_FACETS), sizes, ends, strict=True)
    }


_NUMBERS = _numbers()
"""Where each facet's values stand in the counts: those of the low part first."""
