"""The Earth in cells, so that a circle is a few slices of a sorted column.

A cell is a band of latitude (0.05°, about 5.6 km) cut every 0.01° of longitude. Places sorted by cell
are contiguous along a band, so the part of a band that a circle may touch is one range of cells, two
when it crosses the anti-meridian. Points are also kept as unit vectors: the squared chord between two
of them is four times the haversine, without any trigonometry per place.
"""

import math

import numpy as np
from numpy.typing import NDArray

from domain.values import EARTH_RADIUS_KM, Point

Floats = NDArray[np.float64]
Cells = NDArray[np.int32]

BAND_DEG = 0.05
COLUMN_DEG = 0.01
BANDS = 3600
COLUMNS = 36_000
_HALF_TURN_DEG = 180.0 - 2 * COLUMN_DEG
"""From this half-width on a band is taken whole, so that its two ends never share a cell."""
_TURN_DEG = 360.0
_TINY = 1e-12
_MARGIN_DEG = 1e-6
"""Added around a circle: rounding must never lose a place at its edge."""


def unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """Coordinates x, y, z on the unit sphere of n points in degrees: shape (3, n)."""
    phi, theta = np.radians(lat), np.radians(lon)
    across = np.cos(phi)
    return np.stack([across * np.cos(theta), across * np.sin(theta), np.sin(phi)])


def unit_vector(point: Point) -> Floats:
    """The same of one point: shape (3, 1)."""
    phi, theta = math.radians(point.lat), math.radians(point.lon)
    across = math.cos(phi)
    return np.array([[across * math.cos(theta)], [across * math.sin(theta)], [math.sin(phi)]])


def chord2_from(center: Floats, points: Floats) -> Floats:
    """Squared chords from one unit vector, shape (3, 1), to n others, shape (3, n)."""
    step = points - center
    step *= step
    total: Floats = step[0]
    total += step[1]
    total += step[2]
    return total


def cell_of(lat: Floats, lon: Floats) -> Cells:
    """Cell number of each point in degrees; 180° and -180° are the same meridian."""
    band = np.clip(np.floor((lat + 90.0) / BAND_DEG), 0, BANDS - 1)
    return np.asarray(band * COLUMNS + _columns(np.mod(lon + 180.0, _TURN_DEG)), dtype=np.int32)


def chord2_of(radius_km: float) -> float:
    """Squared chord, on the unit sphere, of a distance along the Earth's surface."""
    return 4 * math.sin(min(math.pi, radius_km / EARTH_RADIUS_KM) / 2) ** 2


def km_of(chord2: Floats) -> Floats:
    """Distance along the surface in kilometres (haversine) of squared chords."""
    km = np.sqrt(chord2)
    km *= 0.5
    np.minimum(km, 1.0, out=km)
    np.arcsin(km, out=km)
    km *= 2 * EARTH_RADIUS_KM
    return km


def latitudes(center: Point, radius_km: float) -> tuple[int, int]:
    """First and last cell of the bands that a circle touches, all round the Earth."""
    low, high = _bands(center.lat, _angle(radius_km))
    return low * COLUMNS, (high + 1) * COLUMNS - 1


def circle(center: Point, radius_km: float) -> tuple[Cells, Cells]:
    """Ranges of cells (first and last, inclusive, ascending, apart) that hold all points of the circle."""
    angle = _angle(radius_km)
    low, high = _bands(center.lat, angle)
    half = _half_width(center.lat, angle, slice(low, high + 1))
    middle, widest = (center.lon + 180.0) % 360.0, float(half.max())
    base = _FIRST_CELL[low : high + 1]
    if middle - widest >= 0.0 and middle + widest <= _TURN_DEG:
        return base + _columns(middle - half), base + _columns(middle + half)
    return _wrapped(base, middle - half, middle + half)


def _angle(radius_km: float) -> float:
    return math.degrees(radius_km / EARTH_RADIUS_KM) + _MARGIN_DEG


def _bands(lat: float, angle: float) -> tuple[int, int]:
    """The first and the last band that reach this far from a latitude."""
    low = max(0, math.floor((lat - angle + 90.0) / BAND_DEG))
    return low, min(BANDS - 1, math.floor((lat + angle + 90.0) / BAND_DEG))


def _half_width(lat: float, angle: float, bands: slice) -> Floats:
    """Half the width in degrees of longitude that a circle may have within each band.

    From the haversine: sin²(Δλ/2) = (sin²(r/2) - sin²(Δφ/2)) / (cos φ₀ cos φ), bounded above over the
    band by its nearest parallel on top and its highest latitude below.
    """
    south = _SOUTH[bands]
    apart = np.maximum(np.maximum(south - lat, lat - BAND_DEG - south), 0.0)
    below = _COSINE[bands] * math.cos(math.radians(lat))
    above = math.sin(math.radians(angle / 2)) ** 2 - np.sin(apart * (math.pi / 360.0)) ** 2
    ratio = np.minimum(np.maximum(above, 0.0) / np.maximum(below, _TINY), 1.0)
    half = np.arcsin(np.sqrt(ratio)) * (360.0 / math.pi) + _MARGIN_DEG
    half[(ratio >= 1.0) | (half >= _HALF_TURN_DEG)] = _TURN_DEG
    return np.asarray(half)


def _wrapped(base: Cells, start: Floats, end: Floats) -> tuple[Cells, Cells]:
    """The ranges of a circle that crosses the anti-meridian, or goes round a pole."""
    whole = end - start >= 2 * _HALF_TURN_DEG
    start, end = np.where(whole, 0.0, start), np.where(whole, _TURN_DEG, end)
    west, east = start < 0.0, end > _TURN_DEG
    firsts = np.concatenate(
        [base + _columns(start), base[west] + _columns(start[west] + _TURN_DEG), base[east]]
    )
    lasts = np.concatenate(
        [
            base + _columns(end),
            base[west] + np.int32(COLUMNS - 1),
            base[east] + _columns(end[east] - _TURN_DEG),
        ],
    )
    order = np.argsort(firsts)
    return firsts[order], lasts[order]


def _columns(turned: Floats) -> Cells:
    """Columns of degrees east of the anti-meridian, kept within one turn."""
    return np.minimum(np.maximum(turned * (1.0 / COLUMN_DEG), 0), COLUMNS - 1).astype(np.int32)


_SOUTH: Floats = np.asarray(np.arange(BANDS) * BAND_DEG - 90.0, np.float64)
_HIGHEST = np.minimum(90.0, np.maximum(np.abs(_SOUTH), np.abs(_SOUTH + BAND_DEG)))
_COSINE: Floats = np.asarray(np.cos(np.radians(_HIGHEST)), np.float64)
_FIRST_CELL: Cells = (np.arange(BANDS) * COLUMNS).astype(np.int32)
