"""From postings to what may be settled: items, credits, and the payments that were undone later.

Input frame `entries` (see ENTRY_SCHEMA): due_on null means the document's day, period is the first of a
month or null, amount_cents is signed (debit > 0, credit < 0), reverses_id names the row that is undone.

An ANNULATION makes its row as if it had never been, from the day it is known. A REJET undoes the payment it
names from its own day on; what it holds above the payment, or all of it when it names nothing, is an item of
its own day. A targeted credit (`TARGETED_KINDS`) keeps the item it names: see `settlement`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.domain.settlement.entry_kinds import AID_KINDS, TARGETED_KINDS, EntryKind

ENTRY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "entry_id": pl.Int64,
    "account_id": pl.Int64,
    "kind": pl.Int8,
    "document_on": pl.Date,
    "due_on": pl.Date,
    "period": pl.Date,
    "amount_cents": pl.Int64,
    "is_net": pl.Boolean,
    "reverses_id": pl.Int64,
}
#: Debits that aid may pay: housing, never fees nor a returned payment.
HOUSING_KINDS = [int(EntryKind.QUITTANCE), int(EntryKind.REGULARISATION), int(EntryKind.SLS)]
AID = [int(kind) for kind in AID_KINDS]
TARGETED = [int(kind) for kind in TARGETED_KINDS]
#: The order in which items are paid (PAY-01): oldest due first; at the same date rent before fees; unique.
ITEM_ORDER = ["due_on", "document_on", "kind", "entry_id"]
#: The order in which credits are used; unique.
CREDIT_ORDER = ["document_on", "entry_id"]
#: Above any count of months since year 0, so that two accounts' months never meet.
_MONTHS = 1 << 17
#: A chain of corrections of corrections longer than this is an error of the list, left as plain postings.
MAX_CHAIN = 8


@dataclass(frozen=True, slots=True)
class Postings:
    """What is known on a date, corrections applied. Money in cents, all positive.

    items: entry_id, account_id, kind, document_on, due_on, enter_on (the day it can first be paid), month
        (of housing items), month_key (see `month_key`), amount_cents, is_net.
    credits: entry_id, account_id, kind, document_on, target_id (the item a targeted credit settles; -1 when
        it names none), month, month_key (aid with a period), amount_cents.
    undos: account_id, credit_id, on, amount_cents: part of that credit is taken back on that day.
    """

    items: pl.DataFrame
    credits: pl.DataFrame
    undos: pl.DataFrame


def month_key() -> pl.Expr:
    """One integer for (account_id, month): cheaper to join and sort by than the pair. Null: no month."""
    number = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month()
    return (pl.col("account_id") * _MONTHS + number).alias("month_key")


def running(value: pl.Expr, by: str) -> pl.Expr:
    """The sum of `value` over the rows before, within `by`, by which the rows are sorted."""
    total = value.cum_sum() - value
    return total - pl.when(pl.col(by).ne_missing(pl.col(by).shift(1))).then(total).forward_fill().fill_null(0)


def known_on(entries: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The ledger as it stood: rows by document date, a REJET split from what it undoes still in place."""
    return entries.filter(pl.col("document_on") <= as_of)


def postings(known: pl.DataFrame) -> Postings:
    """Items, credits and undone payments of `known` (see `known_on`)."""
    rows = annul(known)
    undos, rejected = rejections(rows)
    items = _items(rows, rejected)
    credits = _credits(rows)
    return Postings(items, *_dead_on_arrival(credits, undos))


def annul(known: pl.DataFrame) -> pl.DataFrame:
    """`known` without its ANNULATION rows: each one's amount is added to the row it names, zero rows dropped.

    An annulation of an annulation goes down to the first row of the chain, so that no cent is lost whatever
    the amounts. One that names nothing known stays, as a plain debit or credit of its day.
    """
    annulations = known.filter((pl.col("kind") == EntryKind.ANNULATION) & pl.col("reverses_id").is_not_null())
    if annulations.is_empty():
        return known
    ids = known.select("account_id", pl.col("entry_id").alias("root_id"), pl.col("kind").alias("root_kind"),
                       pl.col("reverses_id").alias("next_id"))  # fmt: skip
    ids = ids.filter(pl.col("root_id").is_in(_chain_ids(annulations)))
    links = annulations.select(
        "account_id", "entry_id", "amount_cents", pl.col("reverses_id").alias("root_id")
    )
    for _ in range(MAX_CHAIN):
        links = links.join(ids, on=["account_id", "root_id"], how="left", maintain_order="left")
        further = (pl.col("root_kind") == EntryKind.ANNULATION) & pl.col("next_id").is_not_null()
        links = links.with_columns(
            found=pl.col("root_kind").is_not_null() & ~further,
            root_id=pl.when(further).then("next_id").otherwise("root_id"),
        )
        if not links.get_column("root_kind").is_not_null().any() or links.get_column("found").all():
            break
        links = links.drop("root_kind", "next_id")
    links = links.filter(pl.col("found"))
    totals = links.group_by("account_id", pl.col("root_id").alias("entry_id")).agg(
        pl.col("amount_cents").sum().alias("annulled")
    )
    return (
        known.join(links.select("account_id", "entry_id"), on=["account_id", "entry_id"], how="anti")
        .join(totals, on=["account_id", "entry_id"], how="left")
        .with_columns(pl.col("amount_cents") + pl.col("annulled").fill_null(0))
        .drop("annulled")
        .filter(pl.col("amount_cents") != 0)
    )


