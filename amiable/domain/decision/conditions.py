"""Conditions as data: all / any / not over leaves, compiled only to Polars expressions.

A leaf compares one fact with a value, or asks when a step was done:

    {fact: actionable_cents, op: ">=", value: $policy.reminder_floor_cents}
    {fact: oldest_unpaid_on, op: reached, value: {months: 1, day: 18}}     the 18th of the month after
    {step: relance_1, done_since_days: ">= 7"}      {step: relance_1, done: false}
    {step: relance, after_limit: PUB-05.1}          the legal delay left by that step has run out
    {step: mise_en_demeure, notified: false}        what it sent is not known to have been received

A value may name the office's policy ($policy.reminder_floor_cents) or the law in force ($law.PUB-05.1,
$law.PUB-06:threshold), so that no legal number is copied into a procedure.

An unknown (null) fact never makes a leaf hold, under `not` either: `not` is pushed down to the leaves when
the condition is read. `compiling` turns a condition into one expression: in how many days it holds if only
time passes. `telling` evaluates the same expressions on one row, so that what is decided and what is told
cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from amiable.domain import law
from amiable.domain.decision import facts
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole

POLICY_PREFIX = "$policy."
LAW_PREFIX = "$law."
_INVERSE = {
    "=": "!=",
    "!=": "=",
    ">": "<=",
    "<=": ">",
    ">=": "<",
    "<": ">=",
    "in": "not_in",
    "not_in": "in",
    "is_null": "not_null",
    "not_null": "is_null",
    "reached": "not_reached",
    "not_reached": "reached",
    "after_limit": "before_limit",
    "before_limit": "after_limit",
}
ORDERED = (">", ">=", "<", "<=")


@dataclass(frozen=True)
class Leaf:
    """One comparison. `value` is a plain value, "$policy.<name>", a tuple for in, a mapping for reached."""

    fact: str
    op: str
    value: Any = None

    @property
    def step(self) -> str | None:
        """Code of the step this leaf asks about, done or received, if it does."""
        for prefix in (facts.STEP_PREFIX, facts.NOTIFIED_PREFIX):
            if self.fact.startswith(prefix):
                return self.fact.removeprefix(prefix)
        return None

    @property
    def is_notified(self) -> bool:
        """Whether it asks when the person received what the step sent, not when it left."""
        return self.fact.startswith(facts.NOTIFIED_PREFIX)

    @property
    def reference(self) -> str | None:
        """The name of the policy or law value to put in place of `value`."""
        return self.value if is_reference(self.value) else None


@dataclass(frozen=True)
class All:
    """Holds when every child holds; without child, always."""

    children: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """Holds when one child holds; without child, never."""

    children: tuple[Condition, ...] = ()


Condition = Leaf | All | AnyOf
ALWAYS = All()


def is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith((POLICY_PREFIX, LAW_PREFIX))


# Reading ---------------------------------------------------------------------------------------------------


def parse(data: Any, negated: bool = False) -> Condition:
    """Condition read from YAML data; a list means all, nothing means always. Unknown form: DomainError."""
    if data is None or data == []:
        return AnyOf() if negated else ALWAYS
    if isinstance(data, list):
        return _group("all", data, negated)
    if not isinstance(data, Mapping):
        raise _refused(f"« {data} » n’est pas une condition.")
    for word in ("all", "any"):
        if word in data:
            _only(data, {word})
            return _group(word, data[word], negated)
    if "not" in data:
        _only(data, {"not"})
        return parse(data["not"], not negated)
    leaf = _step_leaf(data) if "step" in data else _fact_leaf(data)
    if negated:
        leaf = replace(leaf, op=_INVERSE[leaf.op])
    check_leaf(leaf)
    return leaf


def unless(data: Any) -> Condition:
    """« Not as long as `data` holds »: an unknown fact does not make it hold, so it stops nothing."""
    return _or_unknown(parse(data, negated=True))


def _or_unknown(condition: Condition) -> Condition:
    if not isinstance(condition, Leaf):
        return replace(condition, children=tuple(_or_unknown(child) for child in condition.children))
    if condition.op in ("is_null", "not_null"):
        return condition
    return AnyOf((condition, Leaf(condition.fact, "is_null")))


def _group(word: str, items: Any, negated: bool) -> Condition:
    if not isinstance(items, list) or not items:
        raise _refused(f"« {word} » attend une liste de conditions.")
    children = tuple(parse(item, negated) for item in items)
    return All(children) if (word == "all") != negated else AnyOf(children)


def _fact_leaf(data: Mapping[str, Any]) -> Leaf:
    _only(data, {"fact", "op", "value"})
    if "fact" not in data or "op" not in data:
        raise _refused(f"une condition attend « fact » et « op » : {dict(data)}.")
    value = data.get("value")
    return Leaf(str(data["fact"]), str(data["op"]), tuple(value) if isinstance(value, list) else value)


def _step_leaf(data: Mapping[str, Any]) -> Leaf:
    column = facts.step_column(str(data["step"]))
    if "done" in data:
        _only(data, {"step", "done"})
        return Leaf(column, "not_null" if data["done"] else "is_null")
    if "notified" in data:
        _only(data, {"step", "notified"})
        received = facts.notified_column(str(data["step"]))
        return Leaf(received, "not_null" if data["notified"] else "is_null")
    if "after_limit" in data:
        _only(data, {"step", "after_limit"})
        limit = str(data["after_limit"])
        if any(spec.notified for spec in law.limit_specs(limit)):
            column = facts.notified_column(str(data["step"]))
        return Leaf(column, "after_limit", limit)
    _only(data, {"step", "done_since_days"})
    op, _, number = str(data.get("done_since_days", "")).strip().partition(" ")
    if is_reference(number):
        return Leaf(column, op, number)
    try:
        return Leaf(column, op, whole(number))
    except DomainError:
        raise _refused(f"« done_since_days » s’écrit « >= 7 » (étape {data['step']}).") from None


def check_leaf(leaf: Leaf) -> None:
    """Refuse an unknown fact or operator, or a value of another type than the fact's."""
    fact = facts.get(leaf.fact)
    if leaf.op not in _INVERSE:
        raise _refused(f"l’opérateur « {leaf.op} » n’existe pas (fait « {fact.name} »).")
    if leaf.op in ("is_null", "not_null"):
        if leaf.value is not None:
            raise _refused(f"« {leaf.op} » ne prend pas de valeur (fait « {fact.name} »).")
        return
    if leaf.op in ("after_limit", "before_limit"):
        law.limit_specs(leaf.value)
        return
    if leaf.op in ("reached", "not_reached"):
        ok = fact.unit == "date" and isinstance(leaf.value, Mapping)
        if not ok or not leaf.value or set(leaf.value) - {"days", "months", "day"}:
            raise _refused(
                f"« reached » attend une date et {{months, day}} ou {{days}} (fait « {fact.name} »)."
            )
        return
    if leaf.op in ORDERED and fact.unit in ("bool", "code", "id"):
        raise _refused(f"« {fact.name} » ne se compare pas avec « {leaf.op} ».")
    is_list = leaf.op in ("in", "not_in")
    if is_list != isinstance(leaf.value, tuple):
        raise _refused(
            f"« {leaf.op} » attend {'une liste' if is_list else 'une valeur'} (fait « {fact.name} »)."
        )
    for value in leaf.value if is_list else (leaf.value,):
        _check_value(fact, value)


