"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="correspondence",
    verbs={
        "template.saved": "a changé le texte d’un document",
    },
    capabilities={
        "edit_templates": (
            R.SERVICE_HEAD,
            R.AGENCY_HEAD,
        ),
    },
)
