"""« À rapprocher », rows of lists: an officer says whether the money is the one known, or another."""

from __future__ import annotations

from datetime import date

import polars as pl
from django.db import transaction
from django.utils import timezone

from amiable.core.journal import record
from amiable.core.lifecycle import move, move_all
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.lifecycle import TOLD_ROW
from amiable.intake.lists.movements import stable_key
from amiable.intake.models import ToldRow
from amiable.intake.movements import Posted, post_fresh
from amiable.intake.readers.table import LINE
from amiable.ledger import bulk
from amiable.ledger.models import Entry
from amiable.ledger.services import take_back
from amiable.positions.stale import mark


@transaction.atomic
def same(*, row: ToldRow, actor: User) -> None:
    """The row is the posting it was thought to be: nothing is posted."""
    if row.entry.reversed_by.filter(kind=EntryKind.ANNULATION).exists():
        raise DomainError(
            "told_row.undone", "Cette écriture a été annulée depuis : si l’argent est là, « C’est un autre »."
        )
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
    ToldRow.objects.filter(pk=row.pk).update(posted=Entry.objects.get(account_id=row.account_id, key=key))
    mark(row.office_id, [row.account_id])
    record("told_row.another", office=row.office, actor=actor, target=row, account_id=row.account_id)


@transaction.atomic
def put_back(*, row: ToldRow, actor: User) -> None:
    """Undo an answer, or what was recognised alone: what it posted is reversed, the row waits again."""
    row = ToldRow.objects.select_for_update(of=("self",)).select_related("posted").get(pk=row.pk)
    posted = row.posted
    move(row, ToldRow.Status.WAITS, TOLD_ROW, decided_by=None, decided_at=None, posted=None)
    if posted is not None:
        take_back(entry=posted, cents=abs(posted.amount_cents), on=posted.document_on)
        mark(row.office_id, [row.account_id])
    record("told_row.put_back", office=row.office, actor=actor, target=row, account_id=row.account_id)


def contest(entry: Entry) -> None:
    """The posting that rows of lists were recognised in is taken back: they wait, their money is not lost."""
    rows = ToldRow.objects.filter(entry=entry)
    reason = "reconnue dans une écriture de la banque qui vient d’être annulée"
    move_all(rows, ToldRow.Status.WAITS, TOLD_ROW, decided_by=None, decided_at=None, reason_fr=reason)


def _free_key(row: ToldRow) -> int:
    """The row's own identity, or one beside it when another row, or an answer undone, bears it already."""
    tries = [row.key, *(stable_key(f"T|{row.pk}|{n}") for n in range(50))]
    taken = set(Entry.objects.filter(account_id=row.account_id, key__in=tries).values_list("key", flat=True))
    return next(key for key in tries if key not in taken)


def _claim(row: ToldRow, actor: User, status: str) -> None:
    """Take the row if it still waits: of two officers the second is told."""
    move(row, status, TOLD_ROW, decided_by=actor, decided_at=timezone.now())
