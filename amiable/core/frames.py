"""Rows of the database as Polars frames and back, in bulk, always on Django's own connection, so that what a
transaction wrote is seen.

Read, the database writes rows as text and Polars parses it. A driver with its own copy of SQLite in the same
process (ADBC) would cancel our file locks and break the database; per-row cursors cost more and hold Python's
lock all along. Empty text and null come back as null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from django.db import connection, models
from polars import selectors as cs

Types = Mapping[str, pl.DataType | type[pl.DataType]]
#: Field and record separators no text of a list holds.
_FIELD, _RECORD = "\x1f", "\x1e"
#: Rows sent to the database at a time: the memory of one batch, not of the list.
_BATCH = 50_000
#: Null in the text PostgreSQL is sent.
_NULL = "\\N"


def read(columns: Mapping[str, str], tail: str, types: Types) -> pl.DataFrame:
    """The rows of `SELECT columns tail`: name -> SQL expression, `tail` from FROM on, a type for each name.

    All rows make one text: ask for a slice of accounts at a time, not for a whole large office.
    """
    schema = {name: _parsed(types[name]) for name in columns}
    text = _concatenated([_as_text(sql, types[name]) for name, sql in columns.items()], tail)
    if not text:
        return pl.DataFrame(schema={name: types[name] for name in columns})
    rows = pl.read_csv(
        text, has_header=False, schema=schema, separator=_FIELD, eol_char=_RECORD, quote_char=None
    )
    return rows.select(pl.col(name).cast(types[name]) for name in columns)


def _concatenated(columns: list[str], tail: str) -> bytes:
    """All rows in one text, put together by the database: row by row through Python costs far more."""
    sqlite = connection.vendor == "sqlite"
    one = f"{'printf' if sqlite else 'format'}('{_FIELD.join(['%s'] * len(columns))}', {', '.join(columns)})"
    whole = f"{'group_concat' if sqlite else 'string_agg'}({one}, '{_RECORD}')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {whole} {tail}".replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    return (found or "").encode()


def _as_text(sql: str, dtype: pl.DataType | type[pl.DataType]) -> str:
    """SQLite keeps booleans as 0 and 1 already."""
    return f"CAST({sql} AS integer)" if dtype == pl.Boolean and connection.vendor != "sqlite" else sql


def _parsed(dtype: pl.DataType | type[pl.DataType]) -> pl.DataType | type[pl.DataType]:
    """What the text of that type is parsed as: booleans come as 0 and 1."""
    return pl.Int8 if dtype == pl.Boolean else dtype


def append(table: str, rows: pl.DataFrame) -> None:
    """Insert the rows, each column in the one of its name; pl.Datetime is taken as UTC. In the caller's
    transaction; the table's own constraints are the last guard."""
    names = ", ".join(f'"{name}"' for name in rows.columns)
    into = f"{table} ({names})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            moments = rows.with_columns(cs.datetime().dt.to_string("iso") + "+00")
            with cursor.copy(f"COPY {into} FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')") as copy:
                for part in moments.iter_slices(_BATCH):
                    copy.write(_csv(part))
            return
        plain = rows.with_columns(
            cs.date().cast(pl.String), cs.boolean().cast(pl.Int8), cs.datetime().dt.to_string("iso")
        )
        marks = ", ".join("?" * rows.width)
        for part in plain.iter_slices(_BATCH):
            # The driver's own cursor: Django's would rewrite the statement and log every row.
            cursor.connection.executemany(f"INSERT INTO {into} VALUES ({marks})", part.iter_rows())


def append_rows(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model by the thousand, their keys not given back: what `bulk_create` costs per
    field is more than all the rest. For plain columns (numbers, texts, days)."""
    if not rows:
        return
    fields = [each for each in rows[0]._meta.concrete_fields if not each.primary_key]
    columns = {each.column: [getattr(row, each.attname) for row in rows] for each in fields}
    append(rows[0]._meta.db_table, pl.DataFrame(columns, infer_schema_length=None))


def _csv(rows: pl.DataFrame) -> bytes:
    """Texts in quotes, so that an empty one is not a null."""
    return rows.write_csv(include_header=False, null_value=_NULL, quote_style="non_numeric").encode()


def seen_by_others() -> bool:
    """Whether another connection would see what this one does: no open transaction, no database in memory."""
    name = str(connection.settings_dict["NAME"])
    private = connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)
    return not connection.in_atomic_block and not private
