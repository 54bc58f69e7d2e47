"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import Room

ROOM = Room(code="ledger", append_only={"ledger.Entry": ("reference", "wording")})
