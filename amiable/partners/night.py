"""What requests to partners do each night."""

from __future__ import annotations

from typing import Any

from amiable.core.rooms import Night
from amiable.partners.social import escalate


def unanswered(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": escalate(office=night.office, as_of=night.as_of)}
