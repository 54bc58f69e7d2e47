"""The yardstick: balance, FIFO ageing and level of every account, in bare Polars, as fast as we know how.

Nothing else is known here: no aid to its month, no returned payment, no CAF, no habit, no procedure. What the
product computes on the same rows is measured against it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

#: Packed sort key: account, age in days (12 bits), amount in cents (28 bits).
_AGE, _AMOUNT = 1 << 12, 1 << 28


def yardstick(entries: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """account_id, balance, oldest (age in days), b0..b3, ratio (percent of the last debit), level 0..4."""
    amount = pl.col("amount_cents")
    balance = entries.lazy().group_by("account_id").agg(amount.sum().alias("balance")).collect()
    debtors = balance.filter(pl.col("balance") > 0)
    age = (pl.lit(as_of) - pl.coalesce("due_on", "document_on")).dt.total_days()
    keys = (
        entries.lazy()
        .filter(amount > 0)
        .join(debtors.lazy().select("account_id"), on="account_id", how="semi")
        .select(key=(pl.col("account_id") * _AGE + age.clip(0, _AGE - 1)) * _AMOUNT + (_AMOUNT - 1 - amount))
        .sort("key")
        .collect()
    )
    packed = pl.col("key") // _AMOUNT
    debits = keys.select(
        account_id=packed // _AGE, age=packed % _AGE, amount=_AMOUNT - 1 - pl.col("key") % _AMOUNT
    ).join(debtors, on="account_id", how="left", maintain_order="left")
    # Under FIFO what stays unpaid is the newest part of the debits: no window over the payments is needed.
    debits = debits.with_columns(before=pl.col("amount").cum_sum() - pl.col("amount"))
    first = (
        pl.when(pl.col("account_id").ne_missing(pl.col("account_id").shift(1))).then("before").forward_fill()
    )
    left = (pl.col("balance") - (pl.col("before") - first)).clip(0)
    debits = debits.with_columns(unpaid=pl.min_horizontal(left, "amount"))
    unpaid, days = pl.col("unpaid"), pl.col("age")
    aged = debits.group_by("account_id").agg(
        oldest=days.filter(unpaid > 0).max(),
        rent=pl.col("amount").first(),
        b0=unpaid.filter(days <= 30).sum(),
        b1=unpaid.filter((days > 30) & (days <= 60)).sum(),
        b2=unpaid.filter((days > 60) & (days <= 90)).sum(),
        b3=unpaid.filter(days > 90).sum(),
    )
    oldest = pl.col("oldest").fill_null(-1)
    ratio = pl.col("balance") * 100 // pl.col("rent")
    level = (
        pl.when(oldest < 0).then(0).when((oldest >= 60) & (ratio >= 200)).then(4)
        .when(oldest >= 30).then(3).when(oldest >= 15).then(2).when(oldest >= 8).then(1).otherwise(0)
    )  # fmt: skip
    return balance.join(aged, on="account_id", how="left").with_columns(ratio=ratio, level=level)
