"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import Room

ROOM = Room(
    code="visits",
    lines={
        "visit": "Visite",
    },
    verbs={
        "visit.accepted": "a décidé une visite",
        "visit.cancelled": "a annulé une visite",
        "visit.reported": "a envoyé un rapport de visite",
        "visits.places_imported": "a importé des coordonnées d’adresses",
        "visits.round_dropped": "a défait une tournée",
        "visits.round_planned": "a préparé une tournée",
        "visits.taken_off": "a retiré une visite d’une tournée",
    },
)
