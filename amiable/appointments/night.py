"""What appointments do each night."""

from __future__ import annotations

from typing import Any

from amiable.appointments.tasks import remind_tomorrow
from amiable.core.rooms import Night


def appointments(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": remind_tomorrow(office=night.office, today=night.as_of, now=night.now)}
