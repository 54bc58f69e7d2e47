"""Distances against another formula, and addresses written in several ways that are one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.geography import EARTH_RADIUS_M, Point, Roads, address_key, distance_m

points = st.builds(Point, st.floats(-85, 85), st.floats(-179, 179))


def on_a_sphere(one: Point, other: Point) -> float:
    """The same distance by vectors: the angle between two directions from the centre of the Earth."""

    def direction(point: Point) -> tuple[float, float, float]:
        lat, lon = math.radians(point.lat), math.radians(point.lon)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    a, b = direction(one), direction(other)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return EARTH_RADIUS_M * math.atan2(math.sqrt(sum(x * x for x in cross)), dot)


@given(points, points)
def test_the_distance_is_that_of_a_sphere(one: Point, other: Point) -> None:
    # Near the antipodes the two formulas lose digits differently; nobody drives there.
    assert distance_m(one, other) == pytest.approx(on_a_sphere(one, other), rel=1e-6, abs=500)


def test_a_known_distance() -> None:
    # One degree of latitude is a 360th of a meridian.
    assert distance_m(Point(47, 2), Point(48, 2)) == pytest.approx(2 * math.pi * EARTH_RADIUS_M / 360)


@given(points, points, st.integers(100, 300), st.integers(5, 90))
def test_roads_are_never_shorter_than_the_straight_line(
    one: Point, other: Point, detour: int, speed: int
) -> None:
    roads = Roads(detour, speed)
    assert roads.metres(one, other) >= distance_m(one, other) - 1
    assert roads.seconds(one, other) * speed / 3.6 >= roads.metres(one, other) - 1e-6 * roads.metres(
        one, other
    )


@pytest.mark.parametrize(
    "written",
    ["12 avenue des Coteaux", "12, av. des Coteaux", "12 AVENUE DES COTEAUX ", "12 ave des  coteaux"],
)
def test_one_address_written_in_several_ways_is_one_key(written: str) -> None:
    assert (
        address_key(written, "45 992", "Vernoy-sur-Rives") == "12 avenue des coteaux|45992|vernoy sur rives"
    )


def test_two_numbers_of_a_street_are_two_places() -> None:
    assert address_key("12 rue du Bac", "45990", "Deux-Rives") != address_key(
        "1 2 rue du Bac", "45990", "Deux-Rives"
    )
    assert address_key("12 rue du Bac", "45990", "Deux-Rives") != address_key(
        "12 bis rue du Bac", "45990", "Deux-Rives"
    )


@pytest.mark.parametrize(
    ("lat", "lon"), [(91, 0), (-91, 0), (0, 181), (0, -181), (math.nan, 0), (0, math.inf)]
)
def test_a_point_outside_the_earth_does_not_exist(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="no such point"):
        Point(lat, lon)
