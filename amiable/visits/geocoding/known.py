"""The coordinates an office knows: from its list, completed by its address service."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.domain.geography import Point
from amiable.domain.text.french import plural
from amiable.visits.geocoding.ban import BanGeocoder
from amiable.visits.geocoding.base import Address, Found, Geocoder, ServiceUnavailable
from amiable.visits.models import Place

log = logging.getLogger(__name__)
Source: Any = Place.Source
Precision: Any = Place.Precision
COLUMNS = ("adresse", "code_postal", "ville", "latitude", "longitude")
#: A whole department holds fewer addresses; more is another file.
MAX_ROWS = 500_000
MAX_ERRORS = 20
_CHUNK = 500


@dataclass(frozen=True)
class Imported:
    """new, changed: places written; same: already so; errors: (line, what is wrong), the first ones."""

    new: int
    changed: int
    same: int
    errors: tuple[tuple[int, str], ...]


def service() -> Geocoder | None:
    """The office's address service, when the installation names one."""
    url = settings.AMIABLE_GEOCODER_URL
    return BanGeocoder(url) if url else None


def has_service() -> bool:
    return service() is not None


def places_of(office: Office, addresses: Iterable[Address]) -> dict[str, Place]:
    """Address.key -> its place, else the centre of its town when that is known. Nobody else is asked."""
    wanted = list(addresses)
    keys = {address.key for address in wanted} | {address.town for address in wanted}
    known: dict[str, Place] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        known |= {place.key: place for place in Place.objects.filter(office=office, key__in=chunk)}
    found = {address.key: known.get(address.key) or known.get(address.town) for address in wanted}
    return {key: place for key, place in found.items() if place is not None}


def find(
    office: Office, addresses: Iterable[Address], today: date, *, geocoder: Geocoder | None = None
) -> dict[str, Place]:
    """As `places_of`, after asking the address service for those not known; what it says is kept.

    A service that does not answer changes nothing: the addresses stay as they were."""
    wanted = list({address.key: address for address in addresses}.values())
    known = places_of(office, wanted)
    asked = geocoder or service()
    missing = [one for one in wanted if one.key not in known or known[one.key].key != one.key]
    if asked is None or not missing:
        return known
    try:
        found = asked.locate(missing)
    except ServiceUnavailable as error:
        log.warning("address service: %s", error)
        return known
    _keep(office, found, Source.SERVICE, today)
    return places_of(office, wanted)


def coordinates_of(place: Place) -> Point:
    return Point(place.lat, place.lon)


@transaction.atomic
def import_places(*, office: Office, data: bytes, actor: User | None, today: date) -> Imported:
    """The office's list (COLUMNS, separated by « ; »); an empty adresse is a town's centre.

    Good rows are kept, the others are told by line. Raises DomainError when the file is no such list."""
    if actor is not None:
        require(actor, "import_lists")
    found: dict[str, Found] = {}
    errors: list[tuple[int, str]] = []
    for line, row in _rows(data):
        try:
            address, at = _read(row)
        except ValueError as error:
            errors.append((line, str(error)))
            continue
        found[address.key] = Found(at, Precision.HOUSE if address.street else Precision.TOWN)
    new, changed, same = _keep(office, found, Source.LIST, today)
    record(
        "visits.places_imported",
        office=office,
        actor=actor,
        data={"new": new, "changed": changed, "rejected": len(errors)},
    )
    return Imported(new, changed, same, tuple(errors[:MAX_ERRORS]))


def _rows(data: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    reader = csv.DictReader(io.StringIO(text), delimiter=";")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if names[: len(COLUMNS)] != list(COLUMNS):
        raise DomainError(
            "places_columns",
            f"Ce fichier n’est pas une liste de lieux : sa première ligne doit être « {';'.join(COLUMNS)} ». "
            "Rien n’a été enregistré.",
        )
    reader.fieldnames = names
    for count, row in enumerate(reader, start=1):
        if count > MAX_ROWS:
            raise DomainError("places_many", f"Plus de {plural(MAX_ROWS, 'ligne')} : divisez la liste.")
        yield reader.line_num, row


def _read(row: Mapping[str, str]) -> tuple[Address, Point]:
    street, postcode, city, *numbers = ((row.get(name) or "").strip() for name in COLUMNS)
    if not city:
        raise ValueError("la ville manque")
    try:
        lat, lon = (float(number.replace(",", ".")) for number in numbers)
        at = Point(lat, lon)
    except ValueError:
        raise ValueError("latitude ou longitude illisible") from None
    return Address(street, postcode, city), at


def _keep(office: Office, found: Mapping[str, Found], source: str, today: date) -> tuple[int, int, int]:
    """Write the places; how many are new, changed, and already so."""
    kept = {place.key: place for place in Place.objects.filter(office=office)} if found else {}
    new, changed = [], []
    for key, one in found.items():
        values = {"lat": one.at.lat, "lon": one.at.lon, "precision": one.precision, "source": source}
        before = kept.get(key)
        if before is None:
            new.append(Place(office=office, key=key[:300], known_on=today, **values))
        elif any(getattr(before, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(before, name, value)
            before.known_on = today
            changed.append(before)
    Place.objects.bulk_create(new, batch_size=_CHUNK)
    Place.objects.bulk_update(changed, ["lat", "lon", "precision", "source", "known_on"], batch_size=_CHUNK)
    return len(new), len(changed), len(found) - len(new) - len(changed)
