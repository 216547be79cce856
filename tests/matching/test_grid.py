"""Cells and circles, at the poles and across the anti-meridian too."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.values import Point, distance_km
from matching.grid import cell_of, chord2_of, circle, km_of, unit_vectors

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)
points = st.builds(Point, latitudes, longitudes)


def chord2(a: Point, b: Point) -> float:
    vectors = unit_vectors(np.array([a.lat, b.lat]), np.array([a.lon, b.lon]))
    return float(sum((axis[0] - axis[1]) ** 2 for axis in vectors))


@given(points, points)
def test_a_chord_gives_the_haversine_distance(a: Point, b: Point) -> None:
    assert float(km_of(np.array([chord2(a, b)]))[0]) == pytest.approx(distance_km(a, b), abs=1e-3)


@given(st.floats(0, 300))
def test_a_radius_and_its_chord_are_the_same(radius: float) -> None:
    assert float(km_of(np.array([chord2_of(radius)]))[0]) == pytest.approx(radius, abs=1e-6)


@given(points, st.floats(0.1, 100), st.floats(0, 1), st.floats(0, 2 * np.pi))
@example(Point(-17.68, 179.999), 5.0, 0.9, 1.5)
@example(Point(89.999, 0.0), 30.0, 1.0, 3.0)
@example(Point(-90.0, 12.0), 100.0, 1.0, 0.1)
@example(Point(-20.9, 55.4), 100.0, 1.0, 1.57)
def test_every_point_of_a_circle_lies_in_its_ranges(
    center: Point, radius: float, part: float, bearing: float
) -> None:
    point = destination(center, radius * part * 0.999999, bearing)
    first, last = circle(center, radius)
    cell = int(cell_of(np.array([point.lat]), np.array([point.lon]))[0])
    assert np.any((first <= cell) & (cell <= last))


@given(points, st.floats(0.1, 100))
def test_ranges_ascend_and_never_overlap(center: Point, radius: float) -> None:
    first, last = circle(center, radius)
    assert np.all(first <= last)
    assert np.all(last[:-1] < first[1:])


def test_a_circle_is_not_much_larger_than_itself() -> None:
    first, last = circle(Point(47.2184, -1.5536), 30.0)
    cell_km2 = 0.05 * 111.2 * 0.01 * 111.2 * np.cos(np.radians(47.2))
    assert float((last - first + 1).sum()) * cell_km2 < 1.3 * np.pi * 30**2


def test_both_ends_of_the_anti_meridian_are_one_place() -> None:
    cells = cell_of(np.array([-17.0, -17.0]), np.array([180.0, -180.0]))
    assert cells[0] == cells[1]


def destination(center: Point, km: float, bearing: float) -> Point:
    """The point at a distance and a bearing (radians) from another."""
    angle, lat = km / 6371.0088, np.radians(center.lat)
    sine = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(bearing)
    to = np.arcsin(np.clip(sine, -1, 1))
    turn = np.arctan2(np.sin(bearing) * np.sin(angle) * np.cos(lat), np.cos(angle) - np.sin(lat) * np.sin(to))
    return Point(float(np.degrees(to)), float((center.lon + np.degrees(turn) + 180) % 360 - 180))
