"""A control has a consequence: whatever the product finds about an account feeds a guard, a step, or work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polars as pl

import amiable
from amiable.domain.creditors import kinds
from amiable.domain.decision import procedure
from amiable.domain.decision.conditions import leaves
from amiable.domain.decision.decision import score_parts
from amiable.domain.decision.guards import dispatch_block, guards
from amiable.domain.decision.policy import effective
from amiable.domain.decision.queue import queue
from amiable.positions.registry import registered

HERE = Path(amiable.__file__).parent
#: Findings that no guard and no step of the shipped procedures reads, and what they feed instead.
FED = {
    "restricted": "outreach.recipients leaves the person out of every batch, check_caller stops the call",
    "guarantee_called": "guarantees: the call to Action Logement is a case, open or not",
}


def roots(*expressions: pl.Expr) -> set[str]:
    return {name for each in expressions for name in each.meta.root_names()}


def read_by_decisions() -> set[str]:
    """Every fact that stops, delays, orders or asks for something, in any shipped procedure."""
    found = roots(*score_parts().values())
    for code in kinds():
        policy = effective(code, {})
        found |= roots(dispatch_block(policy), queue(policy))
        found |= roots(*(one for guard in guards(policy) for one in (guard.holds, guard.until)))
    for path in (HERE / "procedures" / "profiles").glob("*.yaml"):
        for step in procedure.load(path.read_text(encoding="utf-8")).steps:
            found |= {leaf.fact for leaf in leaves(step.condition)} | {step.deadline or ""}
    return found


def findings() -> set[str]:
    """What a room says is wrong or pending of an account: yes or no, a reason, or a difference in money. The
    state of each kind of case is offered to the offices' own procedures."""
    found = {
        name
        for each in registered()
        for name, dtype in each.columns.items()
        if dtype == pl.Boolean or name.endswith(("_gap_cents", "_reason"))
    }
    return {name for name in found if not name.startswith("dossier_")}


def test_every_finding_feeds_a_guard_a_step_or_a_way_out() -> None:
    found = findings()
    assert {"unmatched_credit", "list_gap_cents", "rejected_debit_reason"} <= found
    assert found - read_by_decisions() == set(FED)


def work_codes() -> Iterator[tuple[str, ast.Call]]:
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = (
                getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            )
            if name == "raise_work":
                yield path.name, node


def test_every_work_the_product_finds_is_somebodys() -> None:
    """Never nobody's by oversight: each call names whom it is for, and a key that raises it once."""
    calls = list(work_codes())
    assert len(calls) >= 5
    for name, call in calls:
        assert {"assignee", "key", "code", "text"} <= {word.arg for word in call.keywords}, name
