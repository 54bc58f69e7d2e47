"""Writing position rows in bulk: the rows of a set of accounts are replaced at once, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl
from django.db import connection, transaction

from amiable.core.frames import Types, append, dtype_of, read
from amiable.ledger.facts import MAX_IDS, PARTITION, Span, among
from amiable.positions.models import AccountPosition

TABLE = AccountPosition._meta.db_table
#: Advisory locks of this room: one per office and range of accounts.
_LOCKS, _LOCKS_PER_OFFICE = 5_000_000_000_000, 1_000_000
#: Told by the clock, not by the ledger: left out of comparisons.
CLOCKED = ("computed_at",)


def columns() -> dict[str, type[pl.DataType]]:
    """The table's columns and their Polars types, in order; account_id first."""
    return {each.column: dtype_of(each) for each in AccountPosition._meta.concrete_fields}


def replace(rows: pl.DataFrame, which: Span | list[int], office_id: int, now: datetime) -> None:
    """Put `rows` (every column but computed_at) in the place of what is stored for those accounts."""
    stamp = pl.lit(now.astimezone(UTC).replace(tzinfo=None), pl.Datetime)
    stamped = rows.with_columns(computed_at=stamp)
    ordered = stamped.select(pl.col(name).cast(dtype) for name, dtype in columns().items())
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(which, office_id)
        if isinstance(which, Span):
            cursor.execute(_delete_sql(which, office_id))
        else:
            for part in _slices(which):
                cursor.execute(f"DELETE FROM {TABLE} WHERE account_id IN ({', '.join(map(str, part))})")
        append(TABLE, ordered)


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


def stored(which: Span | list[int], office_id: int) -> pl.DataFrame:
    """The rows kept for those accounts of the office, without CLOCKED columns."""
    types: Types = {name: dtype for name, dtype in columns().items() if name not in CLOCKED}
    tail = f"FROM {TABLE} WHERE office_id = {int(office_id)} AND {among('account_id', which)}"
    return read({name: f'"{name}"' for name in types}, tail, types)
