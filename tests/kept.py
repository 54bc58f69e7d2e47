"""What is written once, and the tests that must set it otherwise: an earlier moment, an empty ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from amiable.core import append_only


@contextmanager
def rewritten() -> Iterator[None]:
    """Within it the database lets what is written once be changed, as no code of the product can."""
    if connection.vendor == "sqlite":
        append_only.remove()
        yield
        append_only.install()
        return
    _switch("DISABLE")
    yield
    _switch("ENABLE")


def _switch(how: str) -> None:
    """What waits for the end of the transaction is checked first: such a table cannot be altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for one in append_only.kept():
            cursor.execute(f"ALTER TABLE {one.table} {how} TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def let_flush_through() -> None:
    """Django empties the tables after a test that commits, which the triggers refuse."""
    flush = connection.ops.execute_sql_flush

    def emptied(statements: Any) -> None:
        with rewritten():
            flush(statements)

    connection.ops.execute_sql_flush = emptied
