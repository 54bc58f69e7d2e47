"""What the diary does each night."""

from __future__ import annotations

from typing import Any

from amiable.core.rooms import Night
from amiable.diary.disputes import remind_late
from amiable.diary.holds import expire_holds
from amiable.diary.promises import follow_promises


def holds(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": expire_holds(office=night.office, as_of=night.as_of)}


def promises(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": follow_promises(office=night.office, as_of=night.as_of)}


def disputes(night: Night, _slice: str) -> dict[str, Any]:
    return {"rows": remind_late(office=night.office, as_of=night.as_of)}
