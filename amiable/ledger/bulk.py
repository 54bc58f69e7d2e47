"""Entries by the hundred thousand: appended as frames, looked up through a temporary table.

Called inside the caller's transaction. Keys already posted are looked for with `known` first; the unique
constraint on (account, key) stays the last guard.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from django.db import connection

from amiable.core.frames import append
from amiable.ledger.facts import last_entry_id
from amiable.ledger.models import Entry, Posted, Wording

#: Columns of a frame of entries to post, in order, with their Polars types.
ENTRY_SCHEMA: dict[str, pl.DataType] = {
    "account_id": pl.Int64(),
    "kind": pl.Int8(),
    "document_on": pl.Date(),
    "due_on": pl.Date(),
    "period": pl.Date(),
    "amount_cents": pl.Int64(),
    "is_net": pl.Boolean(),
    "reverses_id": pl.Int64(),
    "key": pl.Int64(),
    "reference": pl.String(),
    "reason_code": pl.String(),
    "wording_id": pl.Int64(),
    "import_id": pl.Int64(),
}


def insert_entries(frame: pl.DataFrame) -> int:
    """Append the rows of `frame` (see ENTRY_SCHEMA) and return how many."""
    if frame.is_empty():
        return 0
    rows = frame.select(pl.col(c).cast(t) for c, t in ENTRY_SCHEMA.items())
    now = pl.lit(datetime.now(UTC).replace(tzinfo=None), pl.Datetime)
    before = last_entry_id()
    append(Entry._meta.db_table, rows.with_columns(posted_at=now))
    Posted.objects.create(after_id=before, upto_id=last_entry_id())
    return rows.height


def _load_pairs(second_type: str, pairs: pl.DataFrame) -> str:
    """A temporary table of (account_id, wanted) holding `pairs`; returns its name."""
    name = f"bulk_pairs_{second_type}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} (account_id bigint, wanted {second_type})"
        )
        cursor.execute(f"DELETE FROM {name}")
        append(name, pairs)
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {name}")
    return name


def known(pairs: pl.DataFrame) -> pl.DataFrame:
    """Which of `pairs` (account_id, key) are already posted.

    account_id, key, amount_cents, entry_id, document_on, period, import_id.
    """
    schema: dict[str, type[pl.DataType]] = {
        "account_id": pl.Int64,
        "key": pl.Int64,
        "amount_cents": pl.Int64,
        "entry_id": pl.Int64,
        "document_on": pl.Date,
        "period": pl.Date,
        "import_id": pl.Int64,
    }
    if pairs.is_empty() or not Entry.objects.exists():
        return pl.DataFrame(schema=schema)
    table = _load_pairs("bigint", pairs.select("account_id", wanted="key"))
    with connection.cursor() as cursor:
        # CROSS JOIN keeps SQLite from scanning the ledger: the pairs drive, the unique index answers.
        cursor.execute(
            "SELECT p.account_id, p.wanted, e.amount_cents, e.id, e.document_on, e.period, e.import_id "
            f"FROM {table} p CROSS JOIN ledger_entry e WHERE e.account_id = p.account_id AND e.key = p.wanted"
        )
        rows = cursor.fetchall()
    days = {"document_on": pl.String, "period": pl.String}
    frame = pl.DataFrame(
        [(*r[:4], str(r[4]), str(r[5]) if r[5] else None, r[6]) for r in rows],
        schema={**schema, **days},
        orient="row",
    )
    return frame.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in days)


def by_reference(pairs: pl.DataFrame) -> pl.DataFrame:
    """Entries bearing the references of `pairs` (account_id, reference), and what was already undone of each.

    account_id, reference, entry_id, kind (Int8), document_on, amount_cents, undone_cents: signed sum of the
    rows that reverse the entry.
    """
    schema: dict[str, type[pl.DataType]] = {
        "account_id": pl.Int64,
        "reference": pl.String,
        "entry_id": pl.Int64,
        "kind": pl.Int8,
        "document_on": pl.Date,
        "amount_cents": pl.Int64,
        "undone_cents": pl.Int64,
    }
    if pairs.is_empty():
        return pl.DataFrame(schema=schema)
    table = _load_pairs("text", pairs.select("account_id", wanted="reference").unique())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.account_id, e.reference, e.id, e.kind, e.document_on, e.amount_cents, "
            "(SELECT COALESCE(SUM(r.amount_cents), 0) FROM ledger_entry r WHERE r.reverses_id = e.id) "
            f"FROM {table} p CROSS JOIN ledger_entry e "
            "WHERE e.account_id = p.account_id AND e.reference = p.wanted"
        )
        rows = cursor.fetchall()
    frame = pl.DataFrame(
        [(*r[:4], str(r[4]), *r[5:]) for r in rows],
        schema={**schema, "document_on": pl.String},
        orient="row",
    )
    return frame.with_columns(pl.col("document_on").str.to_date("%Y-%m-%d"))


def with_wordings(frame: pl.DataFrame, office_id: int) -> pl.DataFrame:
    """`frame` (heading, text: String | null) with `wording_id`; unknown wordings are created."""
    wanted = frame.select(
        pl.col("heading").fill_null("").str.slice(0, 80), pl.col("text").fill_null("").str.slice(0, 200)
    )
    distinct = wanted.unique().filter((pl.col("heading") != "") | (pl.col("text") != ""))
    Wording.objects.bulk_create(
        [Wording(office_id=office_id, heading=h, text=t) for h, t in distinct.iter_rows()],
        batch_size=5000,
        ignore_conflicts=True,
    )
    found = pl.DataFrame(
        _read_wordings(office_id, distinct),
        schema={"heading": pl.String, "text": pl.String, "wording_id": pl.Int64},
        orient="row",
    )
    ids = wanted.join(found, on=["heading", "text"], how="left", maintain_order="left")
    return frame.with_columns(ids["wording_id"])


def _read_wordings(office_id: int, distinct: pl.DataFrame) -> list[tuple[str, str, int]]:
    """Ids of the distinct wordings; few are asked by text, many by reading the office's."""
    rows = Wording.objects.filter(office_id=office_id)
    if distinct.height <= 500:
        rows = rows.filter(text__in=distinct["text"].unique().to_list())
    return list(rows.values_list("heading", "text", "pk"))
