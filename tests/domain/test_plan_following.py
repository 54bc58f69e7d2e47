"""A plan's status: the columns against the naive purse, alone or in batch, whatever day it is read."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.plans.following import INSTALMENT_SCHEMA, Tolerance, follow, pieces
from amiable.domain.plans.money import COVERED_SCHEMA, money
from amiable.domain.settlement.aid import TERMS_SCHEMA, AidPolicy
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.postings import ENTRY_SCHEMA
from tests.domain.plan_oracle import Life, judge

START = date(2026, 1, 1)
TOLERANCE = Tolerance(cents=500, days=5, rent_days=15, grace_days=30)
ORACLE = {"cents": 500, "days": 5, "rent_days": 15, "grace": 30}
later = st.integers(1, 150).map(lambda days: START + timedelta(days=days))
cents = st.integers(1, 40_000)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    first = draw(st.integers(1, 40))
    count = draw(st.integers(1, 5))
    instalments = [(START + timedelta(days=first + 30 * n), draw(cents)) for n in range(count)]
    payments = []
    for on in draw(st.lists(later, max_size=8)):
        back = on + timedelta(days=draw(st.integers(1, 60))) if draw(st.booleans()) else None
        payments.append((on, draw(cents), back))
    rent = [(on, draw(cents)) for on in draw(st.lists(later, max_size=5))]
    return Life(instalments, rent, payments, START)


def frames(lives: list[Life]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """instalments, entries, covered of some lives; plan and account bear the same number."""
    number, plan_rows, rows, covered = 0, [], [], []
    for plan, life in enumerate(lives, start=1):
        covered.append((plan, plan, life.statement_on, 0))
        plan_rows += [(plan, n, on, c) for n, (on, c) in enumerate(life.instalments, start=1)]
        for on, c in life.rent:
            number += 1
            rows.append((number, plan, EntryKind.FRAIS, on, on, None, c, False, None))
        for on, c, back in life.payments:
            number += 1
            paid = number
            rows.append((paid, plan, EntryKind.ENCAISSEMENT, on, None, None, -c, False, None))
            if back is not None:
                number += 1
                rows.append((number, plan, EntryKind.REJET, back, None, None, c, False, paid))
    return (
        pl.DataFrame(plan_rows, schema=INSTALMENT_SCHEMA, orient="row"),
        pl.DataFrame(rows, schema=ENTRY_SCHEMA, orient="row"),
        pl.DataFrame(covered, schema=COVERED_SCHEMA, orient="row"),
    )


def told(lives: list[Life], as_of: date) -> list[dict]:
    instalments, entries, covered = frames(lives)
    found = money(entries, covered, pl.DataFrame(schema=TERMS_SCHEMA), as_of, AidPolicy())
    return follow(instalments, found, as_of, TOLERANCE).plans.sort("plan_id").to_dicts()


@settings(deadline=None)
@given(lives(), later)
def test_the_columns_say_what_the_purse_says(life: Life, as_of: date) -> None:
    (row,) = told([life], as_of)
    wanted = judge(life, as_of, **ORACLE)
    assert {key: row[key] for key in wanted} == wanted


@settings(deadline=None)
@given(lives(), later)
def test_each_cent_of_an_instalment_comes_from_one_payment(life: Life, as_of: date) -> None:
    instalments, entries, covered = frames([life])
    found = money(entries, covered, pl.DataFrame(schema=TERMS_SCHEMA), as_of, AidPolicy())
    told_ = follow(instalments, found, as_of, TOLERANCE)
    shown = pieces(told_, found.paid)
    by_line = dict(shown.group_by("number").agg(pl.col("amount_cents").sum()).iter_rows())
    for row in told_.instalments.iter_rows(named=True):
        assert by_line.get(row["number"], 0) == row["paid_cents"]
    spent = shown.group_by("entry_id").agg(pl.col("amount_cents").sum()).join(
        found.paid.select("entry_id", had="amount_cents"), on="entry_id"
    )  # fmt: skip
    assert (spent.get_column("amount_cents") <= spent.get_column("had")).all()
    assert (shown.get_column("on") <= as_of).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(lives(), min_size=2, max_size=6), later)
def test_a_plan_is_told_the_same_in_batch_and_alone(many: list[Life], as_of: date) -> None:
    together = [{k: v for k, v in row.items() if k != "plan_id"} for row in told(many, as_of)]
    alone = [{k: v for k, v in told([life], as_of)[0].items() if k != "plan_id"} for life in many]
    assert together == alone


@settings(deadline=None, max_examples=15)
@given(lives())
def test_replaying_the_ledger_day_by_day_gives_the_same_history(life: Life) -> None:
    instalments, entries, covered = frames([life])
    terms, aid = pl.DataFrame(schema=TERMS_SCHEMA), AidPolicy()
    for day in range(1, 160, 13):
        as_of = START + timedelta(days=day)
        then = entries.filter(pl.col("document_on") <= as_of)
        replayed = follow(instalments, money(then, covered, terms, as_of, aid), as_of, TOLERANCE)
        now = follow(instalments, money(entries, covered, terms, as_of, aid), as_of, TOLERANCE)
        assert replayed.plans.equals(now.plans) and replayed.instalments.equals(now.instalments)
