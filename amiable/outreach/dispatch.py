"""Approved batches leave: a background job composes and sends; what waits for the window leaves later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from amiable.core import clock
from amiable.core.lifecycle import move_all
from amiable.core.models import Office
from amiable.correspondence import outbox
from amiable.correspondence.models import OutboxItem
from amiable.diary.writing import refresh
from amiable.jobs import registry, services, worker
from amiable.jobs.models import Job
from amiable.outreach import approval, queries
from amiable.outreach.compose import compose
from amiable.outreach.lifecycle import BATCH
from amiable.outreach.models import Batch, BatchLine
from amiable.outreach.prepare import prepare
from amiable.outreach.proof import finish_batch
from amiable.procedures.in_force import Book, load_book

Status = Batch.Status
TASK = "outreach.dispatch"


def start_due(now: datetime) -> int:
    """Ask for the dispatch of approved batches whose time to think again is over; how many started."""
    due = Batch.objects.filter(status=Status.APPROVED, not_before_at__lte=now).select_related("office")
    return sum(_start(batch) for batch in due)


def _start(batch: Batch) -> int:
    with transaction.atomic():
        if not move_all(Batch.objects.filter(pk=batch.pk), Status.DISPATCHING, BATCH):
            return 0
        job = services.enqueue(
            TASK,
            {"batch_id": batch.pk},
            office_id=batch.office_id,
            actor_id=batch.approved_by_id,
            lock_key=str(batch.pk),
            total=batch.lines.filter(status=BatchLine.Status.APPROVED).count(),
        )
        Batch.objects.filter(pk=batch.pk).update(job_id=job.pk)
    return 1


def leave_now(office: Office, now: datetime) -> list[int]:
    """What a worker would do of the office's approved batches, done here and now: the keys of those whose
    turn it was. One that stopped half-way is taken up again; what waited for the window leaves too."""
    mine = Batch.objects.filter(office=office)
    stopped = [batch.pk for batch in mine.filter(status=Status.DISPATCHING) if approval.has_stopped(batch)]
    move_all(mine.filter(pk__in=stopped), Status.APPROVED, BATCH, not_before_at=now)
    for batch in mine.filter(status=Status.APPROVED, not_before_at__lte=now):
        _start(batch)
    begun = list(mine.filter(status=Status.DISPATCHING).values_list("pk", flat=True))
    while job := services.claim(worker.name(), task=TASK):
        services.run(job)
    outbox.dispatch_due(now, among=OutboxItem.objects.filter(office=office))
    return begun


@registry.task(TASK)
def dispatch_batch(job: Job, batch_id: int) -> dict[str, Any]:
    """Compose, then send what is due. Safe to run again at any point: composed lines are not composed
    twice, sent items are not sent twice."""
    batch = Batch.objects.select_related("office", "approved_by").get(pk=batch_id)
    now = clock.now()
    if batch.status != Status.DISPATCHING:
        # Killed after the last letter: its positions are still to be brought up to date.
        _refresh(batch, now)
        return summary(batch)
    book = load_book(batch.office, now.date())
    services.progress(job, 0, message="Rédaction des messages")
    compose(batch, book=book, actor=batch.approved_by, now=now)
    items = queries.items_of(batch)
    outbox.dispatch_due(
        now, among=items, progress=lambda done: services.progress(job, done, message="Envoi en cours")
    )
    finish_batch(batch.pk)
    _refresh(batch, now)
    return summary(batch)


def _refresh(batch: Batch, now: datetime) -> None:
    settled = batch.lines.exclude(status__in=["proposed", "removed", "excluded"])
    refresh(batch.office, list(settled.values_list("account_id", flat=True)), now.date())


def summary(batch: Batch) -> dict[str, Any]:
    """Counts by status, for the job's result and the screen."""
    found: dict[str, int] = {}
    for status in batch.lines.values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def send_due(now: datetime) -> int:
    """Everything of the outbox that is due: the opening of the window, a retry, a message from a file."""
    return outbox.dispatch_due(now)


def prepare_day(*, office: Office, today: Any, now: datetime) -> dict[str, int]:
    """The nightly's step: propose the day's batches; those of « auto » steps are approved by themselves.

    Asked for another day than today's, it proposes and approves nothing: only today's mail may leave."""
    batches = prepare(office=office, today=today, now=now)
    book = load_book(office, today)
    approved = 0
    for batch in batches if today == now.date() else ():
        to_send = batch.lines.filter(status=BatchLine.Status.PROPOSED)
        if batch.status == Status.PROPOSED and _is_auto(book, batch) and to_send.exists():
            approval.approve(batch=batch, actor=None, now=now)
            approved += 1
    return {"batches": len(batches), "approved": approved}


def _is_auto(book: Book, batch: Batch) -> bool:
    """By the newest edition of its procedure: what the office last decided."""
    for editions in book.editions.values():
        if editions[-1].procedure.code == batch.procedure_code:
            for step in editions[-1].procedure.active:
                if step.code == batch.step:
                    return step.mode == "auto"
    return False


def register() -> None:
    registry.on_tick(start_due)
    registry.on_tick(send_due)
