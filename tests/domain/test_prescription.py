"""Prescription restarted by interruptions, against a naive reading of C. civ. 2231, item by item."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.creditors import kind
from amiable.domain.settlement.prescription import prescription

NATURES = kind("landlord").natures
START = date(2020, 1, 1)
days = st.integers(0, 3000).map(lambda n: START + timedelta(days=n))
EMPTY = {"account_id": pl.Int64, "on": pl.Date}


def naive(due: date, acts: list[date]) -> date:
    """Walk through the acts in order: one in time starts the period again, one too late does nothing."""
    ends = NATURES["loyer"].prescribes_on(due)
    for act in sorted(acts):
        if due < act <= ends:
            ends = NATURES["loyer"].prescribes_on(act)
    return ends


def ask(cases: dict[int, tuple[date, list[date]]]) -> dict[int, date]:
    unpaid = pl.DataFrame(
        {
            "account_id": list(cases),
            "nature": ["loyer"] * len(cases),
            "oldest_unpaid_on": [due for due, _ in cases.values()],
            "oldest_document_on": [due for due, _ in cases.values()],
        },
        schema_overrides={"oldest_unpaid_on": pl.Date, "oldest_document_on": pl.Date},
    )
    acts = [(account, on) for account, (_, found) in cases.items() for on in found]
    told = prescription(unpaid, NATURES, pl.DataFrame(acts, schema=EMPTY, orient="row"))
    return dict(told.select("account_id", "prescribes_on").iter_rows())


@given(
    st.dictionaries(st.integers(1, 9), st.tuples(days, st.lists(days, max_size=5)), min_size=1, max_size=4)
)
def test_each_act_in_time_starts_the_period_again(cases):
    assert ask(cases) == {account: naive(due, acts) for account, (due, acts) in cases.items()}


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (None, date(2026, 3, 5)),
        (date(2024, 6, 10), date(2027, 6, 10)),
        (date(2026, 3, 5), date(2029, 3, 5)),
        # One day late: the debt was prescribed, nothing starts again.
        (date(2026, 3, 6), date(2026, 3, 5)),
        # Before the term was due, there was nothing to acknowledge.
        (date(2023, 1, 1), date(2026, 3, 5)),
    ],
)
def test_a_rent_due_on_5_march_2023(act, expected):
    assert ask({1: (date(2023, 3, 5), [act] if act else [])}) == {1: expected}
