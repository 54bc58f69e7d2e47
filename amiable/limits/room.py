"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import LimitSource, Room

ROOM = Room(
    code="limits",
    lines={
        "limit": "Limite légale",
    },
    verbs={
        "limit.interrupted": "a noté l’interruption d’une limite légale",
        "limit.postponed": "a noté le report d’une limite légale",
        "limit.resumed": "a noté la reprise d’une limite légale",
        "limit.suspended": "a noté la suspension d’une limite légale",
    },
    append_only={"limits.LimitEvent": ("reason",)},
    limits=(
        LimitSource("dossier", "amiable.limits.queries.stored"),
        LimitSource("prescription", "amiable.limits.queries.prescriptions"),
    ),
)
