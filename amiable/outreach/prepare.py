"""The day's batches, proposed from the decisions: who, by which channel and why, who stays behind and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from amiable.core.models import Office
from amiable.domain.procedure import Step
from amiable.outreach import checks, recipients
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.positions.models import AccountPosition
from amiable.procedures.book import Book, load_book

Status = BatchLine.Status
#: Modes that leave by batches; « manual » steps are somebody's work.
MODES = ("validate", "auto")
Key = tuple[int | None, str, str]


def prepare(*, office: Office, today: date, now: datetime) -> list[Batch]:
    """One batch per agency, procedure and step whose day has come. Safe to run again: a batch still proposed
    is brought up to date (lines an officer removed stay removed), an approved one is left alone."""
    book = load_book(office, today)
    groups: dict[Key, list[tuple[AccountPosition, Step]]] = {}
    for position in _due(office, today):
        procedure = book.edition(position.procedure_version).procedure
        step = procedure.step(position.next_step)
        if step.channels:
            key = (position.agency_id, procedure.code, step.code)
            groups.setdefault(key, []).append((position, step))
    if today == now.date():
        # Another day's mail is out of date; asked for another day, today's proposals stay as they are.
        stale = Batch.objects.filter(office=office, on__lt=today, status=Batch.Status.PROPOSED)
        stale.update(status=Batch.Status.CANCELLED)
    return [_prepare_batch(office, key, rows, book, today, now) for key, rows in groups.items()]


def _due(office: Office, today: date) -> Sequence[AccountPosition]:
    return (
        AccountPosition.objects.filter(
            office=office,
            next_step__isnull=False,
            next_step_on__lte=today,
            step_mode__in=MODES,
            procedure_version__isnull=False,
        )
        .select_related("account__person", "account__office")
        .order_by("agency_id", "next_step", "-priority", "account_id")
    )


@transaction.atomic
def _prepare_batch(
    office: Office,
    key: Key,
    rows: Sequence[tuple[AccountPosition, Step]],
    book: Book,
    today: date,
    now: datetime,
) -> Batch:
    agency_id, procedure_code, step_code = key
    step = rows[0][1]
    batch, _ = Batch.objects.get_or_create(
        office=office,
        agency_id=agency_id,
        procedure_code=procedure_code,
        step=step_code,
        on=today,
        defaults={"step_label": step.label_fr, "template": step.template or ""},
    )
    # The update is also the lock: an approval waits until the new lines are there, or was first.
    if not Batch.objects.filter(pk=batch.pk, status=Batch.Status.PROPOSED).update(prepared_at=now):
        return batch
    lines, others = _lines(batch, rows, book)
    _exclude(office, batch, lines, book, today, now)
    kept = set(batch.lines.filter(status=Status.REMOVED).values_list("account_id", flat=True))
    batch.lines.exclude(status=Status.REMOVED).delete()
    BatchLine.objects.bulk_create(line for line in lines if line.account_id not in kept)
    LineRecipient.objects.bulk_create(one for one in others if one.line.account_id not in kept)
    return batch


def _lines(
    batch: Batch, rows: Sequence[tuple[AccountPosition, Step]], book: Book
) -> tuple[list[BatchLine], list[LineRecipient]]:
    """One line per account, for the first person to write to, and the other recipients of each."""
    planner = recipients.planner([position.account for position, _ in rows], batch.on, book.policy)
    lines, others = [], []
    for position, step in rows:
        line = BatchLine(
            batch=batch,
            account=position.account,
            amount_cents=position.actionable_cents,
            prepared_balance_cents=position.balance_cents,
            prepared_last_payment_on=position.last_payment_on,
        )
        others += planner.line(line, step)
        lines.append(line)
    return lines, others


def _exclude(
    office: Office, batch: Batch, lines: list[BatchLine], book: Book, today: date, now: datetime
) -> None:
    """Mark the lines that stay behind; each says why."""
    open_lines = [line for line in lines if line.status == Status.PROPOSED]
    held = checks.held_back(office, open_lines, batch.step, book, today)
    tired = checks.over_cap([line.person_id for line in open_lines], book, now)
    for line in open_lines:
        reason = held.get(line.account_id)
        if reason is None and line.person_id in tired and line.person_id == line.account.person_id:
            reason = checks.TIRED
        if reason is not None:
            line.status, line.reason_code = Status.EXCLUDED, reason[0][:40]
            line.reason_fr = reason[1][:300]