def _check_value(fact: facts.Fact, value: Any) -> None:
    if is_reference(value):
        return
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    if fact.unit == "bool":
        ok = isinstance(value, bool)
    elif fact.unit == "code":
        ok = isinstance(value, str) and (not fact.values or value in fact.values)
    elif fact.unit == "date":
        ok = isinstance(value, date)
    elif fact.dtype == pl.Float64():
        ok = numeric
    else:
        ok = numeric and isinstance(value, int)
    if not ok:
        raise _refused(f"« {value} » n’est pas une valeur possible pour « {fact.label_fr} ».")


def _only(data: Mapping[str, Any], allowed: set[str]) -> None:
    if extra := sorted(set(data) - allowed):
        raise _refused(f"mot inconnu « {extra[0]} » dans une condition.")


def _refused(message: str) -> DomainError:
    return DomainError("condition_invalid", message[0].upper() + message[1:])


# Walking ---------------------------------------------------------------------------------------------------


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, in reading order."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for child in condition.children:
            yield from leaves(child)


def resolve(condition: Condition, value_of: Callable[[str], Any]) -> Condition:
    """The same condition with values in place of references; `value_of` refuses an unknown one."""
    if not isinstance(condition, Leaf):
        return replace(condition, children=tuple(resolve(child, value_of) for child in condition.children))
    if condition.reference is None:
        return condition
    leaf = replace(condition, value=value_of(condition.reference))
    check_leaf(leaf)
    return leaf
