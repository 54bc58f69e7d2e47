"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import NightStep, Room

ROOM = Room(
    code="nightly",
    night=(
        NightStep(
            "positions",
            "positions, étapes suivantes et dossiers à préparer",
            "amiable.nightly.deciding.positions",
            cut="amiable.nightly.deciding.ranges",
            after=("holds", "promises", "plans"),
        ),
    ),
)
