"""How a company answers, and the room it has left, told fairly when little is known.

A rate of answers is a Beta mean and a delay a mean shrunk the same way: `PRIOR_REQUESTS` imagined
requests at the ordinary rate, and as many imagined answers at the ordinary delay, stand beside what
happened. A company without history has exactly the ordinary value; one request moves it a little, fifty
make it its own. Both numbers are packed in 14 bits a place (`pack`): the ranking reads them through one
table.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.uint16]

PRIOR_RATE = 0.6
PRIOR_DELAY_DAYS = 3.0
PRIOR_REQUESTS = 5
"""Imagined requests at that rate, and imagined answers after that delay."""
HALF_DELAY_DAYS = 7.0
"""An answer that takes so long is worth half an answer at once."""
_HOURS = 24.0
ANSWER_LEVELS, ROOM_LEVELS, _ROOM_BITS = 511, 31, 5


def smoothed_rate(asked: ArrayLike, answered: ArrayLike) -> Floats:
    """Share of requests answered, in (0, 1), shrunk to the ordinary rate."""
    given = np.asarray(answered, np.float64) + PRIOR_REQUESTS * PRIOR_RATE
    return np.asarray(given / (np.asarray(asked, np.float64) + PRIOR_REQUESTS))


def smoothed_days(answered: ArrayLike, mean_hours: ArrayLike) -> Floats:
    """Mean delay of the answers in days, shrunk to the ordinary delay."""
    count = np.asarray(answered, np.float64)
    total = count * np.asarray(mean_hours, np.float64) / _HOURS + PRIOR_REQUESTS * PRIOR_DELAY_DAYS
    return np.asarray(total / (count + PRIOR_REQUESTS))


def answers_value(asked: ArrayLike, answered: ArrayLike, mean_hours: ArrayLike) -> Floats:
    """The term, in (0, 1): the rate, halved when answers take a week."""
    days = smoothed_days(answered, mean_hours)
    return np.asarray(smoothed_rate(asked, answered) * HALF_DELAY_DAYS / (HALF_DELAY_DAYS + days))


def room_value(left: ArrayLike, quota: ArrayLike) -> Floats:
    """The term, in [0, 1]: the part of its requests of 28 days that a company can still receive."""
    return np.asarray(np.clip(np.asarray(left, np.float64) / np.maximum(quota, 1), 0.0, 1.0))


def pack(answers: Floats, room: Floats) -> Codes:
    """Both terms in 14 bits, to the nearest step."""
    high = np.rint(answers * ANSWER_LEVELS).astype(np.uint16)
    return np.asarray(high << _ROOM_BITS | np.rint(room * ROOM_LEVELS).astype(np.uint16))


def answers_in(code: int) -> float:
    """The term of answers in a packed code, as the ranking counts it."""
    return (code >> _ROOM_BITS) / ANSWER_LEVELS


def room_in(code: int) -> float:
    """The term of room in a packed code."""
    return (code & ROOM_LEVELS) / ROOM_LEVELS


CODES = (ANSWER_LEVELS + 1) << _ROOM_BITS
"""How many packed codes there are, for tables."""
