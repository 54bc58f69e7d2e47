"""An office's own scales and marks on a day: its settings, and its values of the rules « à vérifier »."""

from __future__ import annotations

from datetime import date

from amiable.core.law_overrides import in_force
from amiable.core.models import Office
from amiable.domain import law
from amiable.domain.household.figures import Scales
from amiable.domain.household.orientation import Marks
from amiable.procedures.in_force import policy_of

#: The yearly scales a capacity of repayment rests on.
_CAPACITY_SCALES = (("HH-01", "scale"), ("HH-01", "per_dependant"), ("HH-02", "base"))


def scales_of(office: Office, at: date) -> Scales:
    """What the figures of a household hang on. A few queries."""
    return Scales(int(policy_of(office, at)["living_floor_cents"]), in_force(office))


def outdated_fr(office: Office, at: date) -> str:
    """« barème 2026, à mettre à jour » when what a capacity rests on has ended; else nothing."""
    own = in_force(office)
    told = (law.estimate(rule, at, key, overrides=own).outdated_fr for rule, key in _CAPACITY_SCALES)
    return next(filter(None, told), "")


def marks_of(office: Office, at: date) -> Marks:
    """The marks a proposal of orientation is read against."""
    policy = policy_of(office, at)
    longest = policy.get("plan_max_months") or law.get("PLAN-01", at, "max").number
    return Marks(int(policy["effort_mark_percent"]), int(policy["living_floor_cents"]), int(longest))


def proof_days(office: Office, at: date) -> int:
    """Age from which a document seen is to be renewed."""
    return int(policy_of(office, at)["proof_max_days"])
