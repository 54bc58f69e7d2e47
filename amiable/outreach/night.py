"""What outreach does each night."""

from __future__ import annotations

from typing import Any

from amiable.core.rooms import Night
from amiable.outreach.dispatch import prepare_day


def batches(night: Night, _slice: str) -> dict[str, Any]:
    found = prepare_day(office=night.office, today=night.as_of, now=night.now)
    return {"rows": found["batches"], **found}
