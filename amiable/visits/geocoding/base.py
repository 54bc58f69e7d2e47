"""What a geocoder is asked and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from amiable.domain.geography import Point, address_key, town_key


@dataclass(frozen=True)
class Address:
    street: str
    postcode: str
    city: str

    @property
    def key(self) -> str:
        return address_key(self.street, self.postcode, self.city)

    @property
    def town(self) -> str:
        """The key of its town's centre."""
        return town_key(self.postcode, self.city)

    def __str__(self) -> str:
        town = f"{self.postcode} {self.city}".strip()
        return ", ".join(part for part in (self.street, town) if part)


@dataclass(frozen=True)
class Found:
    """precision: house, street or town (visits.models.Place.Precision)."""

    at: Point
    precision: str


class ServiceUnavailable(Exception):
    """The service did not answer, or not as it should: nothing was learned."""


class Geocoder(Protocol):
    def locate(self, addresses: Sequence[Address]) -> dict[str, Found]:
        """Address.key -> where it is; an unknown address is missing. Raises ServiceUnavailable."""
        ...
