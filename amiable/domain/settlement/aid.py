"""The terms in force at a date, and the aid still expected for a month (tiers payant).

An account must not be chased for the CAF's share: until the payment day of a month plus a tolerance (policy),
the aid not yet received is subtracted from what is asked. Net quittances have no aid on top.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.freeze import settled_days
from amiable.domain.settlement.postings import Postings, running

TERMS = ["rent_cents", "charges_cents", "aid_cents", "third_party"]
TERMS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "account_id": pl.Int64,
    "effective_on": pl.Date,
    "rent_cents": pl.Int64,
    "charges_cents": pl.Int64,
    "aid_cents": pl.Int64,
    "third_party": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class AidPolicy:
    """When the aid of a month is expected: day of that month, and days of tolerance after it. For how many
    months aid that stopped is not asked of the tenant (`aid_gap`)."""

    payment_day: int = 25
    tolerance_days: int = 5
    suspension_months: int = 2


def with_terms(rows: pl.DataFrame, terms: pl.DataFrame, day: str) -> pl.DataFrame:
    """`rows` with the terms in force on their `day`; before the first known terms, those first terms.

    Columns added: rent_cents, charges_cents, aid_cents (cents a month), third_party; null without any terms.
    """
    first = terms.sort("effective_on").unique("account_id", keep="first", maintain_order=True)
    single = terms.height == first.height
    joined = rows.join(first.select("account_id", *TERMS), on="account_id", how="left", maintain_order="left")
    if single:
        return joined
    changed = terms.join(
        first.select("account_id", "effective_on"), on=["account_id", "effective_on"], how="anti"
    )
    later = (
        joined.with_row_index("row")
        .select("row", "account_id", day)
        .join(changed.select("account_id").unique(), on="account_id", how="semi")
        .sort(day)
        .join_asof(
            changed.sort("effective_on"),
            left_on=day,
            right_on="effective_on",
            by="account_id",
            check_sortedness=False,
        )
        .filter(pl.col("effective_on").is_not_null())
        .select("row", *TERMS)
    )
    return (
        joined.with_row_index("row")
        .join(later, on="row", how="left", suffix="_later", maintain_order="left")
        .with_columns(pl.coalesce(f"{name}_later", name).alias(name) for name in TERMS)
        .drop("row", *[f"{name}_later" for name in TERMS])
    )


def pending_aid_events(
    found: Postings, dates: pl.DataFrame, terms: pl.DataFrame, policy: AidPolicy, *, open_only: bool = False
) -> pl.DataFrame:
    """account_id, on, pending_delta: how the aid expected by an account changes, day by day, in cents.

    `found` without undone payments (`never_rejected`), `dates`: account_id, as_of, split_on. With `open_only`
    only the months still awaited on `as_of` are told, which is all that day's own figure needs.
    """
    gross = found.items.filter((pl.col("kind") == EntryKind.QUITTANCE) & ~pl.col("is_net"))
    # The day is clipped to the month, then the tolerance runs; the aid is expected up to that day included.
    pay_day = pl.min_horizontal(pl.lit(policy.payment_day), pl.col("month").dt.month_end().dt.day())
    window = (pay_day.cast(pl.Int64) - 1 + policy.tolerance_days) * pl.duration(days=1)
    gross = gross.with_columns(closes_on=pl.col("month") + window)
    if open_only and not dates.is_empty():
        gross = gross.filter(pl.col("closes_on") >= dates.get_column("as_of").min())
    gross = gross.join(dates, on="account_id", how="inner")
    gross = with_terms(gross, terms.filter(terms_with_aid(terms)), "due_on").filter(
        pl.col("third_party") & (pl.col("aid_cents") > 0)
    )
    by = ["account_id", "month_key"]
    if gross.is_empty():
        return pl.DataFrame(schema={"account_id": pl.Int64, "on": pl.Date, "pending_delta": pl.Int64})
    expected = (
        gross.sort(*by, "due_on", "entry_id")
        .group_by(by)
        .agg(pl.col("aid_cents").last().alias("aid"), pl.col("closes_on").last())
    )
    received = found.credits.filter(pl.col("kind") == EntryKind.APL)
    received = received.join(expected, on="month_key", how="semi")
    # An item of part A, or settled by name, awaits nothing more: no aid may be allocated to it from then on.
    frozen_on = pl.when(pl.col("due_on") <= pl.col("split_on")).then("split_on")
    no_more = gross.join(settled_days(found.credits), on=["account_id", "entry_id"], how="left").with_columns(
        closed_on=pl.max_horizontal(pl.min_horizontal(frozen_on, "settled_on"), "enter_on")
    )
    no_more = no_more.filter(frozen_on.is_not_null() | pl.col("settled_on").is_not_null())
    steps = pl.concat(
        [
            gross.select(*by, on="enter_on", called="amount_cents"),
            no_more.select(*by, on="closed_on", called=-pl.col("amount_cents")),
            received.select(*by, on="document_on", received="amount_cents"),
            expected.select(*by, on=pl.col("closes_on") + pl.duration(days=1), closed=1),
        ],
        how="diagonal",
    )
    days = steps.group_by(*by, "on").agg(pl.col("called", "received", "closed").sum()).sort("month_key", "on")
    called, got, closed = (
        running(pl.col(name), "month_key") + pl.col(name) for name in ("called", "received", "closed")
    )
    awaited = (
        days.with_columns(called=called, got=got, closed=closed)
        .join(expected.select("month_key", "aid"), on="month_key", how="left", maintain_order="left")
        .with_columns(
            awaited=pl.when(pl.col("closed") == 0)
            .then((pl.min_horizontal("aid", "called") - pl.col("got")).clip(0))
            .otherwise(0)
        )
    )
    same = pl.col("month_key") == pl.col("month_key").shift(1)
    change = pl.col("awaited") - pl.when(same).then(pl.col("awaited").shift(1)).otherwise(0)
    return (
        awaited.with_columns(pending_delta=change)
        .group_by("account_id", "on")
        .agg(pl.col("pending_delta").sum())
        .filter(pl.col("pending_delta") != 0)
    )


def terms_with_aid(terms: pl.DataFrame) -> pl.Expr:
    """Rows of accounts that have, at some date, aid in tiers payant; the others never await any."""
    aided = terms.filter(pl.col("third_party") & (pl.col("aid_cents") > 0)).get_column("account_id")
    return pl.col("account_id").is_in(aided.unique().implode())
