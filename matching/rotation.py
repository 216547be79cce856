"""The order of hits that deserve the same place: drawn anew each day, the same on every process.

Hits of one hundredth of score, to the nearest as people read it, are a bucket. In a bucket, each place
draws an exponential time whose rate is the room it has left (Efraimidis and Spirakis, 2006), and the
earliest comes first: over the days, a company that can take twice as many people is ahead twice as
often. The draw is a hash of the seed and of the place, so that it needs no memory, and pages made with
one seed are cuts of one order.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from domain.search import MAX_SEED

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]

BUCKETS = 100
"""Buckets of a score from 0 to 1, the last one for 1 itself."""
_TO_NEAREST = 0.5 + 1e-6
"""Half up, and a little more: the rounding of sums never splits equal scores."""
MOST_ROOM = 12
"""Room above this (twice the ordinary quota) draws no better: a huge quota buys no exposure."""
KEY_BITS = 48
_LONGEST = 40.0
"""Above -ln of the smallest draw (2^-54)."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)
_DROPPED = np.uint64(11)
"""A double holds 53 bits of the 64."""


def buckets_of(scores: Floats) -> NDArray[np.uint8]:
    """Bucket of each score in [0, 1], larger is better; the scores are overwritten."""
    scores *= BUCKETS
    scores += _TO_NEAREST
    return np.minimum(scores, BUCKETS, out=scores).astype(np.uint8)


def rotation_keys(seed: int, places: NDArray[np.int64], room: NDArray[np.uint16]) -> Keys:
    """Sorting keys of places within a bucket, in [0, 2^48], smallest first.

    `seed` in [0, `MAX_SEED`]; `room` is what each may still receive (1 counts for none left).
    """
    draws = (_hash(seed, places) >> _DROPPED).astype(np.float64)
    draws *= 2.0**-53
    draws += 2.0**-54
    np.log(draws, out=draws)
    draws *= -(2.0**KEY_BITS) / _LONGEST
    draws /= np.minimum(np.maximum(room, 1), MOST_ROOM)
    return np.rint(draws, out=draws).astype(np.int64)


def _hash(seed: int, places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """SplitMix64 of the place, started from the hash of the seed."""
    values = places.astype(np.uint64)
    values *= _STEP
    values += _start(seed)
    return _mixed(values)


@lru_cache(maxsize=64)
def _start(seed: int) -> np.uint64:
    if not 0 <= seed <= MAX_SEED:
        raise ValueError(f"a seed is between 0 and {MAX_SEED}")
    return np.uint64(_mixed(np.array([seed], np.uint64) * _STEP)[0])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> _SHIFTS[0])) * _FACTORS[0]
    values = (values ^ (values >> _SHIFTS[1])) * _FACTORS[1]
    return values ^ (values >> _SHIFTS[2])
