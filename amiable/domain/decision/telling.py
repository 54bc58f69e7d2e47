"""Conditions told in French with the person's own numbers, judged by the very expressions that decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from amiable.domain.decision import facts
from amiable.domain.decision.compiling import holds, opens_in
from amiable.domain.decision.conditions import Condition, Leaf, leaves
from amiable.domain.text import french


@dataclass(frozen=True)
class LeafResult:
    """One leaf judged on one account. wait_days: 0 when it holds, n when only time is missing, else None."""

    leaf: Leaf
    holds: bool
    wait_days: int | None
    sentence: str
    value: Any = None


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
            leaf,
            judged[f"holds{i}"],
            judged[f"wait{i}"],
            describe(leaf, values.get(leaf.fact), labels),
            values.get(leaf.fact),
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
        label = labels.get(leaf.step, leaf.step)
        return (
            _describe_received(leaf, value, label) if leaf.is_notified else _describe_step(leaf, value, label)
        )
    fact = facts.get(leaf.fact)
    said = fact.describe(value)
    if value is None or fact.unit == "bool" or fact.is_passed(value) or leaf.op in ("is_null", "not_null"):
        return said
    return f"{said}, {asked(leaf)}"


def asked(leaf: Leaf) -> str:
    """What the leaf asks for, without the person's value: « seuil 15,00 € », « à partir du 18 »."""
    if leaf.op in ("after_limit", "before_limit"):
        return f"délai légal {leaf.value}"
    fact = facts.get(leaf.fact)
    if leaf.op in ("reached", "not_reached"):
        return (
            "à partir" if leaf.op == "reached" else "jusqu’à la veille"
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
    return f"{french.with_unit('day_of_month', day)} {when}"


def _describe_step(leaf: Leaf, value: int | None, label: str) -> str:
    if value is None:
        return f"étape « {label} » pas encore faite"
    done = f"étape « {label} » faite il y a {french.with_unit('days', value)}"
    return done if leaf.op in ("is_null", "not_null") else f"{done}, {asked(leaf).replace('seuil', 'délai')}"


def _describe_received(leaf: Leaf, value: int | None, label: str) -> str:
    if value is None:
        return f"« {label} » : réception par la personne pas encore notée"
    received = f"« {label} » reçue il y a {french.with_unit('days', value)}"
    return received if leaf.op in ("is_null", "not_null") else f"{received}, {asked(leaf)}"


# Written for a column -------------------------------------------------------------------------------------

_SLOT = re.compile(r"\{([^{}]*)\}")


def sentence(template: str) -> pl.Expr:
    """A template with `{fact}` slots written for every row: « 512,40 € exigibles depuis le 05/11/2026 »."""
    pieces: list[pl.Expr] = []
    end = 0
    for slot in _SLOT.finditer(template):
        pieces += [pl.lit(template[end : slot.start()]), value_words(facts.get(slot.group(1)))]
        end = slot.end()
    return pl.concat_str([*pieces, pl.lit(template[end:])])


def value_words(fact: facts.Fact) -> pl.Expr:
    """The column-wide twin of `facts.format_value` (a test holds them together)."""
    column = pl.col(fact.name)
    match fact.unit:
        case "cents":
            words = _euros(column)
        case "days":
            noun = pl.when(column.abs() <= 1).then(pl.lit("jour")).otherwise(pl.lit("jours"))
            words = pl.concat_str([column.cast(pl.String), pl.lit(french.NBSP), noun])
        case "months":
            words = pl.concat_str([column.cast(pl.String), pl.lit(f"{french.NBSP}mois")])
        case "ratio":
            trimmed = column.round(2).cast(pl.String).str.strip_suffix(".0")
            words = trimmed.str.replace(".", ",", literal=True)
        case "date":
            words = column.dt.strftime("%d/%m/%Y")
        case "bool":
            words = pl.when(column).then(pl.lit("oui")).otherwise(pl.lit("non"))
        case "code":
            words = column.replace(dict(fact.values)) if fact.values else column
        case _:
            words = column.cast(pl.String)
    return pl.when(column.is_null()).then(pl.lit("inconnu")).otherwise(words)


def _euros(cents: pl.Expr) -> pl.Expr:
    euros = cents.abs() // 100
    small = (euros % 1000).cast(pl.String)
    thousands, millions = (euros // 1000) % 1000, euros // 1_000_000
    nb = pl.lit(french.NARROW)
    padded = small.str.zfill(3)
    grouped = (
        pl.when(millions > 0)
        .then(
            pl.concat_str([millions.cast(pl.String), nb, thousands.cast(pl.String).str.zfill(3), nb, padded])
        )
        .when(thousands > 0)
        .then(pl.concat_str([thousands.cast(pl.String), nb, padded]))
        .otherwise(small)
    )
    sign = pl.when(cents < 0).then(pl.lit("\u2212")).otherwise(pl.lit(""))
    rest = (cents.abs() % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str([sign, grouped, pl.lit(","), rest, pl.lit(f"{french.NBSP}€")])
