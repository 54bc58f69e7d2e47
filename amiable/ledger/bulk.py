"""Entries by the hundred thousand: COPY on PostgreSQL, executemany on SQLite, look-ups through a temporary
table.

Called inside the caller's transaction. Keys already posted are looked for with `known` first; the unique
constraint
on (account, key) stays the last guard.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl
from django.db import connection

from amiable.ledger.models import Entry, Wording

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
#: Rows sent to SQLite at a time: the memory of one batch, not of the list.
BATCH = 50_000


def insert_entries(frame: pl.DataFrame) -> int:
    """Append the rows of `frame` (see ENTRY_SCHEMA) and return how many."""
    if frame.is_empty():
        return 0
    rows = frame.select(pl.col(c).cast(t) for c, t in ENTRY_SCHEMA.items())
    _insert(Entry._meta.db_table, [*ENTRY_SCHEMA, "posted_at"], rows, datetime.now(UTC))
    return rows.height


def _insert(table: str, columns: Sequence[str], rows: pl.DataFrame, posted_at: datetime) -> None:
    names = ", ".join(f'"{c}"' for c in columns)
    if connection.vendor == "postgresql":
        stamped = rows.with_columns(pl.lit(posted_at.isoformat()).alias("posted_at"))
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy,
        ):
            for part in stamped.iter_slices(BATCH):
                copy.write(part.write_csv(include_header=False, null_value="\\N").encode())
        return
    stamp = posted_at.replace(tzinfo=None).isoformat(sep=" ")
    text = rows.with_columns(pl.col(pl.Date).cast(pl.String)).with_columns(pl.lit(stamp).alias("posted_at"))
    marks = ", ".join(["?"] * len(columns))
    with connection.cursor() as cursor:
        # The driver's own cursor: Django's would rewrite the statement and log every row.
        for part in text.iter_slices(BATCH):
            cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part.iter_rows())


def _load_pairs(second_type: str, pairs: pl.DataFrame) -> str:
    """A temporary table of (account_id, wanted) holding `pairs`; returns its name."""
    name = f"bulk_pairs_{second_type.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} (account_id bigint, wanted {second_type})"
        )
        cursor.execute(f"DELETE FROM {name}")
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} FROM STDIN WITH (FORMAT csv)") as copy:
                for part in pairs.iter_slices(BATCH):
                    copy.write(part.write_csv(include_header=False).encode())
            cursor.execute(f"ANALYZE {name}")
        else:
            for part in pairs.iter_slices(BATCH):
                cursor.connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", part.iter_rows())
    return name


def known(pairs: pl.DataFrame) -> pl.DataFrame:
    """Which of `pairs` (account_id, key) are already posted: account_id, key, amount_cents, entry_id."""
    schema = {"account_id": pl.Int64, "key": pl.Int64, "amount_cents": pl.Int64, "entry_id": pl.Int64}
    if pairs.is_empty() or not Entry.objects.exists():
        return pl.DataFrame(schema=schema)
    table = _load_pairs("bigint", pairs.select("account_id", "key"))
    with connection.cursor() as cursor:
        # CROSS JOIN keeps SQLite from scanning the ledger: the pairs drive, the unique index answers.
        cursor.execute(
            f"SELECT p.account_id, p.wanted, e.amount_cents, e.id FROM {table} p CROSS JOIN ledger_entry e "
            "WHERE e.account_id = p.account_id AND e.key = p.wanted"
        )
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def by_reference(pairs: pl.DataFrame) -> pl.DataFrame:
    """Entries bearing the references of `pairs` (account_id, reference), with what was already undone of
    each.

    account_id, reference, entry_id, kind (Int8), document_on, amount_cents, undone_cents: signed sum of the
    rows
    that reverse the entry.
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
    table = _load_pairs("text", pairs.select("account_id", "reference").unique())
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
