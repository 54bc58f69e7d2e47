"""The gate before litigation, from a table a lawyer can read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from amiable.domain.cases.transfer import Tried, gate
from amiable.domain.check import may_go
from amiable.domain.law import rule

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "transfer" / "gate.yaml").read_text(encoding="utf-8")
)
DAY = date(2026, 8, 3)
WHOLE = {
    "claimed_cents": 240_000,
    "letters": 3,
    "calls": 2,
    "notice_on": DAY,
    "met_on": DAY,
    "visited_on": DAY,
    "social_on": DAY,
    "plan_on": DAY,
    "plan_end": "dénoncé",
    "ccapex_on": DAY,
    "assignation_from_on": date(2026, 10, 3),
    "lease_on": date(2020, 2, 1),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_gate(case):
    tried = {**WHOLE, **case["tried"]}
    checks = gate(Tried(**{**tried, "holds": tuple(tried.get("holds", ()))}))
    states = {check.code: check.state for check in checks}
    assert may_go(checks) is case["leaves"]
    assert {code: states.get(code) for code in case.get("states", {})} == case.get("states", {})
    assert not set(case.get("absent", ())) & set(states)


def test_every_check_cites_rules_that_exist():
    checks = gate(Tried(**WHOLE, caf_constituted_on=DAY, caf_on=DAY, guarantors=1, guarantors_told=1))
    for rule_id in {rule_id for check in checks for rule_id in check.rules}:
        assert rule(rule_id).source
