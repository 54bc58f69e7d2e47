"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import Room

ROOM = Room(
    code="overindebtedness",
    verbs={
        "surendettement.annulled": "a noté l’annulation d’un rétablissement personnel",
        "surendettement.erased": "a appliqué un effacement de surendettement",
        "surendettement.lapsed": "a noté la caducité de mesures de surendettement",
        "surendettement.measured": "a noté des mesures de surendettement",
        "surendettement.received": "a noté une recevabilité",
        "surendettement.set_aside": "a noté l’annulation d’une recevabilité",
    },
    kinds="amiable.overindebtedness.kinds",
)
