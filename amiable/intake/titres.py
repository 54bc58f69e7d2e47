"""Committing a titres list: each claim is created once and its principal and fees are posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from amiable.accounts.models import Account, AccountAlias
from amiable.accounts.references import bearers
from amiable.core.models import Office, User
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.accounts import journal_changes, report_changes, write_accounts
from amiable.intake.lists.movements import reference_key
from amiable.intake.movements import Posted
from amiable.intake.people import Row
from amiable.intake.readers.table import LINE
from amiable.ledger import bulk


def commit_titres(
    *, office: Office, good: pl.DataFrame, actor: User | None, today: date, import_id: int
) -> Posted:
    """Create each claim and post its principal and fees; a claim already posted is a duplicate.

    A titre known with another amount is refused: a correction comes as an annulation.
    """
    posted = Posted(duplicates=int(good["repeats"].sum()))
    fresh = _fresh_titres(office, good.filter(~pl.col("repeats")), posted)
    rows = fresh.to_dicts()
    changes, touched = write_accounts(office, rows, actor, today, import_id, posted, nature="")
    _write_aliases(office, rows, touched)
    ids = pl.DataFrame(
        {"account": list(touched), "account_id": [a.pk for a in touched.values()]},
        schema={"account": pl.String, "account_id": pl.Int64},
    )
    _post_titres(office, fresh.join(ids, on="account", how="left"), import_id, posted)
    posted.accepted = len(rows)
    posted.account_ids = [a.pk for a in touched.values()]
    report_changes(posted, changes, {})
    journal_changes(office, actor, import_id, changes, {})
    return posted


def _fresh_titres(office: Office, good: pl.DataFrame, posted: Posted) -> pl.DataFrame:
    borne = bearers(office, good["account"].to_list())
    known = dict(borne.select("name", "account_id").iter_rows())
    # Within its account, a posting is known by the titre's number alone.
    pairs = [
        (known[ref], reference_key(kind, number))
        for ref, number in good.select("account", "number").iter_rows()
        if ref in known
        for kind in (EntryKind.TITRE, EntryKind.FRAIS)
    ]
    found = bulk.known(pl.DataFrame(pairs, schema={"account_id": pl.Int64, "key": pl.Int64}, orient="row"))
    amounts = {(a, k): c for a, k, c in found.select("account_id", "key", "amount_cents").iter_rows()}

    def judge(ref: str, number: str, principal: int, fees: int) -> str | None:
        pk = known.get(ref)
        before = amounts.get((pk, reference_key(EntryKind.TITRE, number))) if pk is not None else None
        if pk is None or before is None:
            return None
        same = before == principal and amounts.get((pk, reference_key(EntryKind.FRAIS, number)), 0) == fees
        return "" if same else "titre déjà pris en charge pour un autre montant : corrigez par une annulation"

    columns = good.select("account", "number", "principal_cents", "fees_cents").iter_rows()
    verdict = good.with_columns(pl.Series("verdict", [judge(*c) for c in columns], dtype=pl.String))
    posted.duplicates += verdict.filter(pl.col("verdict") == "").height
    refused = verdict.filter(pl.col("verdict") != "")
    posted.errors.append(refused.select(LINE, pl.col("verdict").alias("reason")))
    return verdict.filter(pl.col("verdict").is_null()).drop("verdict")


def _write_aliases(office: Office, rows: Sequence[Row], accounts: dict[str, Account]) -> None:
    """A titre is also known by its bare number, and by its number and year; several may bear either."""
    names = {(r["account"], name) for r in rows for name in (r["number"], f"{r['year']}-{r['number']}")}
    made = [
        AccountAlias(office=office, account=accounts[ref], alias=name[:60])
        for ref, name in sorted(names)
        if accounts[ref].ref != name
    ]
    AccountAlias.objects.bulk_create(made, batch_size=2000, ignore_conflicts=True)


def _post_titres(office: Office, rows: pl.DataFrame, import_id: int, posted: Posted) -> None:
    """One entry for the principal, one for the fees, due together (PUB-02 runs from the notification)."""
    parts = []
    for kind, column in ((EntryKind.TITRE, "principal_cents"), (EntryKind.FRAIS, "fees_cents")):
        part = rows.filter(pl.col(column) > 0).select(
            "account_id",
            pl.lit(int(kind), dtype=pl.Int8).alias("kind"),
            "document_on",
            "due_on",
            pl.lit(None, dtype=pl.Date).alias("period"),
            pl.col(column).alias("amount_cents"),
            pl.lit(False).alias("is_net"),
            pl.lit(None, dtype=pl.Int64).alias("reverses_id"),
            pl.col("number").alias("reference"),
            pl.lit("").alias("reason_code"),
            pl.lit("").alias("heading"),
            pl.col("subject").alias("text"),
            pl.lit(import_id, dtype=pl.Int64).alias("import_id"),
        )
        keys = [reference_key(kind, ref) for ref in part["reference"].to_list()]
        parts.append(part.with_columns(pl.Series("key", keys, dtype=pl.Int64)))
    entries = bulk.with_wordings(pl.concat(parts), office.pk)
    bulk.insert_entries(entries)
    posted.add(entries)
