"""The ages of what is unpaid, by due date: 0-30, 31-60, 61-90 and over 90 days; age 0 on the due date."""

from __future__ import annotations

from datetime import date

import polars as pl

from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.prescription import is_prescribed

BUCKETS = (
    ("due_0_30_cents", None, 30),
    ("due_31_60_cents", 30, 60),
    ("due_61_90_cents", 60, 90),
    ("due_over_90_cents", 90, None),
)


def ageing(items: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per account, from its unpaid due `items` (settled, with prescribes_on; cents, dates).

    Columns: overdue_cents, frozen_cents, prescribed_cents (out of part A), fees_cents, the four buckets,
    oldest_unpaid_on; oldest_active_on and unpaid_terms, of what may be asked: neither part A nor prescribed;
    prescribes_on, the next last day to act; prescribed_on, the first day on which something is prescribed.
    """
    rest, age = pl.col("rest_cents"), (pl.lit(as_of) - pl.col("due_on")).dt.total_days()
    prescribed = is_prescribed(as_of) & ~pl.col("is_frozen")
    asked = ~pl.col("is_frozen") & ~is_prescribed(as_of)
    unpaid = items.with_columns(
        **{
            name: pl.when(_between(age, above, upto)).then(rest).otherwise(0) for name, above, upto in BUCKETS
        },
        frozen_cents=pl.when("is_frozen").then(rest).otherwise(0),
        fees_cents=pl.when(pl.col("kind") == EntryKind.FRAIS).then(rest).otherwise(0),
        prescribed_cents=pl.when(prescribed).then(rest).otherwise(0),
        term=((pl.col("kind") == EntryKind.QUITTANCE) & asked).cast(pl.Int64),
        active_on=pl.when(asked).then("due_on"),
        prescribes_on=pl.when(~is_prescribed(as_of)).then("prescribes_on"),
        prescribed_on=pl.when(prescribed).then(pl.col("prescribes_on") + pl.duration(days=1)),
    )
    sums = [name for name, _, _ in BUCKETS]
    return unpaid.group_by("account_id").agg(
        rest.sum().alias("overdue_cents"),
        pl.col("frozen_cents", "prescribed_cents", "fees_cents", *sums).sum(),
        pl.col("due_on").min().alias("oldest_unpaid_on"),
        pl.col("active_on").min().alias("oldest_active_on"),
        pl.col("term").sum().alias("unpaid_terms"),
        pl.col("prescribes_on", "prescribed_on").min(),
    )


def _between(age: pl.Expr, above: int | None, upto: int | None) -> pl.Expr:
    low = pl.lit(True) if above is None else age > above
    return low if upto is None else low & (age <= upto)
