"""The payment habit: so that a steady late payer is told from a new default.

Read on the receipts of the last twelve months. Days of the month are a circle: paying on the 30th, then on
the 2nd, is a habit. A steady payer pays enough months, around the same day, the whole term on average,
and has not missed the last time: once the usual day plus the tolerance is passed unpaid, the habit is broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.domain.law.calendar import add_months
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.postings import AID, HOUSING_KINDS, Postings

_CIRCLE = 31
_HALF = 15
HABIT_COLUMNS = ["usual_payment_day", "payment_regularity", "steady_payer", "expected_payment_on"]


@dataclass(frozen=True, slots=True)
class HabitPolicy:
    """months: how far back; tolerance_days around the usual day; then what makes a payer steady."""

    months: int = 12
    tolerance_days: int = 4
    min_months: int = 6
    min_share: float = 0.8
    min_paid_share: float = 0.98


def habits(found: Postings, as_of: date, policy: HabitPolicy) -> pl.DataFrame:
    """account_id + HABIT_COLUMNS for the accounts of `found` (without undone payments) that paid lately.

    usual_payment_day 1..31, payment_regularity 0..1 (share of paid months near that day),
    expected_payment_on: the usual day of the current month.
    """
    since = add_months(as_of, -policy.months)
    recent = found.credits.filter(pl.col("document_on") > since)
    paid = recent.filter(pl.col("kind") == EntryKind.ENCAISSEMENT)
    paid = paid.join(_usual_day(paid), on="account_id", how="inner")
    around = pl.duration(days=_HALF - pl.col("usual_payment_day").cast(pl.Int64))
    gap = (pl.col("document_on").dt.day().cast(pl.Int64) - pl.col("usual_payment_day")).abs()
    near = pl.min_horizontal(gap, _CIRCLE - gap) <= policy.tolerance_days
    # A cycle is the month centred on the usual day: the 30th and the 2nd are not one month's two payments.
    cycles = (
        paid.with_columns(cycle=(pl.col("document_on") + around).dt.truncate("1mo"), near=near)
        .group_by("account_id", "cycle")
        .agg(
            pl.col("near").any(),
            pl.col("amount_cents").sum(),
            pl.col("document_on").max(),
            pl.col("usual_payment_day").first(),
        )
        .group_by("account_id")
        .agg(
            pl.len().alias("paid_months"),
            pl.col("near").mean().alias("payment_regularity"),
            pl.col("amount_cents").sum().alias("paid_cents"),
            pl.col("document_on").max().alias("last_on"),
            pl.col("usual_payment_day").first(),
        )
    )
    called = _called(found, recent, since, as_of)
    told = cycles.join(called, on="account_id", how="left").join(
        _usual_dates(as_of, policy.tolerance_days), on="usual_payment_day", how="left"
    )
    share = pl.col("paid_cents") * pl.col("called_months") / pl.col("paid_months")
    steady = (
        (pl.col("paid_months") >= policy.min_months)
        & (pl.col("payment_regularity") >= policy.min_share)
        & (pl.col("called_cents") > 0)
        & (share >= policy.min_paid_share * pl.col("called_cents"))
        & (pl.col("last_on") >= pl.col("last_expected_from"))
    )
    return told.with_columns(
        pl.col("payment_regularity").round(2), steady_payer=steady.fill_null(False)
    ).select("account_id", *HABIT_COLUMNS)


def _usual_day(paid: pl.DataFrame) -> pl.DataFrame:
    """The median day, on the month as it is or turned by half, whichever scatters the days less."""
    day = pl.col("document_on").dt.day().cast(pl.Int64)
    turned = (day - 1 + _HALF) % _CIRCLE
    return (
        paid.select("account_id", day=day, turned=turned)
        .group_by("account_id")
        .agg(
            pl.col("day").median().alias("median"),
            pl.col("day").std().fill_null(0).alias("spread"),
            pl.col("turned").median().alias("median_turned"),
            pl.col("turned").std().fill_null(0).alias("spread_turned"),
        )
        .select(
            "account_id",
            usual_payment_day=pl.when(pl.col("spread") <= pl.col("spread_turned"))
            .then(pl.col("median").floor().cast(pl.Int64))
            .otherwise((pl.col("median_turned").floor().cast(pl.Int64) - _HALF) % _CIRCLE + 1),
        )
    )


def _called(found: Postings, recent: pl.DataFrame, since: date, as_of: date) -> pl.DataFrame:
    """account_id, called_cents (terms less aid, over the period), called_months."""
    terms = found.items.filter(
        pl.col("kind").is_in(HOUSING_KINDS) & (pl.col("due_on") > since) & (pl.col("due_on") <= as_of)
    )
    called = terms.group_by("account_id").agg(
        pl.col("amount_cents").sum().alias("gross"), pl.col("month").n_unique().alias("called_months")
    )
    aid = (
        recent.filter(pl.col("kind").is_in(AID))
        .group_by("account_id")
        .agg(pl.col("amount_cents").sum().alias("aid"))
    )
    return called.join(aid, on="account_id", how="left").select(
        "account_id", "called_months", called_cents=pl.col("gross") - pl.col("aid").fill_null(0)
    )


def _usual_dates(as_of: date, tolerance_days: int) -> pl.DataFrame:
    """For each day of the month: its date this month, and the first day of the last window that is over."""
    rows = []
    for day in range(1, _CIRCLE + 1):
        dates = [_day_of(add_months(as_of.replace(day=1), -back), day) for back in range(3)]
        over = next(each for each in dates if (as_of - each).days > tolerance_days)
        rows.append((day, dates[0], date.fromordinal(over.toordinal() - tolerance_days)))
    return pl.DataFrame(
        rows,
        schema={"usual_payment_day": pl.Int64, "expected_payment_on": pl.Date, "last_expected_from": pl.Date},
        orient="row",
    )


def _day_of(month: date, day: int) -> date:
    """That day of the month, or its last one."""
    last = add_months(month, 1).toordinal() - 1
    return date.fromordinal(min(month.toordinal() + day - 1, last))
