"""A procedure held against the law: gentler is the office's choice, harsher is refused with the article.

Which acts the law binds is data (`amiable/procedures/legality.yaml`); the numbers come from the law pack at a
date. What a condition guarantees is read from its tree: every branch of an alternative must guarantee it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from amiable.domain import law
from amiable.domain.creditors import kind
from amiable.domain.decision.branching import required_steps
from amiable.domain.decision.conditions import All, Condition, Leaf
from amiable.domain.decision.policy import law_number
from amiable.domain.decision.procedure import Procedure, Step
from amiable.domain.errors import DomainError
from amiable.domain.text.loading import read_own_yaml

#: Facts that stand for the amount of a claim.
_AMOUNTS = ("balance_cents", "overdue_cents")


@dataclass(frozen=True)
class Fault:
    """One thing the law forbids: the step it is about (None: the whole procedure), why, and the rule.

    field: what would have to change (mode, enabled, delay, mentions, fee, guarded).
    """

    step: str | None
    field: str
    message_fr: str
    rule: str
    source: str

    def __str__(self) -> str:
        return f"{self.message_fr} ({self.rule}, {self.source})"


def check(procedure: Procedure, at: date) -> None:
    """Raise DomainError naming the article when the procedure is harsher than the law in force `at`."""
    found = faults(procedure, at)
    if found:
        raise DomainError("harsher_than_law", " ".join(f"{fault}." for fault in found))


def faults(procedure: Procedure, at: date) -> list[Fault]:
    """Everything the law refuses in the procedure, in the order of the checks."""
    known = set(kind(procedure.kind).natures)
    if unknown := sorted(set(procedure.natures) - known):
        raise DomainError("nature_unknown", f"La nature « {unknown[0]} » n’existe pas pour cet organisme.")
    found = []
    for row in _checks():
        if "natures" in row and not set(row["natures"]) & set(procedure.natures):
            continue
        rule = law.rule(row["rule"])
        for step, field, message in _CHECKS[row["check"]](procedure, row, at):
            found.append(Fault(step, field, message, row["rule"], rule.source))
    return found


@lru_cache(maxsize=1)
def _checks() -> tuple[Mapping[str, Any], ...]:
    text = resources.files("amiable").joinpath("procedures/legality.yaml").read_text(encoding="utf-8")
    return tuple(read_own_yaml(text)["checks"])


#: Step code, field, message.
Faults = Iterator[tuple[str | None, str, str]]


def _no_fee(procedure: Procedure, row: Mapping[str, Any], at: date) -> Faults:
    for step in procedure.active:
        if step.fee_cents:
            yield (
                step.code,
                "fee",
                f"« {step.label_fr} » facture des frais : une relance n’en coûte jamais au débiteur",
            )


def _required(procedure: Procedure, row: Mapping[str, Any], at: date) -> Faults:
    if not any(step.act == row["act"] for step in procedure.active):
        off = [step.code for step in procedure.steps if step.act == row["act"]]
        yield (
            off[0] if off else None,
            "enabled",
            f"« {_act(row['act'])} » ne peut pas être retiré de la procédure",
        )
    for step in procedure.active:
        if step.act == row["act"] and step.guarded:
            yield step.code, "guarded", f"« {step.label_fr} » reste dû même quand le compte est en attente"


def _human(procedure: Procedure, row: Mapping[str, Any], at: date) -> Faults:
    for step in procedure.active:
        if step.act in row["acts"] and step.mode == "auto":
            yield step.code, "mode", f"« {step.label_fr} » ne peut pas être automatique : une personne décide"


def _mentions(procedure: Procedure, row: Mapping[str, Any], at: date) -> Faults:
    for step in procedure.active:
        missing = [m for m in row["mentions"] if m not in step.mentions]
        if step.act == row["act"] and missing:
            yield step.code, "mentions", f"« {step.label_fr} » doit déclarer la mention « {missing[0]} »"


def _delay(procedure: Procedure, row: Mapping[str, Any], at: date) -> Faults:
    before = [step for step in procedure.active if step.act == row["after"]]
    codes = {step.code: _rule_after(step, procedure, row, at) for step in before}
    for step in procedure.active:
        if step.act != row["act"]:
            continue
        if row.get("optional") and not required_steps(step.condition) & set(codes):
            continue
        if not _guarantees(step.condition, lambda leaf: _waits(leaf, codes, at)):
            rules = " ou ".join(f"{_days(rule, at)} jours ({rule})" for rule in dict.fromkeys(codes.values()))
            asked = rules or row["rule"]
            yield (
                step.code,
                "delay",
                f"« {step.label_fr} » doit attendre {asked} après « {_act(row['after'])} »",
            )


def _rule_after(step: Step, procedure: Procedure, row: Mapping[str, Any], at: date) -> str:
    """The rule giving the delay after that step: the short one only when its conditions are guaranteed."""
    if "short_only_if" not in row:
        return row["rule"]
    earlier = {s.code for s in procedure.active if s.act == row["short_only_if"]["preceded_by"]}
    ceiling = law_number(row["short_only_if"]["below"], at)

    def is_below(leaf: Leaf) -> bool:
        if leaf.fact not in _AMOUNTS or leaf.op not in ("<", "<="):
            return False
        value = law_number(leaf.reference, at) if leaf.reference else leaf.value
        return value < ceiling or (value == ceiling and leaf.op == "<")

    short = required_steps(step.condition) & earlier and _guarantees(step.condition, is_below)
    return row["rule"] if short else row["longer_rule"]


def _guarantees(condition: Condition, test: Callable[[Leaf], bool]) -> bool:
    """Whether every way the condition can hold contains a leaf that passes the test."""
    if isinstance(condition, Leaf):
        return test(condition)
    results = [_guarantees(child, test) for child in condition.children]
    return any(results) if isinstance(condition, All) else bool(results) and all(results)


def _waits(leaf: Leaf, rules: Mapping[str, str], at: date) -> bool:
    """Whether the leaf makes one of these steps' legal delays run out."""
    rule = rules.get(leaf.step or "")
    if rule is None or (law.limit_specs(rule)[0].notified and not leaf.is_notified):
        return False
    if leaf.op == "after_limit":
        return leaf.value == rule or _days(leaf.value, at) >= _days(rule, at)
    if leaf.op not in (">", ">=") or (leaf.reference or "").startswith("$policy."):
        return False
    value = law_number(leaf.reference, at) if leaf.reference else leaf.value
    # The debtor may still pay on the last day: the act comes the day after.
    return value + (leaf.op == ">") > _days(rule, at)


def _days(rule_id: str, at: date) -> int:
    """A legal delay in days; one in months is measured from `at`."""
    value = law.get(rule_id, at, law.limit_specs(rule_id)[0].delay_key)
    return int(value.number) if value.unit == "days" else (law.limit(rule_id, at).ends_on - at).days


def _act(act: str) -> str:
    return act.replace("_", " ").lower()


_CHECKS: Mapping[str, Callable[[Procedure, Mapping[str, Any], date], Faults]] = {
    "no_fee": _no_fee,
    "required": _required,
    "human": _human,
    "mentions": _mentions,
    "delay": _delay,
}
