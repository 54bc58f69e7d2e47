"""The decisions of the night, by spans of accounts: several rooms read the same facts, read once."""

from __future__ import annotations

from typing import Any

from amiable.cases.services import propose
from amiable.core.rooms import Night
from amiable.ledger.facts import Span, spans
from amiable.positions.facts import rules
from amiable.positions.services import refresh_some


def ranges(night: Night) -> list[str]:
    return [str(span) for span in spans(night.office.pk)]


def positions(night: Night, partition: str) -> dict[str, Any]:
    """The positions, and from the same facts, read once, the dossiers to prepare."""
    low, high = partition.split("-")
    known, opened = rules(night.office, night.as_of), []
    rows = refresh_some(
        known, Span(int(low), int(high)), then=lambda told: opened.append(propose(known, told))
    )
    return {"rows": rows, "dossiers": sum(opened)}
