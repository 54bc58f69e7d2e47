"""Rows of the database as Polars frames, in bulk: the database writes them as text, Polars parses it.

Always on Django's own connection, so that what a transaction wrote is seen. A driver with its own copy of
SQLite in the same process (ADBC) would cancel our file locks and break the database; per-row cursors cost
more and hold Python's lock all along. Empty text and null come back as null.
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


def seen_by_others() -> bool:
    """Whether another connection would see what this one does: no open transaction, no database in memory."""
    name = str(connection.settings_dict["NAME"])
    private = connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)
    return not connection.in_atomic_block and not private
