"""The allocation: against a naive oracle on random ledgers, and on hand-typed ones with their figures."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.settlement.allocation import settle
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.domain.settlement.postings import known_on, postings
from tests.domain.settlement_ledgers import accounts, days, frame, freezes, ledgers, on, shift
from tests.domain.settlement_oracle import Row, settle_naively


def run(rows: dict[int, list[Row]], as_of: date, freezes=None):
    who = accounts(list(rows), freezes).with_columns(as_of=pl.lit(as_of))
    return settle(postings(known_on(frame(rows), as_of)), who)


def unpaid(
    rows: list[Row], as_of: date, split_on: date | None = None, ends_on: date | None = None
) -> dict[int, int]:
    found = run({1: rows}, as_of, {1: (split_on, ends_on)}).items
    return {r["entry_id"]: r["rest_cents"] for r in found.iter_rows(named=True) if r["rest_cents"]}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ledgers(), freezes), min_size=1, max_size=3), days)
def test_equals_the_naive_oracle(lives, as_of):
    rows = {number: rows for number, (rows, _) in enumerate(lives, 1)}
    found = run(rows, as_of, {number: freeze for number, (_, freeze) in enumerate(lives, 1)})
    for number, (life, freeze) in enumerate(lives, 1):
        items, credits = settle_naively(life, as_of, *freeze)
        mine = found.items.filter(pl.col("account_id") == number)
        got = {r["entry_id"]: (r["amount_cents"], r["rest_cents"], r["aid_cents"]) for r in mine.to_dicts()}
        assert got == {shift(number, i.row.entry_id): (i.amount, i.rest, i.aid) for i in items}
        mine = found.credits.filter(pl.col("account_id") == number)
        held = {r["entry_id"]: r["rest_cents"] for r in mine.to_dicts() if r["rest_cents"]}
        assert held == {shift(number, c.row.entry_id): c.rest for c in credits if c.rest}


@settings(max_examples=150, deadline=None)
@given(ledgers(), days, freezes)
def test_conserves_every_cent(rows, as_of, freeze):
    found = run({1: rows}, as_of, {1: freeze})
    balance = sum(r.amount for r in rows if r.document_on <= as_of)
    assert found.items["rest_cents"].sum() - found.credits["rest_cents"].sum() == balance
    assert (found.items["rest_cents"] >= 0).all()
    assert (found.credits["rest_cents"] >= 0).all()


OCTOBER = Row(1, K.QUITTANCE, on("1/10"), on("5/10"), on("1/10"), 60000)
NOVEMBER = Row(3, K.QUITTANCE, on("1/11"), on("5/11"), on("1/11"), 60000)


def test_a_rejected_payment_reopens_the_term_it_had_paid_from_its_own_date():
    rows = [
        OCTOBER,
        Row(2, K.ENCAISSEMENT, on("5/10"), None, None, -60000),
        NOVEMBER,
        Row(4, K.ENCAISSEMENT, on("5/11"), None, None, -60000),
        Row(5, K.REJET, on("8/11"), None, None, 60000, False, 2),
    ]
    assert unpaid(rows, on("7/11")) == {}
    assert unpaid(rows, on("8/11")) == {1: 60000}


def test_a_payment_in_advance_waits_for_the_term_to_be_due():
    rows = [OCTOBER, Row(2, K.ENCAISSEMENT, on("3/10"), None, None, -50000)]
    assert run({1: rows}, on("4/10")).credits["rest_cents"].to_list() == [50000]
    assert unpaid(rows, on("5/10")) == {1: 10000}


def test_aid_goes_to_its_month_then_to_the_oldest_due_item():
    rows = [OCTOBER, NOVEMBER, Row(4, K.APL, on("25/11"), None, on("1/11"), -25000)]
    assert unpaid(rows, on("25/11")) == {1: 60000, 3: 35000}
    rows[-1] = Row(4, K.APL, on("25/11"), None, on("1/11"), -70000)
    assert unpaid(rows, on("25/11")) == {1: 50000}


def test_aid_of_a_month_not_yet_due_is_kept_for_it():
    december = Row(5, K.QUITTANCE, on("20/11"), on("5/12"), on("1/12"), 60000)
    rows = [NOVEMBER, december, Row(6, K.APL, on("25/11"), None, on("1/12"), -25000)]
    assert unpaid(rows, on("30/11")) == {3: 60000, 5: 35000}


def test_a_cancelled_term_gives_its_payment_to_the_next_one():
    rows = [
        OCTOBER,
        Row(2, K.ENCAISSEMENT, on("6/10"), None, None, -60000),
        NOVEMBER,
        Row(4, K.ANNULATION, on("10/11"), None, None, -60000, False, 1),
    ]
    assert unpaid(rows, on("9/11")) == {3: 60000}
    assert unpaid(rows, on("10/11")) == {}


def test_a_late_item_takes_only_the_payments_still_to_come():
    late = Row(5, K.REGULARISATION, on("10/11"), on("1/10"), None, 30000)
    rows = [OCTOBER, Row(2, K.ENCAISSEMENT, on("6/10"), None, None, -60000), late]
    assert unpaid(rows, on("10/11")) == {5: 30000}
    rows += [NOVEMBER, Row(6, K.ENCAISSEMENT, on("12/11"), None, None, -30000)]
    assert unpaid(rows, on("12/11")) == {3: 60000}


def test_nothing_is_allocated_to_part_a_after_the_recevabilite():
    rows = [
        OCTOBER,
        Row(2, K.ENCAISSEMENT, on("12/10"), None, None, -10000),
        NOVEMBER,
        Row(4, K.ENCAISSEMENT, on("20/11"), None, None, -70000),
    ]
    assert unpaid(rows, on("20/11"), on("15/10")) == {1: 50000}
    assert run({1: rows}, on("20/11"), {1: (on("15/10"), None)}).credits["rest_cents"].sum() == 10000


@pytest.mark.parametrize("extra", [0, 5000])
def test_a_rejet_above_its_payment_is_owed_from_its_own_day(extra):
    rows = [
        OCTOBER,
        Row(2, K.ENCAISSEMENT, on("5/10"), None, None, -60000),
        Row(5, K.REJET, on("8/11"), None, None, 60000 + extra, False, 2),
    ]
    found = run({1: rows}, on("8/11")).items.sort("due_on")
    expected = [(on("5/10"), 60000)] + ([(on("8/11"), extra)] if extra else [])
    assert list(found.select("due_on", "rest_cents").iter_rows()) == expected


def test_two_orders_of_posting_give_the_same_debt():
    fee = Row(2, K.FRAIS, on("1/10"), on("5/10"), None, 1500)
    paid = Row(4, K.ENCAISSEMENT, on("6/10"), None, None, -60000)
    assert unpaid([OCTOBER, fee, paid], on("6/10")) == {2: 1500}
    swapped = [Row(**{**OCTOBER.__dict__, "entry_id": 2}), Row(**{**fee.__dict__, "entry_id": 1}), paid]
    assert unpaid(swapped, on("6/10")) == {1: 1500}


def test_aid_taken_back_opens_the_item_it_paid_and_no_other():
    """A credit with nothing left must not stand for the one beside it."""
    first = on("1/1")
    life = [
        Row(1, K.QUITTANCE, first, None, None, 150),
        Row(2, K.QUITTANCE, first, None, None, 50),
        Row(3, K.APL, on("2/1"), None, first, -50),
        Row(4, K.ENCAISSEMENT, first, None, None, -150),
        Row(5, K.REJET, on("3/1"), None, None, 50, False, 3),
    ]
    found = run({1: life}, on("3/1"), {1: (None, None)}).items
    rests = {row["entry_id"]: (row["rest_cents"], row["aid_cents"]) for row in found.to_dicts()}
    assert rests == {shift(1, 1): (50, 0), shift(1, 2): (0, 0)}
