"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="household",
    lines={
        "household": "Situation du ménage",
    },
    verbs={
        "household.assessed": "a noté la situation du ménage",
        "household.erased": "a effacé une situation du ménage",
        "household.oriented": "a décidé l’orientation du ménage",
    },
    capabilities={
        # A household's situation, removed for good at the person's request.
        "erase_situations": (
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
        ),
    },
)
