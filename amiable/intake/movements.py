"""Posting a movements list: unknown accounts, rows already there, rejets and annulations that name another
row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from amiable.accounts.models import Account
from amiable.accounts.references import bearers, several_fr
from amiable.core.models import Office
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.return_reasons import REASON
from amiable.intake.readers.table import LINE
from amiable.intake.telling import Told, keep, sort_out
from amiable.ledger import bulk

#: The payments a rejet may name, the likeliest first.
REJECTABLE = (EntryKind.ENCAISSEMENT, EntryKind.APL, EntryKind.RLS, EntryKind.REMISE)


@dataclass
class Posted:
    """What posting a list did. Frames of errors hold LINE and reason."""

    accepted: int = 0
    duplicates: int = 0
    #: Rows of a movements list that are money known already, or that may be.
    told: Told | None = None
    debit_cents: int = 0
    credit_cents: int = 0
    errors: list[pl.DataFrame] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    account_ids: list[int] = field(default_factory=list)
    #: Codes and counts worth showing: created agencies, officers, accounts...
    details: dict[str, object] = field(default_factory=dict)

    def add(self, frame: pl.DataFrame) -> None:
        """Count the posted rows of `frame`."""
        self.accepted += frame.height
        amount = frame["amount_cents"]
        self.debit_cents += int(amount.filter(amount > 0).sum())
        self.credit_cents -= int(amount.filter(amount < 0).sum())


def account_ids(office: Office, refs: pl.Series) -> pl.DataFrame:
    """account (the name given), account_id (null: several), several: what is said of a shared name."""
    borne = bearers(office, refs.drop_nulls().unique().to_list())
    named = borne.group_by("name").agg(
        pl.col("account_id").first(), pl.col("ref").sort(), pl.len().alias("n")
    )
    several = named.filter(pl.col("n") > 1)
    words = [several_fr(name, held) for name, held in several.select("name", "ref").iter_rows()]
    one = named.filter(pl.col("n") == 1).select(
        "name", "account_id", pl.lit(None, pl.String).alias("several")
    )
    refused = several.select(
        "name", pl.lit(None, pl.Int64).alias("account_id"), pl.Series("several", words, dtype=pl.String)
    )
    return pl.concat([one, refused]).rename({"name": "account"})


def with_accounts(office: Office, good: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(`good` with account_id, errors of the unknown accounts)."""
    found = good.join(account_ids(office, good["account"]), on="account", how="left", maintain_order="left")
    unknown = found.filter(pl.col("account_id").is_null())
    padded = lost_zeros(office, unknown["account"])
    reason = pl.coalesce(
        "several",
        pl.format(
            "compte « {} » inconnu, « {} » est connu : zéros de tête perdus par un tableur ?",
            "account",
            pl.col("account").replace_strict(padded, default=None, return_dtype=pl.String),
        ),
        pl.format("compte inconnu « {} »", "account"),
    )
    errors = unknown.select(LINE, reason.alias("reason"))
    return found.filter(pl.col("account_id").is_not_null()).drop("several"), errors


def lost_zeros(office: Office, unknown: pl.Series) -> dict[str, str]:
    """unknown number -> the known one that only has zeros before it."""
    numbers = set(unknown.drop_nulls().filter(unknown.drop_nulls().str.contains(r"^[1-9]\d*$")))
    if not numbers:
        return {}
    padded = Account.objects.filter(office=office, ref__startswith="0").values_list("ref", flat=True)
    return {ref.lstrip("0"): ref for ref in padded if ref.lstrip("0") in numbers}


def post(*, office: Office, good: pl.DataFrame, net: bool, import_id: int) -> Posted:
    """Post the checked rows of a movements list, inside the caller's transaction.

    Ordinary rows first, then rejets, then annulations: a row may name another of the same file, wherever it
    stands.
    """
    posted = Posted()
    rows, unknown = with_accounts(office, good)
    posted.errors.append(unknown)
    rows, told = sort_out(office, rows)
    posted.warnings += told.warnings
    waiting = told.waiting
    prepared = _prepared(rows, net, import_id)
    post_fresh(bulk.with_wordings(prepared, office.pk), posted)
    posted.told = told
    keep(office, import_id, told, _prepared(told.kept, net, import_id))
    posted.account_ids = pl.concat([rows["account_id"], waiting["account_id"]]).unique().to_list()
    return posted


def _prepared(rows: pl.DataFrame, net: bool, import_id: int) -> pl.DataFrame:
    """The columns of entries, from those of a list."""
    return rows.with_columns(
        (pl.lit(net) & (pl.col("kind") == EntryKind.QUITTANCE)).alias("is_net"),
        pl.lit(None, dtype=pl.Int64).alias("reverses_id"),
        # The bank's reason stands in the label of most lists' rejets.
        pl.when(pl.col("kind") == EntryKind.REJET)
        .then(pl.col("label").str.to_uppercase().str.extract(REASON.pattern, 1))
        .fill_null("")
        .alias("reason_code"),
        pl.lit(import_id, dtype=pl.Int64).alias("import_id"),
        pl.col("reference").fill_null(""),
        pl.when(pl.col("amount_cents") > 0).then(pl.col("due_on")).alias("due_on"),
        pl.col("period").dt.month_start(),
    ).rename({"rubric": "heading", "label": "text"})


