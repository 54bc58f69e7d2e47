"""The gap an office keeps between two contacts with one person, whatever their steps and their accounts.

It is one more condition of the steps that chase: in how many days it lets them through, and what is told of
it, are read like any other. It never delays a step with a limit of its own, nor the notice of an appointment
or of a rejected debit; nor, once the procedure warns of a prescription, the act that interrupts it and the
steps that lead there.
"""

from __future__ import annotations

from amiable.domain.decision.branching import required_steps, whole
from amiable.domain.decision.conditions import POLICY_PREFIX, AnyOf, Condition, Leaf
from amiable.domain.decision.procedure import PRESCRIPTION, Procedure, Step

#: Days since a contact step last reached one of those who owe; unknown when further away than the gap.
FACT = "days_since_person_contact"
SETTING = "contact_gap_days"
_FREE = (Leaf(FACT, "is_null"), Leaf(FACT, ">=", f"{POLICY_PREFIX}{SETTING}"))


def is_spaced(step: Step) -> bool:
    """Whether the gap may delay the step."""
    notice = step.kind == "convocation" or (step.lane == "rejected" and bool(step.channels))
    return not (step.is_duty or step.deadline or notice)


def opening(step: Step, procedure: Procedure) -> Condition:
    """All that must hold for the step to be next: its own condition, and the gap."""
    if not is_spaced(step):
        return step.condition
    if step.code not in _saving(procedure):
        return whole(step.condition, AnyOf(_FREE))
    warned = [other.when for other in procedure.active if other.deadline == PRESCRIPTION]
    return whole(step.condition, AnyOf((*_FREE, *warned))) if warned else step.condition


def _saving(procedure: Procedure) -> set[str]:
    """The steps that interrupt a prescription, and those without which these never come."""
    needs = {step.code: required_steps(step.condition) for step in procedure.active}
    found = {step.code for step in procedure.active if step.interrupts}
    while more := {code for wanted in found for code in needs.get(wanted, ())} - found:
        found |= more
    return found
