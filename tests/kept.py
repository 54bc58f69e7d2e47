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
    # Dropping a trigger would wait for the foreign keys of what the test has just written.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def let_flush_through() -> None:
    """Django empties the tables after a test that commits: by DELETE on SQLite."""
    flush = connection.ops.execute_sql_flush

    def emptied(statements: Any) -> None:
        with rewritten():
            flush(statements)

    connection.ops.execute_sql_flush = emptied
