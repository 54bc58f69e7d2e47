"""Places on the ground: distances, travel times, and one way to write an address to find it again."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from amiable.domain.text.french import search_key

EARTH_RADIUS_M = 6_371_000
#: How lists shorten the kind of street; a key always holds the whole word.
_WORDS = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "bvd": "boulevard",
    "pl": "place",
    "imp": "impasse",
    "all": "allee",
    "ch": "chemin",
    "chem": "chemin",
    "sq": "square",
    "rte": "route",
    "qu": "quai",
    "st": "saint",
    "ste": "sainte",
}
_SEPARATORS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Point:
    """Degrees, WGS 84."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        # NaN fails both comparisons: it is refused too.
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"no such point: {self.lat}, {self.lon}")


def address_key(address: str, postcode: str, city: str) -> str:
    """« 12, av. des Coteaux » in 45992 Vernoy -> `12 avenue des coteaux|45992|vernoy`.

    An empty address names the town itself (its centre)."""
    return "|".join((_plain(address), _SEPARATORS.sub("", postcode.lower()), _plain(city)))


def town_key(postcode: str, city: str) -> str:
    """The key of a town's centre."""
    return address_key("", postcode, city)


def _plain(text: str) -> str:
    words = _SEPARATORS.sub(" ", search_key(text)).split()
    return " ".join(_WORDS.get(word, word) for word in words)


def distance_m(one: Point, other: Point) -> float:
    """Metres as the crow flies (haversine)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.lon - one.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


@dataclass(frozen=True)
class Roads:
    """How roads lengthen a straight line, and how fast one drives on them, parking included."""

    detour_percent: int
    speed_kmh: int

    def metres(self, one: Point, other: Point) -> int:
        """Length of the road, in whole metres."""
        return round(distance_m(one, other) * self.detour_percent / 100)

    def seconds(self, one: Point, other: Point) -> int:
        """Time of the road, in whole seconds, rounded up: nobody arrives before leaving."""
        return math.ceil(self.metres(one, other) * 3.6 / self.speed_kmh)
