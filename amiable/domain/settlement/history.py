"""The debt day by day, on the days it changes: what "since when" questions are read on (CAF spells, charts).

A returned payment is told here as if it had never come, once its rejet is known: it never cleared the debt.
The value of a row holds from its day's end until the next row of the account.
"""

from __future__ import annotations

import polars as pl

from amiable.domain.settlement.allocation import settle_items
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.freeze import FREEZE, freeze_days
from amiable.domain.settlement.postings import Postings, month_key, running

_EVENTS = {"account_id": pl.Int64, "on": pl.Date, "delta": pl.Int64}


def so_far(name: str, by: str) -> pl.Expr:
    """The running sum of a column, the row's own included, within `by`, by which the rows are sorted."""
    return running(pl.col(name), by) + pl.col(name)


def before(name: str, by: str, none: int) -> pl.Expr:
    """The value of the row before within `by`; `none` for the first."""
    return pl.when(pl.col(by) == pl.col(by).shift(1)).then(pl.col(name).shift(1)).otherwise(none)


def overdue_events(found: Postings, dates: pl.DataFrame) -> pl.DataFrame:
    """account_id, on, delta: due items less credits, aid kept for items not yet due counted as unused.

    The running sum, floored at zero, is what an account without part A, nor any item settled by name, owes at
    the end of a day.
    """
    items = found.items.join(dates, on="account_id", how="inner").filter(pl.col("due_on") <= pl.col("as_of"))
    credits = found.credits.join(dates, on="account_id", how="semi")
    return pl.concat(
        [
            items.select("account_id", on="enter_on", delta="amount_cents"),
            credits.select("account_id", on="document_on", delta=-pl.col("amount_cents")),
            kept_aid_events(found, dates),
        ]
    )


def kept_aid_events(found: Postings, dates: pl.DataFrame) -> pl.DataFrame:
    """account_id, on, delta: the aid kept for items of its own month that are known but not due yet."""
    by = ["account_id", "month_key"]
    aid = found.credits.filter(pl.col("month").is_not_null()).join(dates, on="account_id", how="semi")
    items = found.items.filter(pl.col("month").is_not_null())
    # Aid nearly always comes after its term is due: only the other months need the work.
    first_aid = aid.group_by("month_key").agg(pl.col("document_on").min().alias("first_aid_on"))
    early = (
        items.filter(pl.col("document_on") < pl.col("enter_on"))
        .join(first_aid, on="month_key", how="inner")
        .filter(pl.col("first_aid_on") < pl.col("enter_on"))
        .select("month_key")
        .unique()
    )
    if early.is_empty():
        return pl.DataFrame(schema=_EVENTS)
    items, aid = (rows.join(early, on="month_key", how="semi") for rows in (items, aid))
    steps = pl.concat(
        [
            items.select(*by, on="document_on", known="amount_cents"),
            items.select(*by, on="enter_on", due="amount_cents"),
            aid.select(*by, on="document_on", aid="amount_cents"),
        ],
        how="diagonal",
    )
    days = steps.group_by(*by, "on").agg(pl.col("known", "due", "aid").sum()).sort("month_key", "on")
    known, due, got = (so_far(name, "month_key") for name in ("known", "due", "aid"))
    kept = days.with_columns(kept=pl.min_horizontal(got, known) - pl.min_horizontal(got, due))
    change = pl.col("kept") - before("kept", "month_key", 0)
    return (
        kept.with_columns(delta=change)
        .join(dates.select("account_id", "as_of"), on="account_id", how="inner")
        .filter((pl.col("delta") != 0) & (pl.col("on") <= pl.col("as_of")))
        .select(*_EVENTS)
    )


