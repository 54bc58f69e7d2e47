"""The one road along a lifecycle: a conditional update, so that of two people who act one is told."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from amiable.domain.errors import DomainError
from amiable.domain.lifecycle import Lifecycle

M = TypeVar("M", bound=Model)


def move(row: M, to: Any, lifecycle: Lifecycle, **columns: Any) -> M:
    """Move a row to a stage, once, with other columns of it, and read it again.

    Raises DomainError `moved` when the stage it was seen in does not lead there, or when somebody else
    moved it meanwhile: nothing is written, and the words say where it is now.
    """
    seen = {"pk": row.pk, lifecycle.column: getattr(row, lifecycle.column)}
    rows: QuerySet[M] = type(row)._default_manager.filter(**seen)
    done = move_all(rows, to, lifecycle, **columns)
    if not done:
        now = type(row)._default_manager.values_list(lifecycle.column, flat=True).get(pk=row.pk)
        raise DomainError("moved", lifecycle.said(now))
    row.refresh_from_db()
    return row


def move_all(rows: QuerySet[M], to: Any, lifecycle: Lifecycle, **columns: Any) -> int:
    """Move those of these rows whose stage leads there; the others stay. How many moved."""
    where = {f"{lifecycle.column}__in": lifecycle.before(to)}
    return rows.filter(**where).update(**{lifecycle.column: to}, **columns)
