"""Where an address is: by a list of the office's own, or by an address service when the office has one.

places = geocoding.find(office, addresses, today)      key -> Place, the unknown ones missing
"""

from amiable.visits.geocoding.base import Address, Found, Geocoder, ServiceUnavailable
from amiable.visits.geocoding.known import coordinates_of, find, has_service, import_places, places_of

__all__ = [
    "Address",
    "Found",
    "Geocoder",
    "ServiceUnavailable",
    "coordinates_of",
    "find",
    "has_service",
    "import_places",
    "places_of",
]
