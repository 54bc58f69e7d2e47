"""Ask for background work, claim it, run it. The same functions on SQLite and PostgreSQL.

A job is claimed by a conditional update with a lease: any number of workers on any number of machines
never run one twice at the same time, and a killed worker's job is taken up again when its lease ends.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from amiable.domain.errors import DomainError
from amiable.jobs import heartbeat, registry
from amiable.jobs.models import Job

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5


def enqueue(
    task: str,
    arguments: dict[str, Any] | None = None,
    *,
    office_id: int | None = None,
    actor_id: int | None = None,
    lock_key: str = "",
    total: int = 0,
) -> Job:
    """One durable row; the same open (task, lock_key) gives back the job that already waits or runs."""
    registry.get(task)
    open_jobs = Job.objects.filter(task=task, lock_key=lock_key, status__in=["waiting", "running"])
    if lock_key and (present := open_jobs.first()):
        return present
    try:
        with transaction.atomic():
            job = Job.objects.create(
                task=task,
                arguments=arguments or {},
                office_id=office_id,
                created_by_id=actor_id,
                lock_key=lock_key,
                total=total,
            )
    except IntegrityError:
        return open_jobs.get()
    transaction.on_commit(_wake_workers)
    return job


def _wake_workers() -> None:
    """PostgreSQL: a procrastinate task wakes every listening worker. SQLite's one worker looks by itself."""
    if connection.vendor == "postgresql":
        from amiable.jobs.procrastinate_app import wake

        wake()


def progress(job: Job, done: int, total: int | None = None, message: str = "") -> None:
    """Say how far the work is, and keep the lease."""
    job.done, job.message = done, message[:300]
    job.total = job.total if total is None else total
    Job.objects.filter(pk=job.pk, worker=job.worker).update(
        done=job.done, total=job.total, message=job.message, lease_until_at=timezone.now() + LEASE
    )


def claim(worker: str, *, task: str = "") -> Job | None:
    """Take the oldest waiting job, or one whose worker was lost; None when there is nothing to do.

    task: only jobs of that name."""
    now = timezone.now()
    ready = Q(status="waiting") & (Q(not_before_at=None) | Q(not_before_at__lte=now))
    lost = Q(status="running", lease_until_at__lt=now)
    wanted = Job.objects.filter(task=task) if task else Job.objects.all()
    for pk in wanted.filter(ready | lost).order_by("pk").values_list("pk", flat=True)[:20]:
        taken = Job.objects.filter(Q(pk=pk) & (ready | lost)).update(
            status="running", worker=worker, lease_until_at=now + LEASE, attempts=F("attempts") + 1
        )
        if taken:
            return Job.objects.get(pk=pk)
    return None


def run(job: Job) -> None:
    """Run a claimed job to its end; its outcome is written, whatever happens."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_lease, args=(job.pk, job.worker, stop), daemon=True)
    keeper.start()
    try:
        if job.attempts > MAX_ATTEMPTS:
            raise DomainError("too_many_attempts", "Interrompu trop de fois : abandonné.")
        result = registry.get(job.task)(job, **job.arguments)
    except DomainError as error:
        _finish(job, "failed", error_fr=error.message_fr)
    except Exception:
        if not connection.is_usable():  # the database went, the work may still be done when it is back
            raise
        logger.exception("job %s %s failed", job.pk, job.task)
        _finish(
            job,
            "failed",
            error_fr="Erreur inattendue : rien n’a été écrit à moitié. Voir le journal technique.",
        )
    else:
        _finish(job, "done", result=result or {})
    finally:
        stop.set()
        keeper.join()


def _finish(job: Job, status: str, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk, worker=job.worker).update(
        status=status, finished_at=timezone.now(), lease_until_at=None, **fields
    )


def _keep_lease(pk: int, worker: str, stop: threading.Event) -> None:
    """A long statement reports no progress: this thread keeps its lease meanwhile."""
    while not stop.wait(LEASE.total_seconds() / 5):
        try:
            Job.objects.filter(pk=pk, worker=worker).update(lease_until_at=timezone.now() + LEASE)
            heartbeat.beat(worker)
        except Exception:  # SQLite is locked by the job's own transaction: then nobody else can claim either
            logger.debug("lease of job %s not extended", pk)
        finally:
            close_old_connections()
    connection.close()
