"""What dossiers do each night, beside what the positions open."""

from __future__ import annotations

from typing import Any

from amiable.cases.services import conclude_silences, spot_repeats
from amiable.core.rooms import Night


def answers(night: Night, _slice: str) -> dict[str, Any]:
    concluded = conclude_silences(office=night.office, as_of=night.as_of)
    repeated = spot_repeats(office=night.office, as_of=night.as_of)
    return {"rows": concluded, "repeated": repeated}
