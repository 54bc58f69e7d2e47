"""The lines entries make, column by column: a pure function of the ledger, the charts and the closes.

Entries in (one row each): entry_id, account_id, creditor, nature, kind, amount_cents, document_on, from_bank,
undone_kind, undone_on, undone_from_bank (of the entry it undoes; null otherwise). Lines out: `LINES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from amiable.domain.books.chart import BANK, PRIOR, TREASURY, UNKNOWN, chart, templates
from amiable.domain.settlement.entry_kinds import EntryKind

LINES: dict[str, pl.DataType] = {
    "entry_id": pl.Int64(),
    "place": pl.Int8(),
    "journal": pl.String(),
    "account_code": pl.String(),
    "auxiliary_id": pl.Int64(),
    "booked_on": pl.Date(),
    "value_on": pl.Date(),
    "debit_cents": pl.Int64(),
    "credit_cents": pl.Int64(),
}

_RULES = {
    "kind": pl.Int8, "journal": pl.String, "role": pl.String, "same": pl.Boolean, "none": pl.Boolean,
}  # fmt: skip


def booked(entries: pl.DataFrame, closes: Sequence[tuple[int, date]]) -> pl.DataFrame:
    """`entries` with booked_on: its own day, or the first open one when its month was closed before it came
    (BK-05). closes: (last entry known when it was closed, first day of the month after), oldest first."""
    if not closes:
        return entries.with_columns(booked_on=pl.col("document_on"))
    known = pl.DataFrame(closes, schema={"upto": pl.Int64, "opens_on": pl.Date}, orient="row").with_columns(
        after=pl.col("upto") + 1
    )
    met = entries.sort("entry_id").join_asof(
        known.select("after", "opens_on").sort("after"), left_on="entry_id", right_on="after"
    )
    return met.with_columns(booked_on=pl.max_horizontal("document_on", "opens_on")).drop("after", "opens_on")


def lines(entries: pl.DataFrame, closes: Sequence[tuple[int, date]]) -> pl.DataFrame:
    """Two lines an entry, the receivable (with its auxiliary) and what answers it; none for the kinds that
    move no account. Raises DomainError for a nature or a day no chart keeps."""
    met = _with_accounts(booked(_ruled(entries), closes))
    sides = [
        _line(met, 1, pl.col("receivable"), pl.col("account_id"), pl.col("amount_cents")),
        _line(met, 2, pl.col("code"), pl.lit(None, pl.Int64), -pl.col("amount_cents")),
    ]
    return pl.concat(sides).sort("entry_id", "place")


def _line(met: pl.DataFrame, place: int, code: pl.Expr, auxiliary: pl.Expr, signed: pl.Expr) -> pl.DataFrame:
    return met.select(
        "entry_id",
        "journal",
        "booked_on",
        place=pl.lit(place, pl.Int8),
        account_code=code,
        auxiliary_id=auxiliary,
        value_on=pl.col("document_on"),
        debit_cents=signed.clip(lower_bound=0),
        credit_cents=(-signed).clip(lower_bound=0),
    ).select(pl.col(name).cast(dtype) for name, dtype in LINES.items())


def _ruled(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries that make lines, each with its journal, its role and how its money came."""
    rules = pl.DataFrame(
        [(int(t.kind), t.journal, t.role, t.same, t.none) for t in templates().values()],
        schema=_RULES,
        orient="row",
    )
    met = entries.with_columns(pl.col("kind", "undone_kind").cast(pl.Int8)).join(rules, on="kind", how="left")
    of = rules.select(undone_kind="kind", of_journal="journal", of_role="role", of_none="none")
    met = met.join(of, on="undone_kind", how="left").filter(
        ~(pl.col("none") | (pl.col("same") & pl.col("of_none").fill_null(False)))
    )
    undoes = pl.col("same") & (pl.col("of_role").fill_null("") != "")
    alone = pl.col("same") & ~undoes
    return met.with_columns(
        journal=pl.when(undoes).then("of_journal").when(alone).then(pl.lit("OD")).otherwise("journal"),
        role=pl.when(undoes).then("of_role").when(alone).then(pl.lit(UNKNOWN)).otherwise("role"),
        told_by_bank=pl.when(undoes)
        .then(pl.col("from_bank") | pl.col("undone_from_bank").fill_null(False))
        .otherwise("from_bank"),
    )


def _with_accounts(met: pl.DataFrame) -> pl.DataFrame:
    """With receivable and code: the accounts of the claim and of the role, in the chart of their year."""
    late_loss = (
        (pl.col("kind") == int(EntryKind.ANNULATION))
        & (pl.col("amount_cents") < 0)
        & (pl.col("undone_on").dt.year() < pl.col("booked_on").dt.year())
    )
    met = met.with_columns(
        year=pl.col("booked_on").dt.year(),
        role=pl.when(pl.col("role") == TREASURY)
        .then(pl.when("told_by_bank").then(pl.lit(BANK)).otherwise(pl.lit(UNKNOWN)))
        .when(late_loss)
        .then(pl.lit(PRIOR) + "/" + pl.col("role"))
        .otherwise("role"),
    )
    asked = met.select("creditor", "nature", "year", "role").unique().rows()
    schema = {"creditor": pl.String, "nature": pl.String, "year": pl.Int32, "role": pl.String}
    found = pl.DataFrame(
        [(*row, *_accounts(*row)) for row in asked],
        schema={**schema, "receivable": pl.String, "code": pl.String},
        orient="row",
    )
    return met.join(found, on=list(schema), how="left")


def _accounts(creditor: str, nature: str, year: int, role: str) -> tuple[str, str]:
    """A loss of an earlier year has its own account where the regime has one (T68), else the role's."""
    plan = chart(creditor, nature, date(year, 1, 1))
    prior, _, usual = role.rpartition("/")
    code = plan.roles.get(prior) if prior else None
    return plan.natures[nature].receivable, code or plan.account(usual, nature)
