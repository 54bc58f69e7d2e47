"""Nobody leaves every queue: what is owed above the floor stands in one of four, judged by a naive oracle."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.decision import decision, explanation, facts, policy, procedure
from amiable.domain.decision.procedure import Procedure
from amiable.domain.decision.queue import CASE, HOLD, STEP, UNDECIDED, UNDECIDED_LABEL

AS_OF = date(2026, 11, 22)
PROFILES = Path(procedure.__file__).parents[2] / "procedures" / "profiles"
ENDS_BY_ITSELF = {"unmatched_credit", "pending_aid", "aid_gap", "steady_payer"}


@cache
def profile(code: str) -> Procedure:
    return procedure.load((PROFILES / f"{code}.yaml").read_text(encoding="utf-8"))


def policy_of(read: Procedure) -> dict[str, Any]:
    return policy.effective(read.kind, {})


def decided(row: dict[str, Any], code: str = "standard") -> dict[str, Any]:
    read = profile(code)
    schema = {name: facts.get(name).dtype for name in row if name != "account_id"}
    frame = pl.DataFrame([row], schema={"account_id": pl.Int64(), **schema})
    return decision.decide(frame, read, policy_of(read), AS_OF).row(0, named=True)


def naively(row: dict[str, Any], made: dict[str, Any], rules: dict[str, Any]) -> str | None:
    """The specification, in loops: only `next_step`, `duties` and `held_by` come from the decision."""
    owed = row["overdue_cents"]
    if owed <= 0 or owed < rules["reminder_floor_cents"]:
        return None
    if made["next_step"] or made["duties"]:
        return STEP
    delay = timedelta(days=rules["undated_review_days"])
    held = made["held_by"]
    waiting = held in ENDS_BY_ITSELF
    if held == "promise" and row.get("promise_due_on"):
        waiting = row["promise_due_on"] + timedelta(days=rules["promise_grace_days"]) >= AS_OF
    if held in facts.HOLD_LABELS:
        ends = row["hold_until"] or (row["hold_since"] + delay if row["hold_since"] else None)
        waiting = ends is not None and ends >= AS_OF
    if waiting:
        return CASE if held == "litigation" else HOLD
    limit, moved = row["case_limit_on"], row["case_moved_on"]
    if (limit and limit >= AS_OF) or (moved and moved + delay >= AS_OF):
        return CASE
    return UNDECIDED


def days(low: int, high: int) -> st.SearchStrategy[date | None]:
    return st.one_of(st.none(), st.integers(low, high).map(lambda n: AS_OF + timedelta(days=n)))


ACCOUNTS = st.fixed_dictionaries(
    {
        "account_id": st.just(1),
        "overdue_cents": st.integers(0, 40_000),
        "actionable_cents": st.integers(0, 40_000),
        "pending_aid_cents": st.sampled_from([0, 0, 20_000]),
        "oldest_unpaid_on": days(-400, -1),
        "age_days": st.integers(0, 400),
        "unpaid_terms": st.integers(0, 5),
        "hold": st.sampled_from([None, None, *facts.HOLD_LABELS]),
        "hold_since": days(-200, 0),
        "hold_until": days(-2, 100),
        "disputed_cents": st.sampled_from([None, 0, 10_000]),
        "promise_pending": st.sampled_from([None, False, True]),
        "promise_due_on": days(-10, 30),
        "unmatched_credit": st.sampled_from([None, False, False, True]),
        "case_moved_on": days(-200, 0),
        "case_limit_on": days(-100, 100),
        "status": st.just("present"),
        "days_since.relance_1": st.sampled_from([None, 1, 200]),
        "days_since.relance_2": st.sampled_from([None, 1, 200]),
        "days_since.mise_en_demeure": st.sampled_from([None, 1, 200]),
        "days_since.transmission_contentieux": st.sampled_from([None, 1, 200]),
    }
)


@settings(max_examples=300, deadline=None)
@given(ACCOUNTS, st.sampled_from(["standard", "comptable-local"]))
def test_every_debt_above_the_floor_stands_in_one_queue(row: dict[str, Any], code: str) -> None:
    made = decided(row, code)
    assert made["queue"] == naively(row, made, policy_of(profile(code)))
    owes = row["overdue_cents"] >= max(1, policy_of(profile(code))["reminder_floor_cents"])
    assert (made["queue"] is None) == (not owes)


#: A tenant whose every step was done long ago: the procedure has nothing more to say.
EXHAUSTED = {
    "account_id": 1,
    "overdue_cents": 250_000,
    "actionable_cents": 0,
    "hold": "pause",
    "hold_since": AS_OF,
    "hold_until": None,
    "case_moved_on": None,
    "case_limit_on": None,
}
DELAY = policy_of(profile("standard"))["undated_review_days"]


@pytest.mark.parametrize(
    ("changed", "queue", "review_on"),
    [
        ({"hold_since": AS_OF - timedelta(days=DELAY)}, HOLD, AS_OF),
        ({"hold_since": AS_OF - timedelta(days=DELAY + 1)}, UNDECIDED, AS_OF - timedelta(days=1)),
        ({"hold_until": AS_OF}, HOLD, AS_OF + timedelta(days=1)),
        ({"hold": "litigation"}, CASE, AS_OF + timedelta(days=DELAY)),
        ({"hold": None, "case_limit_on": AS_OF}, CASE, None),
        ({"hold": None, "case_limit_on": AS_OF - timedelta(days=1)}, UNDECIDED, None),
        ({"hold": None, "case_moved_on": AS_OF - timedelta(days=DELAY)}, CASE, None),
        ({"hold": None, "case_moved_on": AS_OF - timedelta(days=DELAY + 1)}, UNDECIDED, None),
    ],
)
def test_what_has_no_end_is_decided_again(
    changed: dict[str, Any], queue: str, review_on: date | None
) -> None:
    """On the last day of the office's delay it still waits; the day after, somebody decides."""
    made = decided({**EXHAUSTED, **changed})
    assert (made["next_step"], made["queue"], made["review_on"]) == (None, queue, review_on)


def test_an_undecided_account_says_so() -> None:
    read = profile("standard")
    row = {**EXHAUSTED, "hold": None, "hold_since": None}
    schema = {name: facts.get(name).dtype for name in row if name != "account_id"}
    frame = pl.DataFrame([row], schema={"account_id": pl.Int64(), **schema})
    told = explanation.explain(frame, read, policy_of(read), AS_OF)
    assert told.label_fr == UNDECIDED_LABEL
    assert "2 500,00" in told.why.replace("\u202f", " ").replace("\u00a0", " ")
