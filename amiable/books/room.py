"""What the room says of itself."""

from __future__ import annotations

from amiable.core.models import User
from amiable.core.rooms import Room

ROOM = Room(
    code="books",
    verbs={
        "books.closed": "a clos un mois des livres",
        "books.exported": "a exporté les écritures comptables (FEC)",
    },
    capabilities={
        "see_books": (User.Role.SERVICE_HEAD,),
        "close_books": (User.Role.SERVICE_HEAD,),
    },
    append_only={"books.Line": (), "books.Close": ()},
)
