"""The Earth in cells, so that a circle is a few slices of a sorted column.

A cell is a band of latitude (0.05°, about 5.6 km) cut every 0.01° of longitude. Places sorted by cell
are contiguous along a band, so the part of a band that a circle may touch is one range of cells, two
when it crosses the anti-meridian. Points are also kept as unit vectors: the squared chord between two
of them is four times the haversine, without any trigonometry per place.
"""

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
_TINY = 1e-12
_MARGIN_DEG = 1e-6
"""Added around a circle: rounding must never lose a place at its edge."""


def unit_vectors(lat: Floats, lon: Floats) -> tuple[Floats, Floats, Floats]:
    """Coordinates x, y, z on the unit sphere of points in degrees."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)


def cell_of(lat: Floats, lon: Floats) -> Cells:
    """Cell number of each point in degrees; 180° and -180° are the same meridian."""
    band = np.clip(np.floor((lat + 90.0) / BAND_DEG), 0, BANDS - 1)
    turned = np.mod(lon + 180.0, 360.0)
    column = np.clip(np.floor(turned / COLUMN_DEG), 0, COLUMNS - 1)
    return np.asarray(band * COLUMNS + column, dtype=np.int32)


def chord2_of(radius_km: float) -> float:
    """Squared chord, on the unit sphere, of a distance along the Earth's surface."""
    return float(4 * np.sin(min(np.pi, radius_km / EARTH_RADIUS_KM) / 2) ** 2)


def km_of(chord2: Floats) -> Floats:
    """Distance along the surface in kilometres (haversine) of squared chords."""
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(chord2) / 2)))


def circle(center: Point, radius_km: float) -> tuple[Cells, Cells]:
    """Ranges of cells (first and last, inclusive, ascending, apart) that hold all points of the circle."""
    angle = float(np.degrees(radius_km / EARTH_RADIUS_KM)) + _MARGIN_DEG
    low = max(0, int(np.floor((center.lat - angle + 90.0) / BAND_DEG)))
    high = min(BANDS - 1, int(np.floor((center.lat + angle + 90.0) / BAND_DEG)))
    bands = np.arange(low, high + 1, dtype=np.int64)
    half = _half_width(center.lat, angle, bands)
    start = np.mod(center.lon + 180.0, 360.0) - half
    end = start + 2 * half
    whole = half >= _HALF_TURN_DEG
    start, end = np.where(whole, 0.0, start), np.where(whole, 360.0, end)
    first, last = [_cell(bands, np.maximum(start, 0.0))], [_cell(bands, np.minimum(end, 360.0))]
    west, east = start < 0.0, end > 360.0  # noqa: PLR2004 - one turn
    if west.any():
        first.append(_cell(bands[west], start[west] + 360.0))
        last.append(_cell(bands[west], np.full(int(west.sum()), 360.0)))
    if east.any():
        first.append(_cell(bands[east], np.zeros(int(east.sum()))))
        last.append(_cell(bands[east], end[east] - 360.0))
    firsts, lasts = np.concatenate(first), np.concatenate(last)
    order = np.argsort(firsts)
    return firsts[order], lasts[order]


def _half_width(lat: float, angle: float, bands: NDArray[np.int64]) -> Floats:
    """Half the width in degrees of longitude that a circle may have within each band.

    From the haversine: sin²(Δλ/2) = (sin²(r/2) - sin²(Δφ/2)) / (cos φ₀ cos φ), bounded above over the
    band by its nearest parallel on top and its highest latitude below.
    """
    south = bands * BAND_DEG - 90.0
    north = south + BAND_DEG
    nearest = np.clip(lat, south, north) - lat
    cosines = np.cos(np.radians(np.minimum(90.0, np.maximum(np.abs(south), np.abs(north)))))
    below = np.cos(np.radians(lat)) * cosines
    above = np.sin(np.radians(angle / 2)) ** 2 - np.sin(np.radians(nearest / 2)) ** 2
    ratio = np.divide(np.maximum(above, 0.0), below, out=np.ones_like(below), where=below > _TINY)
    half = np.degrees(2 * np.arcsin(np.sqrt(np.minimum(1.0, ratio)))) + _MARGIN_DEG
    return np.asarray(np.where((ratio >= 1.0) | (below <= _TINY), 180.0, half))


def _cell(bands: NDArray[np.int64], turned: Floats) -> Cells:
    column = np.clip(np.floor(turned / COLUMN_DEG), 0, COLUMNS - 1)
    return np.asarray(bands * COLUMNS + column, dtype=np.int32)