def post_fresh(rows: pl.DataFrame, posted: Posted) -> None:
    """Ordinary rows first, then rejets, then annulations: each may name another."""
    rejets = rows.filter(pl.col("kind") == EntryKind.REJET)
    annulations = rows.filter(pl.col("kind") == EntryKind.ANNULATION)
    ordinary = rows.filter(~pl.col("kind").is_in([int(EntryKind.REJET), int(EntryKind.ANNULATION)]))
    bulk.insert_entries(ordinary)
    posted.add(ordinary)
    _post_rejets(rejets, posted)
    _post_annulations(annulations, posted)


def _post_rejets(rejets: pl.DataFrame, posted: Posted) -> None:
    """A rejet undoes the payment its reference names; without one it is a new item of its day."""
    if rejets.is_empty():
        return
    named = bulk.by_reference(rejets.filter(pl.col("reference") != ""))
    order = {int(kind): rank for rank, kind in enumerate(REJECTABLE)}
    payments = (
        named.filter(pl.col("kind").is_in(list(order)) & (pl.col("amount_cents") < 0))
        # A payment already undone in full is not undone twice: this rejet is then an item of its own day.
        .filter(pl.col("undone_cents") + pl.col("amount_cents") < 0)
        .with_columns(pl.col("kind").replace_strict(order, default=9, return_dtype=pl.Int8).alias("rank"))
        .sort("rank", "document_on", "entry_id", descending=[False, True, True])
        .unique(["account_id", "reference"], keep="first", maintain_order=True)
        .select("account_id", "reference", pl.col("entry_id").alias("target"))
    )
    rows = rejets.join(
        payments, on=["account_id", "reference"], how="left", maintain_order="left"
    ).with_columns(pl.col("target").alias("reverses_id"), pl.col("document_on").alias("due_on"))
    bulk.insert_entries(rows)
    posted.add(rows)


def _post_annulations(annulations: pl.DataFrame, posted: Posted) -> None:
    """An annulation takes back, wholly or in part, the row its reference names; else it is refused."""
    if annulations.is_empty():
        return
    named = bulk.by_reference(annulations.filter(pl.col("reference") != ""))
    targets = named.filter(pl.col("kind") != EntryKind.ANNULATION).select(
        "account_id",
        "reference",
        pl.col("entry_id").alias("target"),
        pl.col("amount_cents").alias("target_cents"),
        (pl.col("amount_cents") + pl.col("undone_cents")).alias("left_cents"),
    )
    cents, left = pl.col("amount_cents"), pl.col("left_cents")
    candidates = (
        annulations.select(LINE, "account_id", "reference", "amount_cents")
        .join(targets, on=["account_id", "reference"], how="left")
        .with_columns(
            (cents.sign() == -pl.col("target_cents").sign()).fill_null(False).alias("opposite"),
            ((left.sign() == -cents.sign()) & (left.abs() >= cents.abs())).fill_null(False).alias("fits"),
            (left == -cents).fill_null(False).alias("exact"),
        )
        .sort(LINE, "fits", "exact", "opposite", "target", descending=[False, True, True, True, True])
        .unique(LINE, keep="first", maintain_order=True)
        .select(LINE, "target", "opposite", "fits", "left_cents")
    )
    rows = annulations.join(candidates, on=LINE, how="left", maintain_order="left")
    no_reference = pl.col("reference") == ""
    reason = (
        pl.when(no_reference)
        .then(pl.lit("annulation sans référence : on ne sait pas quelle ligne elle annule"))
        .when(pl.col("target").is_null())
        .then(pl.format("annulation : aucune ligne ne porte la référence « {} » sur ce compte", "reference"))
        .when(~pl.col("opposite"))
        .then(pl.lit("annulation dans le même sens que la ligne qu'elle nomme (débit et crédit inversés ?)"))
        .when(~pl.col("fits"))
        .then(pl.lit("annulation plus grande que ce qui reste de la ligne qu'elle nomme"))
    )
    rows = rows.with_columns(reason.alias("reason"))
    posted.errors.append(rows.filter(pl.col("reason").is_not_null()).select(LINE, "reason"))
    good = rows.filter(pl.col("reason").is_null()).with_columns(
        pl.col("target").alias("reverses_id"),
        pl.when(pl.col("amount_cents") > 0).then(pl.col("document_on")).alias("due_on"),
    )
    bulk.insert_entries(good)
    posted.add(good)
