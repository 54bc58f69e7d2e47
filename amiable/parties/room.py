"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import Room

ROOM = Room(
    code="parties",
    verbs={
        "person.merge_refused": "a refusé de réunir deux personnes",
        "person.merged": "a réuni deux personnes",
        "person.preferences": "a changé ce que la personne accepte de recevoir",
    },
)
