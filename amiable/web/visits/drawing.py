"""A round on a map of its own: points in order, the road as straight lines, a scale. No tile, no service."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from amiable.domain.geography import EARTH_RADIUS_M, Point
from amiable.domain.text.french import decimal

WIDTH, HEIGHT, MARGIN = 640, 400, 36
#: A round smaller than this is drawn at this size: a street is not stretched over the page.
_LEAST_M = 400
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Mark:
    """One stop, `label` its number (or several at one address: « 2, 3 »)."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Map:
    """start: the agency. path: the points of a polyline. bar: the scale's length in pixels and in words."""

    start: Mark
    marks: Sequence[Mark]
    path: str
    bar: float
    bar_words: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_end(self) -> float:
        return 16 + self.bar


def draw(start: Point, stops: Sequence[tuple[str, Point]]) -> Map:
    """The map of the stops (label, where), in their order, from the agency and back."""
    points = [start, *(point for _, point in stops)]
    lat0 = math.radians(sum(point.lat for point in points) / len(points))
    metres = [
        (math.radians(p.lon) * math.cos(lat0) * EARTH_RADIUS_M, math.radians(p.lat) * EARTH_RADIUS_M)
        for p in points
    ]
    xs, ys = [x for x, _ in metres], [y for _, y in metres]
    middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    wide, high = max(max(xs) - min(xs), _LEAST_M), max(max(ys) - min(ys), _LEAST_M)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    placed = [
        (round(WIDTH / 2 + (x - middle_x) * scale, 1), round(HEIGHT / 2 - (y - middle_y) * scale, 1))
        for x, y in metres
    ]
    path = " ".join(f"{x},{y}" for x, y in [*placed, placed[0]])
    bar_m = _round_length(WIDTH / 4 / scale)
    words = f"{bar_m} m" if bar_m < 1000 else f"{decimal(bar_m / 1000, 0)} km"
    return Map(
        Mark(*placed[0], "A"),
        _gathered([(label, at) for (label, _), at in zip(stops, placed[1:], strict=True)]),
        path,
        round(bar_m * scale, 1),
        words.replace(" ", "\u00a0"),
    )


def _gathered(marks: Sequence[tuple[str, tuple[float, float]]]) -> list[Mark]:
    """Stops at one place share one mark."""
    found: dict[tuple[float, float], list[str]] = {}
    for label, at in marks:
        found.setdefault(at, []).append(label)
    return [Mark(*at, ", ".join(labels)) for at, labels in found.items()]


def _round_length(metres: float) -> int:
    """The longest of 1, 2, 5, 10, 20... that fits."""
    power = 10 ** int(math.log10(metres)) if metres >= 1 else 1
    return max((step * power for step in _STEPS if step * power <= metres), default=1)
