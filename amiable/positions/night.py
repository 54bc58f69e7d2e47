"""What positions do each night, after they are rebuilt."""

from __future__ import annotations

from typing import Any

from amiable.core.rooms import Night
from amiable.positions.stale import catch_up


def touched(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": catch_up(office=night.office, today=night.as_of)}
