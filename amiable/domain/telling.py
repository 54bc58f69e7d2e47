"""Conditions told in French with the person's own numbers, judged by the very expressions that decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from amiable.domain import facts
from amiable.domain.conditions import Condition, Leaf, holds, leaves, opens_in


@dataclass(frozen=True)
class LeafResult:
    """One leaf judged on one account. wait_days: 0 when it holds, n when only time is missing, else None."""

    leaf: Leaf
    holds: bool
    wait_days: int | None
    sentence: str


def judge(
    conditions: list[Condition], row: pl.DataFrame, labels: Mapping[str, str]
) -> list[list[LeafResult]]:
    """Every leaf of resolved conditions judged on a frame of one row by the expressions the decision uses.

    labels: step code -> French label. Shape: one list of results per condition.
    """
    distinct = {repr(leaf): leaf for condition in conditions for leaf in leaves(condition)}
    wanted = [expr for i, leaf in enumerate(distinct.values()) for expr in _judged(i, leaf)]
    judged = row.select(wanted).row(0, named=True) if wanted else {}
    values = row.row(0, named=True)
    results = {
        key: LeafResult(
            leaf, judged[f"holds{i}"], judged[f"wait{i}"], describe(leaf, values.get(leaf.fact), labels)
        )
        for i, (key, leaf) in enumerate(distinct.items())
    }
    return [[results[repr(leaf)] for leaf in leaves(condition)] for condition in conditions]


def _judged(index: int, leaf: Leaf) -> list[pl.Expr]:
    return [holds(leaf).alias(f"holds{index}"), opens_in(leaf).alias(f"wait{index}")]


_ASKED = {
    ">=": "seuil {v}",
    ">": "plus de {v} attendu",
    "<=": "au plus {v}",
    "<": "moins de {v}",
    "=": "attendu : {v}",
    "!=": "autre que {v}",
}


def describe(leaf: Leaf, value: Any, labels: Mapping[str, str]) -> str:
    """The leaf in French with the person's own number: « 512,40 € de dette exigible, seuil 15,00 € »."""
    if leaf.step is not None:
        return _describe_step(leaf, value, labels.get(leaf.step, leaf.step))
    fact = facts.get(leaf.fact)
    said = fact.describe(value)
    if fact.unit == "bool" or leaf.op in ("is_null", "not_null"):
        return said if value is not None else f"{fact.label_fr} : aucune donnée"
    return f"{said}, {asked(leaf)}"


def asked(leaf: Leaf) -> str:
    """What the leaf asks for, without the person's value: « seuil 15,00 € », « à partir du 18 »."""
    fact = facts.get(leaf.fact)
    if leaf.op in ("reached", "not_reached"):
        return (
            "à partir" if leaf.op == "reached" else "jusqu'à la veille"
        ) + f" du {_target_words(leaf.value)}"
    if leaf.op in ("in", "not_in"):
        words = " ou ".join(facts.format_value(fact, v) for v in leaf.value)
        return f"attendu : {words}" if leaf.op == "in" else f"autre que {words}"
    return _ASKED[leaf.op].format(v=facts.format_value(fact, leaf.value)) if leaf.op in _ASKED else ""


def _target_words(value: Mapping[str, int]) -> str:
    months, day, days = value.get("months", 0), value.get("day"), value.get("days", 0)
    when = {0: "du même mois", 1: "du mois suivant"}.get(months, f"du {months}e mois suivant")
    if day is None:
        return f"{days}e jour suivant" if not months else f"même jour {when}"
    return f"{facts.format_unit('day_of_month', day)} {when}"


def _describe_step(leaf: Leaf, value: int | None, label: str) -> str:
    if value is None:
        return f"étape « {label} » pas encore faite"
    done = f"étape « {label} » faite il y a {facts.format_unit('days', value)}"
    return done if leaf.op in ("is_null", "not_null") else f"{done}, {asked(leaf).replace('seuil', 'délai')}"
