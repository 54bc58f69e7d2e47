"""Run the night: one durable row per step and partition, claimed, done once, resumed wherever it was killed.

A row done is skipped as long as nothing was written since (`_mark`); every step is idempotent, so that doing
one again, after a kill or after an import, only brings it up to date.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Q
from django.utils import timezone

from amiable.core.frames import seen_by_others
from amiable.core.models import AuditEvent, Office
from amiable.ledger.facts import last_entry_id
from amiable.nightly.models import NightlyStep
from amiable.nightly.steps import STEPS, Night, Step

#: How long a worker on another machine may stay silent before its slice is taken over.
LEASE = timedelta(minutes=10)
_POLL_SECONDS = 0.5
_THREADS = 2
#: This process, told from one that had its number before.
_RUN = uuid.uuid4().hex[:8]


@dataclass
class StepResult:
    """What became of a step: its slices, those already done before, what it touched, how long it took."""

    step: str
    label_fr: str
    partitions: int = 0
    already_done: int = 0
    rows: int = 0
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "partitions": self.partitions,
            "already_done": self.already_done,
            "rows": self.rows,
            "seconds": round(self.seconds, 2),
        }


def run(*, office: Office, as_of: date, now: datetime) -> list[StepResult]:
    """The whole night of an office, step after step. Safe to call again, and from several workers at once."""
    night = Night(office, as_of, now)
    return [run_step(night, step) for step in STEPS]


def run_step(night: Night, step: Step) -> StepResult:
    """Every slice of one step that is still to do; returns when all are done, whoever did them."""
    begun, mark, result = time.monotonic(), _mark(), StepResult(step.name, step.label_fr)
    waiting = {name: _row(night, step, name) for name in step.partitions(night)}
    result.partitions = len(waiting)
    while waiting:
        before = len(waiting)
        for name, rows in _try_all(night, step, mark, waiting):
            del waiting[name]
            result.already_done += rows is None
            result.rows += rows or 0
        if len(waiting) == before:
            time.sleep(_POLL_SECONDS)
    result.seconds = time.monotonic() - begun
    return result


def _try_all(
    night: Night, step: Step, mark: str, waiting: dict[str, NightlyStep]
) -> list[tuple[str, int | None]]:
    """The slices now done: name, rows touched (None: done before). A slice someone holds is left out."""

    def attempt(name: str) -> tuple[str, int | None] | None:
        row = waiting[name]
        row.refresh_from_db()
        if _is_done(row, mark):
            return name, None
        if not _claim(row):
            return None
        found = step.run(night, name)
        _finish(row, mark, found)
        return name, int(found.get("rows", 0))

    def in_thread(name: str) -> tuple[str, int | None] | None:
        try:
            return attempt(name)
        finally:
            connection.close()

    if len(waiting) == 1 or not seen_by_others():
        answers = [attempt(name) for name in waiting]
    else:
        # Reading, computing and writing take turns on the cores; a thread has a connection of its own.
        with ThreadPoolExecutor(_THREADS) as pool:
            answers = list(pool.map(in_thread, waiting))
    return [answer for answer in answers if answer is not None]


def _mark() -> str:
    """What the database holds: the newest posting and the newest act. Every write leaves one of them."""
    last_act = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    return f"{last_entry_id()}:{last_act}"


def _row(night: Night, step: Step, partition: str) -> NightlyStep:
    return NightlyStep.objects.get_or_create(
        office=night.office, as_of=night.as_of, step=step.name, partition=partition
    )[0]


def _is_done(row: NightlyStep, mark: str) -> bool:
    """Done on what the database holds now, and nothing of another day's night was done over it since."""
    if row.done_at is None or row.result.get("mark") != mark:
        return False
    others = NightlyStep.objects.filter(office_id=row.office_id, step=row.step).exclude(as_of=row.as_of)
    return not others.filter(Q(done_at__gt=row.done_at) | Q(lease_until_at__gt=row.done_at)).exists()


def _claim(row: NightlyStep) -> bool:
    """Take a slice nobody works on: one conditional update, one winner."""
    now = timezone.now()
    free = Q(lease_until_at__isnull=True) | Q(lease_until_at__lt=now)
    owner = str(row.result.get("owner", ""))
    if row.lease_until_at is not None and _is_dead(owner):
        free |= Q(lease_until_at=row.lease_until_at)
    changed = (
        NightlyStep.objects.filter(pk=row.pk)
        .filter(free)
        .update(lease_until_at=now + LEASE, done_at=None, result={"owner": _me()})
    )
    return changed == 1


def _finish(row: NightlyStep, mark: str, found: dict[str, Any]) -> None:
    NightlyStep.objects.filter(pk=row.pk).update(
        lease_until_at=None, done_at=timezone.now(), result={**found, "mark": mark}
    )


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_RUN}"


def _is_dead(owner: str) -> bool:
    """True when the worker was on this machine and is gone: its slice need not wait for the lease.

    A container restarted has the same name and often the same process number: the run's own mark tells them.
    """
    host, _, rest = owner.partition(":")
    pid, _, run = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return run != _RUN
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
