"""What plans do each night."""

from __future__ import annotations

from typing import Any

from amiable.core.rooms import Night
from amiable.plans.services import follow_plans


def plans(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": follow_plans(office=night.office, as_of=night.as_of)}