def debt_history(
    found: Postings, dates: pl.DataFrame, pending: pl.DataFrame, extra_days: pl.DataFrame
) -> pl.DataFrame:
    """account_id, as_of, on, until, overdue_cents, fees_cents (unpaid FRAIS in it), pending_cents: the days
    on which the debt changes, since the last one on which the account owed nothing.

    `found` without undone payments; `dates`: account_id, as_of, FREEZE; `pending`: see pending_aid_events;
    `extra_days`: account_id, on: days to be told though nothing moved. `until` is excluded.
    """
    events = pl.concat(
        [
            overdue_events(found, dates).with_columns(pending_delta=pl.lit(0, pl.Int64)),
            pending.select("account_id", "on", pl.lit(0, pl.Int64).alias("delta"), "pending_delta"),
            # A payment kept from part A meets it on the day the freeze is over, when nothing else may move.
            pl.concat([extra_days.select("account_id", "on"), freeze_days(dates)]).select(
                "account_id",
                "on",
                pl.lit(0, pl.Int64).alias("delta"),
                pl.lit(0, pl.Int64).alias("pending_delta"),
            ),
        ]
    )
    days = (
        events.join(dates, on="account_id", how="inner")
        .filter(pl.col("on") <= pl.col("as_of"))
        .group_by("account_id", "on")
        .agg(pl.col("delta", "pending_delta").sum(), pl.col("as_of", *FREEZE).first())
        .sort("account_id", "on")
        .with_columns(
            overdue_cents=so_far("delta", "account_id").clip(0),
            pending_cents=so_far("pending_delta", "account_id"),
            fees_cents=pl.lit(0, pl.Int64),
        )
    )
    parted = _parted(dates, found)
    days = _since_last_nil(days, parted)
    days = _with_parts(days, found, parted)
    days = _since_last_nil(days, parted)
    return days.with_columns(
        pl.min_horizontal("pending_cents", "overdue_cents").alias("pending_cents"),
        until=pl.col("on").shift(-1).over("account_id").fill_null(pl.col("as_of") + pl.duration(days=1)),
    ).select("account_id", "as_of", "on", "until", "overdue_cents", "fees_cents", "pending_cents")


def _parted(dates: pl.DataFrame, found: Postings) -> pl.DataFrame:
    """account_id of those with a part A, or with items settled by name."""
    split = dates.filter(pl.col("split_on").is_not_null()).select("account_id")
    named = found.credits.filter(pl.col("target_id").is_not_null()).select("account_id")
    return pl.concat([split, named]).unique()


def _since_last_nil(days: pl.DataFrame, parted: pl.DataFrame) -> pl.DataFrame:
    """From the last row without debt on. The `parted` accounts are kept whole: see `_with_parts`."""
    whole = pl.col("account_id").is_in(parted.get_column("account_id").implode())
    nil_on = pl.col("on").filter((pl.col("overdue_cents") == 0) & ~whole)
    last = nil_on.max().over("account_id")
    return days.filter(last.is_null() | (pl.col("on") >= last))


def _with_parts(days: pl.DataFrame, found: Postings, parted: pl.DataFrame) -> pl.DataFrame:
    """The rows of accounts with fees, and of the `parted` ones, settled anew at each of their days.

    How much of a debt is fees, or is out of reach of the payments, hangs on which item was paid: no running
    sum tells it. Each (account, day) is settled as an account of its own; they are few.
    """
    with_fees = found.items.filter(pl.col("kind") == EntryKind.FRAIS).select("account_id").unique()
    hard = pl.concat([with_fees, parted]).unique()
    points = days.join(hard, on="account_id", how="semi").with_row_index("point")
    if points.is_empty():
        return days
    points = points.with_columns(pl.col("point").cast(pl.Int64))
    lives = points.select("point", "account_id", day="on")

    def of_points(rows: pl.DataFrame) -> pl.DataFrame:
        joined = lives.join(rows, on="account_id", how="inner").filter(pl.col("document_on") <= pl.col("day"))
        # Each row gets an id of its own in the order of the ids it stands for: the tie-break stays the same.
        own = (
            joined.sort("point", "entry_id").with_row_index("own").with_columns(pl.col("own").cast(pl.Int64))
        )
        return (
            own.rename({"entry_id": "former_id"})
            .with_columns(account_id="point", entry_id="own")
            .with_columns(month_key())
            .drop("point", "day", "own")
        )

    items, credits = of_points(found.items), of_points(found.credits)
    targets = items.select("account_id", target_id="former_id", new_id="entry_id")
    credits = credits.join(targets, on=["account_id", "target_id"], how="left").with_columns(
        target_id=pl.when(pl.col("target_id").is_not_null()).then(pl.col("new_id").fill_null(-1))
    )
    then = Postings(items, credits, found.undos.clear())
    settled = settle_items(then, points.select("on", *FREEZE, account_id="point").rename({"on": "as_of"}))
    due = settled.filter(pl.col("is_due"))
    fees = pl.col("rest_cents").filter(pl.col("kind") == EntryKind.FRAIS).sum()
    owed = due.group_by(point="account_id").agg(
        pl.col("rest_cents").sum().alias("overdue_cents"), fees.alias("fees_cents")
    )
    told = (
        points.drop("overdue_cents", "fees_cents")
        .join(owed, on="point", how="left")
        .with_columns(pl.col("overdue_cents", "fees_cents").fill_null(0))
        .select(days.columns)
    )
    return pl.concat([days.join(hard, on="account_id", how="anti"), told]).sort("account_id", "on")
