"""A rent guarantee: the day it may be called, the terms it is asked, and what it paid kept apart (AL-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amiable.domain.cases.guarantee import Term, share_out, terms_to_call, threshold
from amiable.domain.settlement.aid import TERMS_SCHEMA
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.domain.settlement.figures import ACCOUNTS_SCHEMA, Parameters, figures
from tests.domain.settlement_ledgers import days, frame, ledgers
from tests.domain.settlement_oracle import Row
from tests.domain.test_settlement_parts import due_on, rests


@dataclass(frozen=True)
class Item:
    entry_id: int
    kind: int
    due_on: date
    rest_cents: int


def item(number: int, due: date, cents: int, kind: K = K.QUITTANCE) -> Item:
    return Item(number, int(kind), due, cents)


def parts_of(terms: list[Term]) -> list[tuple[int, int]]:
    return [part for term in terms for part in term.parts]


def told(rows: list[Row], as_of: date) -> dict[str, int]:
    who = pl.DataFrame([(1, "present", None, None, None, "loyer")], schema=ACCOUNTS_SCHEMA, orient="row")
    found = figures(frame({1: rows}), who, pl.DataFrame(schema=TERMS_SCHEMA), as_of, Parameters())
    return found.row(0, named=True)


@settings(max_examples=200, deadline=None)
@given(ledgers(corrections=False), days, days, st.integers(0, 3000))
def test_own_and_subrogated_are_the_whole_and_nobody_else_pays_the_part_apart(rows, paid_on, as_of, cents):
    """Whatever the ledger and the day of the guarantor's payment: what is asked here and what is owed to
    the guarantor add up to what was owed, and no later payment of the tenant goes to the guarantor's part."""
    rows = [row for row in rows if row.kind not in (K.EFFACEMENT, K.REECHELONNEMENT, K.SUBROGATION)]
    assume(paid_on <= as_of)
    left = rests(rows, paid_on, None)
    unpaid = [
        Item(row.entry_id, row.kind, due_on(row), left[row.entry_id])
        for row in rows
        if row.amount > 0 and left.get(row.entry_id, 0) > 0
    ]
    lines = share_out(parts_of(terms_to_call(unpaid, after=None, until=paid_on)), cents)
    paid = [
        Row(800 + n, K.SUBROGATION, paid_on, None, None, -part, False, entry_id)
        for n, (entry_id, part) in enumerate(lines)
    ]
    before, after = told(rows, as_of), told(rows + paid, as_of)
    assert after["subrogated_cents"] == sum(part for _, part in lines)
    assert after["balance_cents"] + after["subrogated_cents"] == before["balance_cents"]
    then, now = rests(rows + paid, paid_on, None), rests(rows + paid, as_of, None)
    for entry_id, part in lines:
        # The item may be paid down further by the tenant, never by more than was left to them.
        owed = next(row.amount for row in rows if row.entry_id == entry_id)
        assert then[entry_id] == left[entry_id] - part
        assert 0 <= now[entry_id] <= owed - part


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 28), st.integers(1, 900)), max_size=12),
    st.none() | st.integers(1, 1000),
    st.integers(0, 12),
    st.integers(0, 20_000),
)
def test_a_payment_is_shared_out_to_the_cent_never_above_what_was_asked(drawn, cap, left, cents):
    items = [item(n, date(2026, month, day), rest) for n, (month, day, rest) in enumerate(drawn)]
    terms = terms_to_call(items, after=None, until=date(2026, 12, 31), cap_cents=cap, left=left)
    assert len(terms) <= left and all(cap is None or term.asked_cents <= cap for term in terms)
    asked = sum(term.asked_cents for term in terms)
    shared = share_out(parts_of(terms), cents)
    assert sum(part for _, part in shared) == min(asked, cents)
    limits = dict(parts_of(terms))
    assert all(part <= limits[entry_id] for entry_id, part in shared)
    assert sum(term.unpaid_cents for term in terms) <= sum(one.rest_cents for one in items)


def test_fees_and_terms_already_called_are_left_out():
    items = [
        item(1, date(2026, 9, 1), 100),
        item(2, date(2026, 10, 1), 200),
        item(3, date(2026, 10, 15), 30, K.FRAIS),
        item(4, date(2026, 12, 1), 400),
    ]
    terms = terms_to_call(items, after=date(2026, 9, 30), until=date(2026, 11, 30))
    assert [(term.month, term.asked_cents) for term in terms] == [(date(2026, 10, 1), 200)]


def test_the_threshold_is_the_law_s():
    found = threshold(date(2026, 11, 25))
    assert (found.partial_months, found.full_months) == (1, 2)
