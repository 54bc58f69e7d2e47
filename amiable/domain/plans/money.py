"""What a plan's ledger says since its statement: what fell due beside the plan, what was paid.

A plan covers what its statement holds. From the day after, everything else that falls due is *current*:
each month's rent net of the aid of that month, received or still awaited (PAY-03), a régularisation, fees, an
older payment that bounces. Money is every payment or rebate of that time, known on the day and not taken back
since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.domain.settlement.aid import AidPolicy, pending_aid_events
from amiable.domain.settlement.postings import (
    AID,
    CREDIT_ORDER,
    ITEM_ORDER,
    Postings,
    known_on,
    never_rejected,
    postings,
    running,
)

#: A plan and the accounts it covers; an account belongs to one plan at a time.
COVERED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "account_id": pl.Int64,
    "plan_id": pl.Int64,
    "statement_on": pl.Date,
    #: Aid awaited on the day of the statement and left out of the plan's debt: it pays none of it.
    "awaited_cents": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Money:
    """plan_id, on, amount_cents of each: `dues` (current rent and the like), `paid` (with the entry's id, 0
    for aid), `bounced` (payments taken back). Cents, all positive; nothing after the day asked."""

    dues: pl.DataFrame
    paid: pl.DataFrame
    bounced: pl.DataFrame


def unpaid_at_home(entries: pl.DataFrame, found: Money, homes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """plan_id, on, amount_cents: the current dues still unpaid of homes that their plan does not cover.

    `found`: their `money`, read apart, for what is paid there pays no instalment. What they owed before the
    plan's statement is not the plan's matter; nor is more missing than they owe."""
    owed = known_on(entries, as_of).join(homes.select("account_id", "plan_id"), on="account_id")
    limits = owed.group_by("plan_id").agg(owed=pl.col("amount_cents").sum().clip(0))
    paid = found.paid.group_by("plan_id").agg(paid=pl.col("amount_cents").sum())
    rows = found.dues.sort("plan_id", "on", "amount_cents").join(limits, on="plan_id", how="left")
    rows = rows.join(paid, on="plan_id", how="left", maintain_order="left").with_columns(
        pl.col("owed", "paid").fill_null(0),
        end=pl.col("amount_cents").cum_sum().over("plan_id"),
        total=pl.col("amount_cents").sum().over("plan_id"),
    )
    settled = pl.max_horizontal("paid", pl.col("total") - pl.col("owed"))
    left = pl.min_horizontal((pl.col("end") - settled).clip(0), "amount_cents")
    return rows.select("plan_id", "on", amount_cents=left).filter(pl.col("amount_cents") > 0)


def money(
    entries: pl.DataFrame, covered: pl.DataFrame, terms: pl.DataFrame, as_of: date, aid: AidPolicy
) -> Money:
    """Dues and payments of every plan of `covered`, as the ledger was known on `as_of`."""
    rows = entries.join(covered.select("account_id"), on="account_id", how="semi")
    terms = terms.join(covered.select("account_id"), on="account_id", how="semi")
    found = postings(known_on(rows, as_of))
    clean = never_rejected(found)
    bounced = _bounced(found, covered)
    items, since_aid = _net_of_aid(clean, covered, as_of)
    awaited = _awaited(items, clean, terms, as_of, aid)
    older = bounced.filter("of_older").select("plan_id", "on", "amount_cents")
    dues = pl.concat([_less(_current(items, as_of), awaited), older])
    return Money(
        dues.filter(pl.col("amount_cents") > 0),
        pl.concat([_payments(clean, covered), since_aid]),
        bounced.select("plan_id", "on", "amount_cents"),
    )


def _bounced(found: Postings, covered: pl.DataFrame) -> pl.DataFrame:
    """Payments taken back since the statement; `of_older`: they had paid before it, and are owed again."""
    days = found.credits.select("account_id", "document_on", credit_id="entry_id")
    undone = found.undos.join(days, on=["account_id", "credit_id"], how="inner")
    undone = undone.join(covered, on="account_id", how="inner").filter(pl.col("on") > pl.col("statement_on"))
    return undone.with_columns(of_older=pl.col("document_on") <= pl.col("statement_on"))


def _payments(clean: Postings, covered: pl.DataFrame) -> pl.DataFrame:
    """Payments and rebates since the statement; aid without a month is a payment like another."""
    rows = clean.credits.filter(pl.col("month").is_null()).join(covered, on="account_id", how="inner")
    rows = rows.filter(pl.col("document_on") > pl.col("statement_on"))
    return rows.select("plan_id", "amount_cents", "entry_id", on="document_on")


def _net_of_aid(clean: Postings, covered: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Items since the statement net of the aid of their month; and the aid that pays the plan (a rappel)."""
    items = clean.items.join(covered, on="account_id", how="inner").with_columns(
        is_current=pl.col("enter_on") > pl.col("statement_on")
    )
    monthly = clean.credits.filter(pl.col("kind").is_in(AID) & pl.col("month").is_not_null())
    facing = monthly.group_by("month_key").agg(facing=pl.col("amount_cents").sum())
    # What was in the statement takes its aid first, as the ledger does.
    items = items.sort("month_key", *ITEM_ORDER, nulls_last=True).join(
        facing, on="month_key", how="left", maintain_order="left"
    )
    taken = pl.col("facing").fill_null(0) - running(pl.col("amount_cents"), "month_key")
    items = items.with_columns(aid=taken.clip(0).clip(upper_bound=pl.col("amount_cents")))
    items = items.with_columns(aid=pl.when(pl.col("month_key").is_null()).then(0).otherwise("aid"))
    current = items.filter("is_current").with_columns(
        amount_cents=pl.col("amount_cents") - pl.col("aid"), gross_cents="amount_cents"
    )
    return current, _aid_for_the_plan(items, monthly, covered, as_of)


