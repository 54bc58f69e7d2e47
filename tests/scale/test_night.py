"""A smoke of volume: tens of thousands of accounts, in seconds, cents kept, alone as in a batch."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from amiable.domain.creditors import kind
from amiable.domain.settlement.caf import caf_law
from amiable.domain.settlement.figures import Parameters, figures

pytestmark = pytest.mark.scale
ACCOUNTS = 20_000
#: Ten times what a free machine needs: a quadratic step shows, a busy machine does not.
SECONDS = 20


@pytest.fixture(scope="module")
def office():
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
    import ledgers

    base = ledgers.accounts_frame(ACCOUNTS)
    rows = ledgers.movements(base).rename(
        {"id": "entry_id", "account": "account_id", "amount": "amount_cents", "reverses": "reverses_id"}
    )
    entries = rows.with_columns(pl.col("kind").cast(pl.Int8), is_net=pl.lit(False))
    accounts = base.select(
        account_id="account", status=pl.lit("present"), left_on=pl.lit(None, pl.Date),
        split_on=pl.lit(None, pl.Date), nature=pl.lit("loyer"),
    )  # fmt: skip
    terms = base.select(
        account_id="account", effective_on=pl.lit(date(2024, 1, 1)), rent_cents="rent",
        charges_cents=pl.lit(0, pl.Int64), aid_cents="aid", third_party=pl.col("aid") > 0,
    )  # fmt: skip
    return entries, accounts, terms, ledgers.AS_OF


def test_a_quarter_of_a_million_movements_in_seconds(office):
    entries, accounts, terms, as_of = office
    parameters = Parameters(caf=caf_law(), natures=kind("landlord").natures)
    begun = time.perf_counter()
    found = figures(entries, accounts, terms, as_of, parameters)
    assert time.perf_counter() - begun < SECONDS
    assert found.height == ACCOUNTS
    assert found["balance_cents"].sum() == entries["amount_cents"].sum()
    ages = pl.sum_horizontal("due_0_30_cents", "due_31_60_cents", "due_61_90_cents", "due_over_90_cents")
    assert found.filter(ages != pl.col("overdue_cents")).is_empty()
    # Nothing is due later here: what is owed, less what is held, is the balance.
    held = pl.col("overdue_cents") - pl.col("unallocated_cents")
    assert found.filter(held != pl.col("balance_cents")).is_empty()


def test_alone_as_in_the_batch(office):
    entries, accounts, terms, as_of = office
    parameters = Parameters(caf=caf_law(), natures=kind("landlord").natures)
    batch = figures(entries, accounts, terms, as_of, parameters)
    chosen = batch.filter(pl.col("overdue_cents") > 0)["account_id"].gather_every(1500).to_list()
    assert len(chosen) > 3
    for each in chosen:
        one = pl.col("account_id") == each
        alone = figures(entries.filter(one), accounts.filter(one), terms.filter(one), as_of, parameters)
        assert alone.equals(batch.filter(one))
