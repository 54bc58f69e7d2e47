"""Conditions: the Polars expression against a naive reading of the same tree, one row at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.decision import compiling, conditions, facts
from amiable.domain.decision.telling import judge
from amiable.domain.errors import DomainError

AS_OF = date(2026, 11, 22)
INTS = ("age_days", "actionable_cents", "caf_limit_in_days", "days_since.relance_1")
OPS = ("=", "!=", ">", ">=", "<", "<=")


def naive_leaf(data: dict, row: dict) -> bool | None:
    """None when unknown: an unknown stays unknown under `not`."""
    if "step" in data:
        value = row[f"days_since.{data['step']}"]
        if "done" in data:
            return (value is not None) == data["done"]
        op, number = data["done_since_days"].split()
        return None if value is None else compare(value, op, int(number))
    value = row[data["fact"]]
    if data["op"] in ("is_null", "not_null"):
        return (value is None) == (data["op"] == "is_null")
    return None if value is None else compare(value, data["op"], data["value"])


def compare(value: Any, op: str, other: Any) -> bool:
    return {
        "=": lambda: value == other,
        "!=": lambda: value != other,
        ">": lambda: value > other,
        ">=": lambda: value >= other,
        "<": lambda: value < other,
        "<=": lambda: value <= other,
        "in": lambda: value in other,
    }[op]()


def naive(data: Any, row: dict) -> bool | None:
    if isinstance(data, list):
        data = {"all": data}
    if "not" in data:
        inner = naive(data["not"], row)
        return None if inner is None else not inner
    for word, absorbing in (("all", False), ("any", True)):
        if word in data:
            results = [naive(child, row) for child in data[word]]
            if absorbing in results:
                return absorbing
            return None if None in results else not absorbing
    return naive_leaf(data, row)


def leaf_data() -> st.SearchStrategy:
    name, op, number = st.sampled_from(INTS), st.sampled_from(OPS), st.integers(-4, 12)
    statuses = st.lists(st.sampled_from(["present", "mute", "parti"]), min_size=1, max_size=2)
    return st.one_of(
        st.builds(lambda f, o, v: {"fact": f, "op": o, "value": v}, name, op, number),
        st.builds(lambda f, o: {"fact": f, "op": o}, name, st.sampled_from(["is_null", "not_null"])),
        st.builds(lambda v: {"fact": "steady_payer", "op": "=", "value": v}, st.booleans()),
        st.builds(lambda v: {"fact": "status", "op": "in", "value": v}, statuses),
        st.builds(lambda o, n: {"step": "relance_1", "done_since_days": f"{o} {abs(n)}"}, op, number),
        st.builds(lambda d: {"step": "relance_1", "done": d}, st.booleans()),
    )


def tree_data() -> st.SearchStrategy:
    return st.recursive(
        leaf_data(),
        lambda children: st.one_of(
            st.builds(lambda c: {"all": c}, st.lists(children, min_size=1, max_size=3)),
            st.builds(lambda c: {"any": c}, st.lists(children, min_size=1, max_size=3)),
            st.builds(lambda c: {"not": c}, children),
        ),
        max_leaves=8,
    )


def conjunction_data() -> st.SearchStrategy:
    return st.builds(lambda c: {"all": c}, st.lists(leaf_data(), min_size=1, max_size=4))


def row_data() -> st.SearchStrategy:
    maybe = st.one_of(st.none(), st.integers(-4, 12))
    return st.fixed_dictionaries(
        {
            "age_days": maybe,
            "actionable_cents": maybe,
            "caf_limit_in_days": maybe,
            "days_since.relance_1": st.one_of(st.none(), st.integers(0, 12)),
            "steady_payer": st.one_of(st.none(), st.booleans()),
            "status": st.one_of(st.none(), st.sampled_from(["present", "mute", "parti"])),
        }
    )


def frame_of(rows: list[dict]) -> pl.DataFrame:
    schema = {name: facts.get(name).dtype for name in rows[0]}
    return pl.DataFrame(rows, schema=schema).with_columns(pl.lit(AS_OF).alias("as_of"))


@settings(max_examples=200, deadline=None)
@given(tree_data(), st.lists(row_data(), min_size=1, max_size=6))
def test_the_expression_says_what_a_naive_reading_says(data: dict, rows: list[dict]) -> None:
    condition = conditions.parse(data)
    frame = frame_of(rows)
    got = frame.select(compiling.holds(condition).alias("x"))["x"].to_list()
    if len(got) == 1:
        got = got * len(rows)
    assert got == [naive(data, row) is True for row in rows]
    waits = frame.select(compiling.opens_in(condition).alias("x"))["x"].to_list()
    assert [w == 0 for w in waits] == got


def aged(row: dict, days: int) -> dict:
    drift = {name: facts.get(name).drift for name in row}
    return {n: v if v is None or not drift[n] else v + drift[n] * days for n, v in row.items()}


@settings(max_examples=200, deadline=None)
@given(conjunction_data(), row_data())
def test_the_wait_of_a_conjunction_is_the_first_day_on_which_it_holds(data: dict, row: dict) -> None:
    # `!=` on a moving fact is read as it stands today: it is left out.
    if any(
        leaf.get("op") == "!=" or leaf.get("done_since_days", "").startswith("!=") for leaf in data["all"]
    ):
        return
    wait = frame_of([row]).select(compiling.opens_in(conditions.parse(data)))[:, 0].item()
    first = next((d for d in range(40) if naive(data, aged(row, d)) is True), None)
    assert wait == first


def test_unknown_never_holds_under_not_either() -> None:
    frame = frame_of([{"age_days": None}])
    leaf = {"fact": "age_days", "op": "<", "value": 5}
    for data in (leaf, {"not": leaf}):
        assert frame.select(compiling.holds(conditions.parse(data)))[:, 0].to_list() == [False]


def test_reached_waits_for_a_day_of_a_later_month() -> None:
    leaf = conditions.parse({"fact": "oldest_unpaid_on", "op": "reached", "value": {"months": 1, "day": 31}})
    frame = frame_of([{"oldest_unpaid_on": day} for day in (date(2026, 10, 1), date(2026, 9, 5), None)])
    # The 31st of November does not exist: the 30th is 8 days ahead.
    assert frame.select(compiling.opens_in(leaf))[:, 0].to_list() == [8, 0, None]


def test_references_become_values_of_the_facts_type() -> None:
    leaf = conditions.parse({"fact": "actionable_cents", "op": ">=", "value": "$policy.reminder_floor_cents"})
    resolved = conditions.resolve(leaf, {"$policy.reminder_floor_cents": 1500}.__getitem__)
    assert next(conditions.leaves(resolved)).value == 1500
    with pytest.raises(DomainError):
        conditions.resolve(leaf, lambda name: "beaucoup")


def test_a_leaf_is_told_with_the_persons_own_numbers() -> None:
    data = [
        {"fact": "overdue_cents", "op": ">=", "value": 1500},
        {"step": "relance_1", "done_since_days": ">= 7"},
        {"fact": "oldest_unpaid_on", "op": "reached", "value": {"months": 1, "day": 18}},
    ]
    row = frame_of(
        [{"overdue_cents": 51240, "days_since.relance_1": 4, "oldest_unpaid_on": AS_OF - timedelta(20)}]
    )
    results = judge([conditions.parse(data)], row, {"relance_1": "Relance 1"})[0]
    told = [r.sentence.replace("\u00a0", " ").replace("\u202f", " ") for r in results]
    assert told == [
        "512,40 € de dette exigible, seuil 15,00 €",
        "étape « Relance 1 » faite il y a 4 jours, délai 7 jours",
        "Plus ancienne échéance impayée : 02/11/2026, à partir du 18 du mois suivant",
    ]
    assert [(r.holds, r.wait_days) for r in results] == [(True, 0), (False, 3), (False, 26)]


@pytest.mark.parametrize(
    "data",
    [
        {"fact": "astral_sign", "op": "=", "value": 1},
        {"fact": "age_days", "op": "~", "value": 1},
        {"fact": "age_days", "op": ">=", "value": "vieux"},
        {"fact": "steady_payer", "op": ">", "value": True},
        {"fact": "status", "op": "=", "value": "fantôme"},
        {"fact": "age_days", "op": "in", "value": 3},
        {"fact": "age_days", "op": "is_null", "value": 3},
        {"fact": "age_days", "op": "reached", "value": {"day": 3}},
        {"fact": "age_days", "op": ">=", "value": 1, "because": "x"},
        {"step": "relance_1", "done_since_days": "seven"},
        {"all": []},
        "age_days >= 3",
    ],
)
def test_what_cannot_be_read_is_refused_in_french(data: Any) -> None:
    with pytest.raises(DomainError) as error:
        conditions.parse(data)
    assert error.value.message_fr


def test_what_stops_a_step_stops_it_only_when_it_is_known_to_hold() -> None:
    stopped = conditions.unless({"fact": "hold", "op": "=", "value": "death"})
    frame = frame_of([{"hold": value} for value in ("death", "pause", None)])
    assert frame.select(compiling.holds(stopped))[:, 0].to_list() == [False, True, True]
    aged_out = conditions.unless({"fact": "age_days", "op": ">=", "value": 5})
    frame = frame_of([{"age_days": value} for value in (4, 5, None)])
    assert frame.select(compiling.opens_in(aged_out))[:, 0].to_list() == [0, None, 0]
