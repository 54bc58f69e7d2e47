"""Surendettement: the two parts of any ledger, whatever the recevabilité; items erased or put off by name."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amiable.domain.settlement.aid import TERMS_SCHEMA
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.domain.settlement.figures import ACCOUNTS_SCHEMA, Parameters, figures
from tests.domain.settlement_ledgers import days, frame, ledgers, on
from tests.domain.settlement_oracle import Row
from tests.domain.test_settlement import NOVEMBER, OCTOBER, run, unpaid

SPLIT = on("15/10")


def rests(rows: list[Row], as_of: date, split: date | None) -> dict[int, int]:
    found = run({1: rows}, as_of, {1: (split, None)}).items
    return dict(found.select("entry_id", "rest_cents").iter_rows())


def due_on(row: Row) -> date:
    return row.document_on if row.kind in (K.REJET, K.ANNULATION) else row.due_on or row.document_on


@settings(max_examples=200, deadline=None)
@given(ledgers(), days, days)
def test_both_parts_are_the_whole(rows, split, as_of):
    who = pl.DataFrame([(1, "present", None, split, None, "loyer")], schema=ACCOUNTS_SCHEMA, orient="row")
    told = figures(frame({1: rows}), who, pl.DataFrame(schema=TERMS_SCHEMA), as_of, Parameters()).row(
        0, named=True
    )
    items = run({1: rows}, as_of, {1: (split, None)}).items.filter(pl.col("is_due"))
    a, b = (int(items.filter(pl.col("is_frozen") == frozen)["rest_cents"].sum()) for frozen in (True, False))
    assert (told["overdue_cents"], told["frozen_cents"]) == (a + b, a)
    assert told["balance_cents"] == sum(r.amount for r in rows if r.document_on <= as_of)


@settings(max_examples=250, deadline=None)
@given(ledgers(corrections=False), days, days)
def test_no_cent_reaches_part_a_after_the_recevabilite_nor_leaves_it(rows, split, as_of):
    """Without corrections, what was left of each item on the day of the recevabilité is left for ever."""
    assume(split < as_of)
    then, now = rests(rows, split, None), rests(rows, as_of, split)
    for row in rows:
        if row.amount < 0 or row.kind == K.ECHEANCE or due_on(row) > split or row.document_on > as_of:
            continue
        # An item of part A entered after the recevabilité was never paid by anything.
        assert now[row.entry_id] == then.get(row.entry_id, row.amount)


@settings(max_examples=250, deadline=None)
@given(ledgers(), days, days)
def test_only_a_correction_that_names_it_changes_part_a(rows, split, as_of):
    """With corrections: part A shrinks only by what is annulled or settled by name."""
    assume(split < as_of)
    named = [r for r in rows if r.kind in (K.ANNULATION, K.EFFACEMENT, K.REECHELONNEMENT, K.SUBROGATION)]
    assume(not any(split < r.document_on <= as_of for r in named))
    days_of = {r.entry_id: r.document_on for r in rows}
    undone = [r for r in rows if r.kind in (K.REJET, K.ANNULATION) and r.reverses_id is not None]
    # A correction entered before the row it names is a mistake of the list, put right when that one comes.
    assume(all(days_of[r.reverses_id] <= r.document_on for r in undone))
    then, now = rests(rows, split, None), rests(rows, as_of, split)
    known = {r.entry_id: r for r in rows}
    for entry_id, left in then.items():
        row = known[entry_id]
        if row.kind != K.ECHEANCE and due_on(row) <= split:
            assert now[entry_id] >= left


@settings(max_examples=200, deadline=None)
@given(ledgers(corrections=False), days, days)
def test_part_b_is_a_ledger_of_its_own(rows, split, as_of):
    """The oracle told the other way: an account opened the day after, with the credit then left over."""
    assume(split < as_of)
    rows = [r for r in rows if r.kind not in (K.APL, K.RLS, K.ECHEANCE)]
    left = int(run({1: rows}, split, {}).credits["rest_cents"].sum())
    after = [
        r for r in rows if (r.amount > 0 and due_on(r) > split) or (r.amount < 0 and r.document_on > split)
    ]
    carried = [Row(999, K.ENCAISSEMENT, split, None, None, -left)] if left else []
    expected = rests(after + carried, as_of, None)
    now = rests(rows, as_of, split)
    assert {entry_id: now[entry_id] for entry_id in expected} == expected


@settings(max_examples=150, deadline=None)
@given(ledgers(corrections=False), st.lists(st.tuples(st.integers(1, 14), days), max_size=4), days)
def test_an_erasure_takes_only_from_the_item_it_names(rows, wanted, as_of):
    debits = [r for r in rows if r.amount > 0]
    erasures = [
        Row(500 + n, K.EFFACEMENT, day, None, None, -r.amount, False, r.entry_id)
        for n, (at, day) in enumerate(wanted)
        for r in debits[at - 1 : at]
        if day >= max(r.document_on, due_on(r))
    ]
    named = {r.reverses_id for r in erasures if r.document_on <= as_of}
    before, now = rests(rows, as_of, None), rests(rows + erasures, as_of, None)
    assert all(now[entry_id] == 0 for entry_id in named)
    # What the erased items no longer take serves the others: none of them is worse off, none is erased.
    assert all(now[entry_id] <= before[entry_id] for entry_id in before)
    paid = -sum(r.amount for r in rows if r.amount < 0 and r.document_on <= as_of)
    others = sum(r.amount - now[r.entry_id] for r in debits if r.entry_id in now and r.entry_id not in named)
    assert others <= paid


def erased(amount: int, day: str, item: int = 1, entry_id: int = 50, kind: int = K.EFFACEMENT) -> Row:
    return Row(entry_id, kind, on(day), None, None, -amount, False, item)


def test_a_rejected_payment_of_before_comes_back_to_part_a():
    rows = [
        OCTOBER,
        Row(2, K.ENCAISSEMENT, on("12/10"), None, None, -60000),
        NOVEMBER,
        Row(4, K.ENCAISSEMENT, on("6/11"), None, None, -60000),
        Row(5, K.REJET, on("20/10"), None, None, 60000, False, 2),
    ]
    assert unpaid(rows, on("20/11"), SPLIT) == {1: 60000}


def test_aid_for_a_month_before_received_after_goes_to_what_is_due_after():
    rows = [OCTOBER, NOVEMBER, Row(4, K.APL, on("25/11"), None, on("1/10"), -25000)]
    assert unpaid(rows, on("25/11"), SPLIT) == {1: 60000, 3: 35000}


def test_a_remise_after_the_recevabilite_takes_nothing_from_part_a():
    rows = [OCTOBER, NOVEMBER, Row(4, K.REMISE, on("25/11"), None, None, -80000)]
    assert unpaid(rows, on("25/11"), SPLIT) == {1: 60000}


def test_an_erasure_clears_its_item_from_its_day_and_no_later_one():
    rows = [OCTOBER, NOVEMBER, erased(60000, "10/11")]
    assert unpaid(rows, on("9/11")) == {1: 60000, 3: 60000}
    assert unpaid(rows, on("10/11")) == {3: 60000}


def test_what_an_erasure_holds_above_its_item_pays_nobody():
    paid = Row(2, K.ENCAISSEMENT, on("12/10"), None, None, -20000)
    found = run({1: [OCTOBER, paid, NOVEMBER, erased(60000, "10/11")]}, on("30/11"))
    assert found.items["rest_cents"].to_list() == [0, 60000]
    assert dict(found.credits.select("entry_id", "rest_cents").iter_rows()) == {2: 0, 50: 20000}


def test_aid_of_an_erased_month_that_comes_later_pays_the_others():
    rows = [OCTOBER, NOVEMBER, erased(60000, "10/11"), Row(6, K.APL, on("25/11"), None, on("1/10"), -25000)]
    assert unpaid(rows, on("25/11")) == {3: 35000}


def test_aid_of_the_very_day_was_counted_by_the_erasure():
    rows = [OCTOBER, NOVEMBER, Row(6, K.APL, on("10/11"), None, on("1/10"), -25000), erased(35000, "10/11")]
    assert unpaid(rows, on("25/11")) == {3: 60000}


def test_an_annulled_erasure_never_was():
    back = Row(51, K.ANNULATION, on("20/11"), None, None, 60000, False, 50)
    assert unpaid([OCTOBER, erased(60000, "10/11"), back], on("20/11")) == {1: 60000}


@pytest.mark.parametrize(
    ("paid_on", "paid", "left"),
    [
        ("19/11", 60000, {1: 3000, 7: 2000}),
        ("20/11", 61000, {1: 3000, 7: 1000}),
        ("19/11", 10000, {1: 3000, 3: 50000, 7: 2000}),
    ],
)
def test_an_instalment_is_paid_once_due_like_any_item_though_it_stays_part_a(paid_on, paid, left):
    """20 EUR of an old 50 put off to 20 November: the other 30 stay out of reach; November, due first, is
    served first."""
    rows = [
        Row(1, K.QUITTANCE, on("1/10"), on("5/10"), on("1/10"), 5000),
        NOVEMBER,
        erased(2000, "1/11", kind=K.REECHELONNEMENT),
        Row(7, K.ECHEANCE, on("1/11"), on("20/11"), None, 2000),
        Row(8, K.ENCAISSEMENT, on(paid_on), None, None, -paid),
    ]
    assert unpaid(rows, on("20/11"), SPLIT) == left
    found = run({1: rows}, on("20/11"), {1: (SPLIT, None)}).items
    assert found.filter(pl.col("is_frozen"))["entry_id"].to_list() == [1, 7]


def test_aid_of_before_is_not_called_back_from_part_a_by_a_month_known_later():
    rows = [OCTOBER, Row(2, K.APL, on("12/10"), None, on("1/11"), -25000), NOVEMBER]
    assert unpaid(rows, on("20/11"), SPLIT) == {1: 35000, 3: 60000}
    assert unpaid(rows, on("20/11")) == {1: 60000, 3: 35000}


def test_when_the_freeze_ends_part_a_may_be_paid_again_but_keeps_what_it_had():
    rows = [
        OCTOBER,
        NOVEMBER,
        Row(4, K.ENCAISSEMENT, on("6/11"), None, None, -60000),
        Row(5, K.ENCAISSEMENT, on("10/12"), None, None, -20000),
    ]
    assert unpaid(rows, on("20/11"), SPLIT) == {1: 60000}
    assert unpaid(rows, on("20/12"), SPLIT) == {1: 60000}
    assert unpaid(rows, on("20/12"), SPLIT, on("30/11")) == {1: 40000}
