"""Rows of the database as Polars frames and back, in bulk, always on Django's own connection, so that what a
transaction wrote is seen.

Read, the database writes rows as text and Polars parses it. A driver with its own copy of SQLite in the same
process (ADBC) would cancel our file locks and break the database; per-row cursors cost more and hold Python's
lock all along. Empty text and null come back as null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from types import UnionType
from typing import TypeVar

import polars as pl
from django.db import connection, models
from polars import selectors as cs

Types = Mapping[str, pl.DataType | type[pl.DataType]]
#: Field and record separators no text of a list holds.
_FIELD, _RECORD = "\x1f", "\x1e"
#: Rows sent to the database at a time: the memory of one batch, not of the list.
_BATCH = 50_000
M = TypeVar("M", bound=models.Model)
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
    with connection.cursor() as cursor, connection.wrap_database_errors:
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


def append_rows(rows: Iterable[M]) -> list[M]:
    """Insert new rows of one model by the thousand and give each its key: what `bulk_create` costs per field
    is more than all the rest. In the caller's transaction."""
    made = list(rows)
    if not made:
        return made
    meta = made[0]._meta
    for row, key in zip(made, _reserved(meta.db_table, meta.pk.column, len(made)), strict=True):
        row.pk = key
    _link(made)
    append(meta.db_table, pl.DataFrame([_column(each, made) for each in meta.concrete_fields]))
    for row in made:
        row._state.adding, row._state.db = False, connection.alias
    return made


def _link(rows: Sequence[models.Model]) -> None:
    """What a row points to may have been written after they were tied: it has a key now."""
    links = [field for field in rows[0]._meta.concrete_fields if field.is_relation]
    for row in rows:
        for field in links:
            if getattr(row, field.attname) is None and field.is_cached(row):
                setattr(row, field.name, getattr(row, field.name))


def _reserved(table: str, column: str, count: int) -> range | list[int]:
    """So many keys nobody else will use. SQLite has one writer at a time, this transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"pg_get_serial_sequence('{table}', '{column}')"
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [count])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT MAX(seq) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0] or 0
        return range(last + 1, last + 1 + count)


def _column(field: models.Field, rows: Sequence[models.Model]) -> pl.Series:
    """One field of the rows, as the database keeps it."""
    dtype = dtype_of(field)
    values = [field.pre_save(row, True) for row in rows]
    if isinstance(field, models.JSONField):
        values = [value if value is None else json.dumps(value, cls=field.encoder) for value in values]
        return pl.Series(field.column, values, pl.String)
    if isinstance(field, models.DateTimeField):
        moments = [value and value.astimezone(UTC).replace(tzinfo=None) for value in values]
        return pl.Series(field.column, moments, pl.Datetime)
    if dtype == pl.String:
        values = [value if value is None else str(value) for value in values]
    elif dtype != pl.Int64:
        values = [field.get_prep_value(value) for value in values]
    return pl.Series(field.column, values, dtype)


def dtype_of(field: models.Field) -> type[pl.DataType]:
    """The Polars type of a model's column."""
    for kinds, dtype in _DTYPES:
        if isinstance(field, kinds):
            return dtype
    return pl.Int64


_DTYPES: tuple[tuple[type | UnionType, type[pl.DataType]], ...] = (
    (models.DateTimeField, pl.Datetime),
    (models.DateField, pl.Date),
    (models.BooleanField, pl.Boolean),
    (models.FloatField, pl.Float64),
    (models.CharField | models.JSONField | models.TextField, pl.String),
)


def _csv(rows: pl.DataFrame) -> bytes:
    """Texts in quotes, so that an empty one is not a null."""
    return rows.write_csv(include_header=False, null_value=_NULL, quote_style="non_numeric").encode()


def seen_by_others() -> bool:
    """Whether another connection would see what this one does: no open transaction, no database in memory."""
    name = str(connection.settings_dict["NAME"])
    private = connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)
    return not connection.in_atomic_block and not private
