"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import NightStep, Room

ROOM = Room(
    code="positions",
    verbs={
        "portfolio.exported": "a exporté le portefeuille",
    },
    night=(
        NightStep(
            "touched",
            "comptes touchés entre-temps",
            "amiable.positions.night.touched",
            after=("positions",),
            before=("batches",),
        ),
    ),
)
