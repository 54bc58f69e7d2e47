"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="books",
    verbs={
        "books.closed": "a clos un mois des livres",
        "books.exported": "a exporté les écritures comptables (FEC)",
    },
    capabilities={
        "see_books": (R.SERVICE_HEAD,),
        "close_books": (R.SERVICE_HEAD,),
    },
    append_only={"books.Line": (), "books.Close": ()},
)
