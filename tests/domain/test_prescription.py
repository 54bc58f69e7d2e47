"""Prescription restarted by interruptions, against a naive reading of C. civ. 2231, item by item."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain import law
from amiable.domain.creditors import kind, kinds
from amiable.domain.settlement.prescription import with_prescription

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


def ask(cases: dict[int, tuple[list[date], list[date]]]) -> list[tuple[int, date, date]]:
    """(account, due_on, prescribes_on) of every item: `cases` holds the due days and the acts of accounts."""
    items = [(account, due) for account, (dues, _) in cases.items() for due in dues]
    unpaid = pl.DataFrame(items, schema={"account_id": pl.Int64, "due_on": pl.Date}, orient="row")
    unpaid = unpaid.with_columns(nature=pl.lit("loyer"), document_on="due_on")
    acts = [(account, on) for account, (_, found) in cases.items() for on in found]
    told = with_prescription(unpaid, NATURES, pl.DataFrame(acts, schema=EMPTY, orient="row"))
    return sorted(told.select("account_id", "due_on", "prescribes_on").iter_rows())


lives = st.tuples(st.lists(days, min_size=1, max_size=4), st.lists(days, max_size=5))


@given(st.dictionaries(st.integers(1, 9), lives, min_size=1, max_size=4))
def test_each_act_in_time_starts_the_period_of_each_item_again(cases):
    assert ask(cases) == sorted(
        (account, due, naive(due, acts)) for account, (dues, acts) in cases.items() for due in dues
    )


def test_what_is_older_than_the_sourced_law_is_not_asked_for_ever():
    """A claim nobody acted on since long before the first known period is prescribed, not unknown."""
    for creditor in kinds().values():
        for nature in creditor.natures.values():
            first = law.known_from(nature.prescription_rule)
            assert nature.prescribes_on(first - timedelta(days=4000)) == nature.prescribes_on(first)
            assert nature.prescribes_on(date(2019, 1, 10)) < date(2026, 11, 29)


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
    due = date(2023, 3, 5)
    assert ask({1: ([due], [act] if act else [])}) == [(1, due, expected)]
