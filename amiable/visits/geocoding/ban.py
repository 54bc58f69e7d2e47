"""The address service of the Base Adresse Nationale, or any that answers as it does (addok, GeoJSON).

Off unless AMIABLE_GEOCODER_URL gives its search address; only streets and towns are sent, never a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from amiable.domain.errors import DomainError
from amiable.domain.geography import Point
from amiable.domain.text.loading import read_json
from amiable.visits.geocoding.base import Address, Found, ServiceUnavailable

TIMEOUT_SECONDS = 5
#: Below this score (0 to 1) the service is guessing: the address stays unknown.
MIN_SCORE = 0.6
#: An answer is some hundred bytes; more is not one.
MAX_BYTES = 200_000
#: What the service calls the result -> Place.Precision.
_PRECISION = {"housenumber": "house", "street": "street", "locality": "street", "municipality": "town"}


class BanGeocoder:
    """url: the search address of the service, e.g. `https://HOST/search/`."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url, self.timeout = url, timeout

    def locate(self, addresses: Sequence[Address]) -> dict[str, Found]:
        found = {}
        for address in addresses:
            answer = self._ask(address)
            if answer is not None:
                found[address.key] = answer
        return found

    def _ask(self, address: Address) -> Found | None:
        asked = {"q": f"{address.street} {address.city}".strip(), "postcode": address.postcode, "limit": 1}
        request = Request(f"{self.url}?{urlencode({k: v for k, v in asked.items() if v})}")
        try:
            with urlopen(request, timeout=self.timeout) as answer:
                content = answer.read(MAX_BYTES + 1)
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise ServiceUnavailable(str(error)) from error
        if len(content) > MAX_BYTES:
            raise ServiceUnavailable("answer too long")
        try:
            return _read(read_json(content))
        except (DomainError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise ServiceUnavailable(f"unreadable answer: {error}") from error


def _read(answer: dict[str, Any]) -> Found | None:
    features = answer["features"]
    if not features:
        return None
    best = features[0]
    kind, score = best["properties"]["type"], float(best["properties"]["score"])
    lon, lat = best["geometry"]["coordinates"]
    if kind not in _PRECISION or not score >= MIN_SCORE:
        return None
    return Found(Point(float(lat), float(lon)), _PRECISION[kind])
