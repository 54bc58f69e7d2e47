"""Rows of the database as Polars frames, the same columns whatever the database and the road taken.

Large reads go through ADBC on a connection of their own, in batches. Inside a transaction, and for a database
only this process sees, Django's connection is used: another one would not see what is not committed yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import polars as pl
from django.db import connection

Types = Mapping[str, pl.DataType | type[pl.DataType]]
#: Rows of one ADBC batch: converted at once, so that SQLite's wide integers never pile up.
_BATCH_ROWS = 131_072


def date_sql(column: str) -> str:
    """A date column as days since 1970, an integer: SQLite keeps text, slow to carry and to parse."""
    if connection.vendor == "sqlite":
        return f"CAST(julianday({column}) - 2440587.5 AS INTEGER) AS {column}"
    return f"({column} - DATE '1970-01-01') AS {column}"


def read(sql: str, types: Types, *, large: bool) -> pl.DataFrame:
    """The rows of `sql`, whose columns come in the order of `types` (dates as `date_sql` gives them)."""
    if large and _seen_by_others():
        parts = [_typed(pl.DataFrame(batch), types) for batch in _adbc_batches(sql)]
        return pl.concat(parts) if parts else pl.DataFrame(schema=dict(types))
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    raw = pl.DataFrame(rows, schema={name: _raw(dtype) for name, dtype in types.items()}, orient="row")
    return _typed(raw, types)


def _seen_by_others() -> bool:
    name = str(connection.settings_dict["NAME"])
    private = connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)
    return not connection.in_atomic_block and not private


def _adbc_batches(sql: str) -> Iterator[Any]:
    if connection.vendor == "sqlite":
        from adbc_driver_sqlite import dbapi

        uri = f"file:{quote(str(connection.settings_dict['NAME']))}?mode=ro"
        with dbapi.connect(uri) as own, own.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH_ROWS})
            cursor.execute(sql)
            yield from cursor.fetch_record_batch()
        return
    from adbc_driver_postgresql import dbapi as postgresql

    with postgresql.connect(_postgresql_uri()) as own, own.cursor() as cursor:
        cursor.execute(sql)
        yield from cursor.fetch_record_batch()


def _postgresql_uri() -> str:
    settings = connection.settings_dict
    parts = {
        "user": settings.get("USER"),
        "password": settings.get("PASSWORD"),
        "host": settings.get("HOST"),
        "port": settings.get("PORT"),
        "dbname": settings["NAME"],
        **settings.get("OPTIONS", {}),
    }
    plain = {key: str(value) for key, value in parts.items() if value and isinstance(value, str | int)}
    return "postgresql://?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in plain.items())


def _raw(dtype: pl.DataType | type[pl.DataType]) -> pl.DataType | type[pl.DataType]:
    """What a cursor gives for a column of that type."""
    return pl.Int64 if dtype in (pl.Date, pl.Int8, pl.Boolean) else dtype


def _typed(rows: pl.DataFrame, types: Types) -> pl.DataFrame:
    rows.columns = list(types)
    return rows.select(
        pl.col(name).cast(pl.Int32).cast(pl.Date) if dtype == pl.Date else pl.col(name).cast(dtype)
        for name, dtype in types.items()
    )