def _chain_ids(annulations: pl.DataFrame) -> pl.Series:
    """Every row an annulation may lead to: its target, and the annulations themselves."""
    return (
        pl.concat([annulations.get_column("reverses_id"), annulations.get_column("entry_id")])
        .unique()
        .implode()
    )


def rejections(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(undos, matched): what each REJET takes back from the payment it names, at most the payment itself.

    matched: entry_id of the rejet, undone_cents; what a rejet holds above that is an item of its day.
    Several rejets of one payment are served in the order of their dates.
    """
    claims = rows.filter(
        (pl.col("kind") == EntryKind.REJET)
        & pl.col("reverses_id").is_not_null()
        & (pl.col("amount_cents") > 0)
    ).select("account_id", "entry_id", "document_on", "amount_cents", credit_id=pl.col("reverses_id"))
    payments = rows.filter(
        (pl.col("amount_cents") < 0)
        & ~pl.col("kind").is_in(TARGETED)
        & pl.col("entry_id").is_in(claims.get_column("credit_id").implode())
    ).select("account_id", credit_id="entry_id", paid_on="document_on", paid_cents=-pl.col("amount_cents"))
    by = ["account_id", "credit_id"]
    claims = claims.join(payments, on=by, how="inner").sort(*by, "document_on", "entry_id")
    before = pl.col("amount_cents").cum_sum().over(by) - pl.col("amount_cents")
    claims = claims.with_columns(
        undone_cents=(pl.col("paid_cents") - before).clip(0).clip(upper_bound=pl.col("amount_cents"))
    ).filter(pl.col("undone_cents") > 0)
    undos = claims.select(
        "account_id",
        "credit_id",
        on=pl.max_horizontal("document_on", "paid_on"),
        amount_cents="undone_cents",
    )
    undos = undos.group_by("account_id", "credit_id", "on").agg(pl.col("amount_cents").sum())
    return undos, claims.select("account_id", "entry_id", "undone_cents")


def _items(rows: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    debits = rows.filter(pl.col("amount_cents") > 0)
    if not rejected.is_empty():
        debits = (
            debits.join(rejected, on=["account_id", "entry_id"], how="left")
            .with_columns(pl.col("amount_cents") - pl.col("undone_cents").fill_null(0))
            .drop("undone_cents")
            .filter(pl.col("amount_cents") > 0)
        )
    own_day = pl.col("kind").is_in([int(EntryKind.REJET), int(EntryKind.ANNULATION)])
    due = pl.when(own_day).then("document_on").otherwise(pl.coalesce("due_on", "document_on"))
    month = pl.coalesce("period", due).dt.truncate("1mo")
    return debits.select(
        "entry_id",
        "account_id",
        "kind",
        "document_on",
        due_on=due,
        enter_on=pl.max_horizontal(due, "document_on"),
        month=pl.when(pl.col("kind").is_in(HOUSING_KINDS)).then(month),
        amount_cents="amount_cents",
        is_net="is_net",
    ).with_columns(month_key())


def _credits(rows: pl.DataFrame) -> pl.DataFrame:
    aid_month = pl.when(pl.col("kind").is_in(AID)).then(pl.col("period").dt.truncate("1mo"))
    return (
        rows.filter(pl.col("amount_cents") < 0)
        .select(
            "entry_id",
            "account_id",
            "kind",
            "document_on",
            target_id=pl.when(pl.col("kind").is_in(TARGETED)).then(pl.col("reverses_id").fill_null(-1)),
            month=aid_month,
            amount_cents=-pl.col("amount_cents"),
        )
        .with_columns(month_key())
    )


def _dead_on_arrival(credits: pl.DataFrame, undos: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A payment undone on the very day it came never paid anything: it is reduced, nothing is re-opened."""
    if undos.is_empty():
        return credits, undos
    days = credits.select("account_id", "document_on", credit_id="entry_id")
    undos = undos.join(days, on=["account_id", "credit_id"], how="inner")
    at_once = pl.col("on") <= pl.col("document_on")
    cut = undos.filter(at_once).select("account_id", entry_id="credit_id", cut_cents="amount_cents")
    return reduce_credits(credits, cut), undos.filter(~at_once).drop("document_on")


def reduce_credits(credits: pl.DataFrame, cut: pl.DataFrame) -> pl.DataFrame:
    """`credits` less `cut` (account_id, entry_id, cut_cents), empty ones dropped."""
    if cut.is_empty():
        return credits
    total = cut.group_by("account_id", "entry_id").agg(pl.col("cut_cents").sum())
    return (
        credits.join(total, on=["account_id", "entry_id"], how="left")
        .with_columns(pl.col("amount_cents") - pl.col("cut_cents").fill_null(0))
        .drop("cut_cents")
        .filter(pl.col("amount_cents") > 0)
    )


def never_rejected(found: Postings) -> Postings:
    """The same ledger as if the undone payments had never come: what the debt's history is read on (CAF)."""
    cut = found.undos.select("account_id", entry_id="credit_id", cut_cents="amount_cents")
    return Postings(found.items, reduce_credits(found.credits, cut), found.undos.clear())
