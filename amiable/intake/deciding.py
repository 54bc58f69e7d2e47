"""« À rapprocher », rows of lists: an officer says whether the money is the one known, or another."""

from __future__ import annotations

from datetime import date

import polars as pl
from django.db import transaction
from django.utils import timezone

from amiable.core.journal import record
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.intake.lifecycle import TOLD_ROW
from amiable.intake.lists.movements import stable_key
from amiable.intake.models import ToldRow
from amiable.intake.movements import Posted, post_fresh
from amiable.intake.readers.table import LINE
from amiable.ledger import bulk
from amiable.ledger.models import Entry
from amiable.positions.stale import mark


@transaction.atomic
def same(*, row: ToldRow, actor: User) -> None:
    """The row is the posting it was thought to be: nothing is posted."""
    _claim(row, actor, str(ToldRow.Status.SAME))
    record("told_row.same", office=row.office, actor=actor, target=row, account_id=row.account_id)


@transaction.atomic
def another(*, row: ToldRow, actor: User) -> None:
    """The row is money of its own: posted as its list said it."""
    _claim(row, actor, str(ToldRow.Status.POSTED))
    dates = ("document_on", "due_on", "period")
    body = {k: date.fromisoformat(v) if k in dates and v else v for k, v in row.row.items()}
    schema = {**bulk.ENTRY_SCHEMA, "heading": pl.String(), "text": pl.String()}
    key = _free_key(row)
    frame = pl.DataFrame([{name: body.get(name) for name in schema}], schema=schema).with_columns(
        pl.lit(row.line, pl.Int64).alias(LINE), pl.lit(key, pl.Int64).alias("key")
    )
    done = Posted()
    post_fresh(bulk.with_wordings(frame, row.office_id), done)
    if not done.accepted:
        reasons = [reason for frame in done.errors for reason in frame["reason"]]
        raise DomainError("told_row.refused", f"Rien n’a été inscrit : {' ; '.join(reasons)}.")
    ToldRow.objects.filter(pk=row.pk).update(entry=Entry.objects.get(account_id=row.account_id, key=key))
    mark(row.office_id, [row.account_id])
    record("told_row.another", office=row.office, actor=actor, target=row, account_id=row.account_id)


def _free_key(row: ToldRow) -> int:
    """The row's own identity, or one beside it when another row bears it already."""
    taken = Entry.objects.filter(account_id=row.account_id, key=row.key).exists()
    return row.key if not taken else stable_key(f"T|{row.pk}")


def _claim(row: ToldRow, actor: User, status: str) -> None:
    """Take the row if it still waits: of two officers the second is told."""
    move(row, status, TOLD_ROW, decided_by=actor, decided_at=timezone.now())
