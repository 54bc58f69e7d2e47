"""Each shipped procedure lived day by day: which step comes when, each done the day it is ready."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from amiable.domain.decision import decision, facts, policy, procedure

DUE_ON = date(2026, 1, 5)
LIVES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "lives" / "lives.yaml").read_text(encoding="utf-8")
)
PROFILES = Path(procedure.__file__).parents[2] / "procedures" / "profiles"


@pytest.mark.parametrize("case", LIVES, ids=lambda case: case["name"])
def test_life(case: dict[str, Any]) -> None:
    read = procedure.load((PROFILES / f"{case['procedure']}.yaml").read_text(encoding="utf-8"))
    rules = policy.effective(read.kind, {})
    done: dict[str, date] = {}
    life = []
    for day in range(case["days"] + 1):
        as_of = DUE_ON + timedelta(days=day)
        given = {**case["facts"], **since_contact(read, done, as_of, rules)}
        decided = decision.decide(frame(given, as_of, done), read, rules, as_of).row(0, named=True)
        due = [decided["next_step"]] if decided["next_step_on"] == as_of else []
        due += [duty["code"] for duty in decided["duties"] if duty["on"] == as_of]
        life += [[day, code] for code in due]
        done |= dict.fromkeys(due, as_of)
    assert life == case["life"]


def since_contact(
    read: procedure.Procedure, done: dict[str, date], as_of: date, rules: Any
) -> dict[str, Any]:
    """Days since the last contact step, as long as the office's gap lasts."""
    days = [(as_of - done[step.code]).days for step in read.steps if step.code in done and not step.is_duty]
    near = [count for count in days if count < rules["contact_gap_days"]]
    return {"days_since_person_contact": min(near)} if near else {}


def frame(given: dict[str, Any], as_of: date, done: dict[str, date]) -> pl.DataFrame:
    row = {
        "account_id": 1,
        "status": "present",
        "overdue_cents": 60000,
        "oldest_unpaid_on": DUE_ON,
        "age_days": (as_of - DUE_ON).days,
        "unpaid_terms": 1,
        **given,
        **{facts.step_column(code): (as_of - on).days for code, on in done.items()},
        # What is sent is received the same day.
        **{facts.notified_column(code): (as_of - on).days for code, on in done.items()},
    }
    row["balance_cents"] = row["actionable_cents"] = row["overdue_cents"]
    schema = {name: facts.get(name).dtype for name in row if name != "account_id"}
    return pl.DataFrame([row], schema={"account_id": pl.Int64(), **schema})
