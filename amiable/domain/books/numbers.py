"""Numbers and seals of lines: what a close fixes, recomputed at any time from the lines alone.

Entries are numbered by journal and year, without gap, in the order of their validation: month after month,
then by day, then by entry. A seal is the SHA-256 of the month's lines and of the seal before it.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import polars as pl

#: What a seal covers, in this order.
SEALED = (
    "number", "place", "booked_on", "value_on", "account_code", "auxiliary_id", "debit_cents", "credit_cents",
    "entry_id",
)  # fmt: skip


def numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with `number`, « QT-00000001 », ordered by journal and number. Give whole years."""
    order = ["journal", "year", "booked_on", "entry_id", "place"]
    met = lines.with_columns(year=pl.col("booked_on").dt.year()).sort(order)
    rank = pl.col("entry_id").rle_id().over("journal", "year") + 1
    return met.with_columns(number=pl.col("journal") + "-" + rank.cast(pl.String).str.zfill(8)).drop("year")


def by_month(lines: pl.DataFrame) -> dict[date, pl.DataFrame]:
    """Numbered lines of whole years, by the first day of their month."""
    met = numbered(lines).with_columns(month=pl.col("booked_on").dt.truncate("1mo"))
    return {month: rows for (month,), rows in met.partition_by("month", as_dict=True).items()}


def seal(month: pl.DataFrame, before: str) -> str:
    """The seal of a month's numbered lines after the seal `before` (empty for the first)."""
    rows = month.sort("number", "place").select(
        pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in SEALED], separator="|")
    )
    text = "\n".join([before, *rows.to_series().to_list()])
    return sha256(text.encode()).hexdigest()
