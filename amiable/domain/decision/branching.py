"""What a condition asks for, whatever its facts: the steps it needs, the ways it can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from amiable.domain.decision.conditions import All, AnyOf, Condition, Leaf, leaves, parse


def whole(*parts: Condition | None) -> Condition:
    """All of these parts together, as one flat condition."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.children if isinstance(part, All) else [part] if part is not None else [])
    return All(tuple(flat))


#: The fact whose values are alerts, and the one that says that nobody has answered the alert yet.
ALERT, UNANSWERED = "rejected_debit_reason", "rejected_debit_unanswered"


def alerts_answered(condition: Condition) -> tuple[str, ...]:
    """The reasons of a rejected debit that the condition names one by one: its step is what answers them."""
    named = (leaf for leaf in leaves(condition) if leaf.fact == ALERT and leaf.op in ("=", "in"))
    return tuple(v for leaf in named for v in ((leaf.value,) if leaf.op == "=" else leaf.value))


def not_done(code: str, repeat_days: int | None, when: Condition) -> Condition:
    """The step was not done in the current spell, or long enough ago; one that answers an alert is to be done
    again for each new one, whatever was done for the last."""
    ways: list[dict[str, object]] = [{"step": code, "done": False}]
    if repeat_days is not None:
        ways.append({"step": code, "done_since_days": f">= {repeat_days}"})
    if alerts_answered(when):
        ways.append({"fact": UNANSWERED, "op": "=", "value": True})
    return parse(ways[0] if len(ways) == 1 else {"any": ways})


def required_steps(condition: Condition) -> set[str]:
    """Steps that must have been done for the condition to hold, whatever the branch."""
    if isinstance(condition, Leaf):
        positive = condition.step is not None and condition.op not in ("is_null", "not_in")
        return {condition.step} if positive and condition.step else set()
    found = [required_steps(child) for child in condition.children]
    if not found:
        return set()
    return set.union(*found) if isinstance(condition, All) else set.intersection(*found)


def branches(condition: Condition, limit: int = 200) -> list[list[Leaf]]:
    """The ways a condition can hold, each as the leaves that must hold together (at most `limit` of them)."""
    if isinstance(condition, Leaf):
        return [[condition]]
    if isinstance(condition, AnyOf):
        return [branch for child in condition.children for branch in branches(child, limit)][:limit]
    found: list[list[Leaf]] = [[]]
    for child in condition.children:
        found = [left + right for left in found for right in branches(child, limit)][:limit]
    return found


def possible(branch: Iterable[Leaf]) -> bool:
    """False when two leaves of a branch contradict each other for sure (references count as unknown)."""
    by_fact: dict[str, list[Leaf]] = {}
    for leaf in branch:
        by_fact.setdefault(leaf.fact, []).append(leaf)
    return all(_agree(group) for group in by_fact.values())


def _agree(group: list[Leaf]) -> bool:
    ops = {leaf.op for leaf in group}
    if "is_null" in ops and ops != {"is_null"}:
        return False
    plain = [
        leaf for leaf in group if leaf.reference is None and not isinstance(leaf.value, (Mapping, tuple))
    ]
    equal = {leaf.value for leaf in plain if leaf.op == "="}
    if len(equal) > 1 or any(leaf.op == "!=" and leaf.value in equal for leaf in plain):
        return False
    sized = [leaf for leaf in plain if isinstance(leaf.value, (int, float))]
    low = [leaf.value + (leaf.op == ">") for leaf in sized if leaf.op in (">", ">=")]
    high = [leaf.value - (leaf.op == "<") for leaf in sized if leaf.op in ("<", "<=")]
    numbers = [value for value in equal if isinstance(value, (int, float))]
    low, high = low + numbers, high + numbers
    return not (low and high) or max(low) <= min(high)
