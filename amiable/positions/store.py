"""Writing position rows in bulk: the rows of a set of accounts are replaced at once, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl
from django.db import connection, models, transaction

from amiable.ledger.facts import MAX_IDS, PARTITION, Span, among
from amiable.ledger.reading import Types, read
from amiable.positions.models import AccountPosition

TABLE = AccountPosition._meta.db_table
_BATCH = 20_000
#: Advisory locks of this room: one per office and range of accounts.
_LOCKS, _LOCKS_PER_OFFICE = 5_000_000_000_000, 1_000_000
#: Told by the clock, not by the ledger: left out of comparisons.
CLOCKED = ("computed_at",)


def columns() -> dict[str, pl.DataType | type[pl.DataType]]:
    """The table's columns and their Polars types, in order; account_id first."""
    found: dict[str, pl.DataType | type[pl.DataType]] = {}
    for each in AccountPosition._meta.concrete_fields:
        found[each.column] = _dtype(each)
    return found


def _dtype(each: models.Field) -> pl.DataType | type[pl.DataType]:
    if isinstance(each, models.DateTimeField):
        return pl.String
    if isinstance(each, models.DateField):
        return pl.Date
    if isinstance(each, models.BooleanField):
        return pl.Boolean
    if isinstance(each, models.FloatField):
        return pl.Float64
    if isinstance(each, models.CharField | models.JSONField | models.TextField):
        return pl.String
    return pl.Int64


def replace(rows: pl.DataFrame, which: Span | list[int], office_id: int, now: datetime) -> None:
    """Put `rows` (every column but computed_at) in the place of what is stored for those accounts."""
    stamp = now.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    stamped = rows.with_columns(computed_at=pl.lit(stamp))
    ordered = stamped.select(pl.col(name).cast(dtype) for name, dtype in columns().items())
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(which, office_id)
        if isinstance(which, Span):
            cursor.execute(_delete_sql(which, office_id))
        else:
            for part in _slices(which):
                cursor.execute(f"DELETE FROM {TABLE} WHERE account_id IN ({', '.join(map(str, part))})")
        _insert(ordered)


def _delete_sql(span: Span, office_id: int) -> str:
    where = f"office_id = {int(office_id)} AND account_id BETWEEN {span.low} AND {span.high}"
    return f"DELETE FROM {TABLE} WHERE {where}"


def _lock(which: Span | list[int], office_id: int) -> None:
    """Keep every other refresh of these accounts waiting until the transaction ends.

    SQLite has one writer at a time already; on PostgreSQL two replacements of one row would collide.
    """
    if connection.vendor != "postgresql":
        return
    ids = range(which.low, which.high + 1, PARTITION) if isinstance(which, Span) else which
    with connection.cursor() as cursor:
        for number in sorted({each // PARTITION for each in ids}):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s)", [_LOCKS + office_id * _LOCKS_PER_OFFICE + number]
            )


def _slices(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), MAX_IDS):
        yield ids[start : start + MAX_IDS]


def _insert(rows: pl.DataFrame) -> None:
    names = ", ".join(f'"{name}"' for name in rows.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            stamped = rows.with_columns(pl.col("computed_at") + pl.lit("+00"))
            with cursor.copy(f"COPY {TABLE} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy:
                for part in stamped.iter_slices(_BATCH):
                    copy.write(
                        part.write_csv(
                            include_header=False, null_value="\\N", quote_style="non_numeric"
                        ).encode()
                    )
            return
        marks = ", ".join("?" * rows.width)
        for part in _plain(rows).iter_slices(_BATCH):
            # The driver's own cursor: Django's would rewrite the statement and log every row.
            cursor.connection.executemany(f"INSERT INTO {TABLE} ({names}) VALUES ({marks})", part.iter_rows())


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Dates and booleans as SQLite keeps them."""
    return rows.with_columns(pl.col(pl.Date).cast(pl.String), pl.col(pl.Boolean).cast(pl.Int8))


def stored(which: Span | list[int], office_id: int) -> pl.DataFrame:
    """The rows kept for those accounts of the office, without CLOCKED columns."""
    types: Types = {name: dtype for name, dtype in columns().items() if name not in CLOCKED}
    tail = f"FROM {TABLE} WHERE office_id = {int(office_id)} AND {among('account_id', which)}"
    return read({name: f'"{name}"' for name in types}, tail, types)
