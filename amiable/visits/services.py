"""Everything other rooms may ask of visits."""

from __future__ import annotations

from amiable.visits.deciding import accept, cancel, is_restricted, refuse, safety_flags
from amiable.visits.planning import Proposed, drop_round, plan_round, propose, take_off
from amiable.visits.reporting import Findings, report

__all__ = [
    "Findings",
    "Proposed",
    "accept",
    "cancel",
    "drop_round",
    "is_restricted",
    "plan_round",
    "propose",
    "refuse",
    "report",
    "safety_flags",
    "take_off",
]