def _aid_for_the_plan(
    items: pl.DataFrame, monthly: pl.DataFrame, covered: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Aid of past months that no current item takes, less what the statement already left out."""
    shares = items.filter(pl.col("month_key").is_not_null()).group_by("month_key").agg(
        older=pl.col("aid").filter(~pl.col("is_current")).sum(),
        current=pl.col("aid").filter("is_current").sum(),
    )  # fmt: skip
    rows = (
        monthly.filter(pl.col("month") < as_of.replace(day=1))
        .join(shares, on="month_key", how="left")
        .with_columns(pl.col("older", "current").fill_null(0))
        .sort("month_key", *CREDIT_ORDER)
        .with_columns(start=running(pl.col("amount_cents"), "month_key"))
    )
    low = pl.max_horizontal("start", "older")
    high = pl.min_horizontal(pl.col("start") + pl.col("amount_cents"), pl.col("older") + pl.col("current"))
    rows = rows.with_columns(free=pl.col("amount_cents") - (high - low).clip(0))
    rows = rows.join(covered, on="account_id", how="inner")
    rows = rows.filter((pl.col("document_on") > pl.col("statement_on")) & (pl.col("free") > 0))
    rows = rows.sort("plan_id", *CREDIT_ORDER)
    over = running(pl.col("free"), "plan_id") + pl.col("free") - pl.col("awaited_cents")
    kept = over.clip(0).clip(upper_bound=pl.col("free"))
    rows = rows.with_columns(amount_cents=kept, entry_id=pl.lit(0, pl.Int64)).filter(kept > 0)
    return rows.select("plan_id", "amount_cents", "entry_id", on="document_on")


def _awaited(
    items: pl.DataFrame, clean: Postings, terms: pl.DataFrame, as_of: date, aid: AidPolicy
) -> pl.DataFrame:
    """plan_id, awaited: aid of the current months that may still come."""
    dates = items.select("account_id").unique().with_columns(
        as_of=pl.lit(as_of), split_on=pl.lit(None, pl.Date)
    )  # fmt: skip
    gross = items.with_columns(amount_cents="gross_cents").select(clean.items.columns)
    events = pending_aid_events(
        Postings(gross, clean.credits, clean.undos), dates, terms, aid, open_only=True
    )
    now = events.filter(pl.col("on") <= as_of).group_by("account_id").agg(pl.col("pending_delta").sum())
    plans = items.select("account_id", "plan_id").unique()
    return now.join(plans, on="account_id").group_by("plan_id").agg(awaited=pl.col("pending_delta").sum())


def _current(items: pl.DataFrame, as_of: date) -> pl.DataFrame:
    due = items.filter(pl.col("enter_on") <= as_of)
    return due.select("plan_id", "amount_cents", on="enter_on")


def _less(dues: pl.DataFrame, awaited: pl.DataFrame) -> pl.DataFrame:
    """The last dues of a plan less the aid it may still expect."""
    rows = dues.sort("plan_id", "on", "amount_cents", descending=[False, True, True])
    rows = rows.join(awaited, on="plan_id", how="left", maintain_order="left")
    cut = pl.col("awaited").fill_null(0) - running(pl.col("amount_cents"), "plan_id")
    left = pl.col("amount_cents") - cut.clip(0).clip(upper_bound=pl.col("amount_cents"))
    return rows.select("plan_id", "on", amount_cents=left)
