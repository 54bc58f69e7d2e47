"""Rows of the database as Polars frames, in bulk: the database writes them as text, Polars parses it.

Always on Django's own connection, so that what a transaction wrote is seen. A driver with its own copy of
SQLite in the same process (ADBC) would cancel our file locks and break the database; per-row cursors cost
twice the time and hold Python's lock all along. Empty text and null come back as null.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.db import connection

Types = Mapping[str, pl.DataType | type[pl.DataType]]
#: Field and record separators no text of a list holds.
_FIELD, _RECORD = "\x1f", "\x1e"


def read(columns: Mapping[str, str], tail: str, types: Types) -> pl.DataFrame:
    """The rows of `SELECT columns tail`: name -> SQL expression, `tail` from FROM on, a type for each name.

    SQLite keeps one text of all rows: ask for a slice of accounts at a time, not for a whole large office.
    """
    schema = {name: _parsed(types[name]) for name in columns}
    quote: str | None
    if connection.vendor == "postgresql":
        text = _copied(columns, tail, types)
        field, record, quote = ",", "\n", '"'
    else:
        text = _concatenated(columns, tail)
        field, record, quote = _FIELD, _RECORD, None
    if not text:
        return pl.DataFrame(schema={name: types[name] for name in columns})
    rows = pl.read_csv(
        text, has_header=False, schema=schema, separator=field, eol_char=record, quote_char=quote
    )
    return rows.select(pl.col(name).cast(types[name]) for name in columns)


def _concatenated(columns: Mapping[str, str], tail: str) -> bytes:
    one = f"printf('{_FIELD.join(['%s'] * len(columns))}', {', '.join(columns.values())})"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT group_concat({one}, '{_RECORD}') {tail}".replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    return (found or "").encode()


def _copied(columns: Mapping[str, str], tail: str, types: Types) -> bytes:
    chosen = ", ".join(
        f"CAST({sql} AS integer)" if types[name] == pl.Boolean else sql for name, sql in columns.items()
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {chosen} {tail}) TO STDOUT (FORMAT csv)") as copy,
    ):
        return b"".join(copy)


def _parsed(dtype: pl.DataType | type[pl.DataType]) -> pl.DataType | type[pl.DataType]:
    """What the text of that type is parsed as: booleans come as 0 and 1."""
    return pl.Int8 if dtype == pl.Boolean else dtype


def seen_by_others() -> bool:
    """Whether another connection would see what this one does: no open transaction, no database in memory."""
    name = str(connection.settings_dict["NAME"])
    private = connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)
    return not connection.in_atomic_block and not private
