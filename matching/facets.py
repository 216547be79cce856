"""Filters as masks, and facets: how many hits each value of a filter would keep, the others applied."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.naf import SECTIONS
from domain.search import CONTACT_LABELS, DISABLED_FIT_LABELS, REMOTE_LABELS, FacetValue, Filters
from matching.columns import Columns, Slots
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

_ENGAGED = ("Entreprises qui s’engagent", "Autres entreprises")
_PACK_FROM = 16_384
"""From this many hits on, count each of the 65,536 profiles once, then the facets over profiles."""


def masks_of(filters: Filters, columns: Columns, slots: Slots, profiles: Profiles) -> dict[str, Mask]:
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
    packed: dict[str, tuple[Profiles, NDArray[np.int64] | None]] = {}
    facets = {}
    for name, (shift, bits, values) in _FACETS.items():
        own = name if name in masks else ""
        if own not in packed:
            kept = all_but(masks, own)
            packed[own] = _pack(profiles if kept is None else profiles[kept])
        found, weight = packed[own]
        counts = _counts(found, weight, shift, bits)
        facets[name] = tuple(
            FacetValue(value, label, int(counts[at]))
            for at, (value, label) in enumerate(values)
            if counts[at]
        )
    return facets


def _pack(profiles: Profiles) -> tuple[Profiles, NDArray[np.int64] | None]:
    if len(profiles) < _PACK_FROM:
        return profiles, None
    counts = np.bincount(profiles)
    kept = np.flatnonzero(counts)
    return kept.astype(np.uint16), counts[kept]


def _counts(found: Profiles, weight: NDArray[np.int64] | None, shift: int, bits: int) -> Sequence[int]:
    if shift == REMOTE_SHIFT:
        hits = [(found >> (shift + bit)) & 1 for bit in range(bits)]
        return [int(np.dot(hit, weight) if weight is not None else hit.sum()) for hit in hits]
    field = (found >> shift) & ((1 << bits) - 1)
    counted: list[int] = np.bincount(field, weight, minlength=1 << bits).tolist()
    return counted


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
