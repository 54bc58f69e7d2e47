"""Background work: claimed once, resumed when lost, its outcome always written."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from amiable.domain.errors import DomainError
from amiable.jobs import registry, services, worker
from amiable.jobs.models import Job


@registry.task("test.count")
def count_to(job: Job, *, n: int) -> dict[str, int]:
    for i in range(n):
        services.progress(job, i + 1, n, f"{i + 1} sur {n}")
    return {"n": n}


@registry.task("test.refuse")
def refuse(job: Job) -> None:
    raise DomainError("no", "Rien n’a été fait : le fichier est vide.")


@registry.task("test.crash")
def crash(job: Job) -> None:
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_to_its_end_and_keeps_its_result() -> None:
    job = services.enqueue("test.count", {"n": 3})
    assert worker.run_until_idle("w1") == 1
    job.refresh_from_db()
    assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, {"n": 3})


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_told_in_french_and_a_crash_is_not_shown_raw() -> None:
    first, second = services.enqueue("test.refuse"), services.enqueue("test.crash")
    worker.run_until_idle("w1")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.status == "failed" and first.error_fr == "Rien n’a été fait : le fichier est vide."
    assert second.status == "failed" and "ZeroDivisionError" not in second.error_fr


@pytest.mark.django_db(transaction=True)
def test_the_same_request_twice_is_one_job() -> None:
    assert (
        services.enqueue("test.count", {"n": 1}, lock_key="a").pk
        == services.enqueue("test.count", {"n": 1}, lock_key="a").pk
    )
    worker.run_until_idle("w1")
    assert Job.objects.count() == 1
    services.enqueue("test.count", {"n": 1}, lock_key="a")
    assert Job.objects.count() == 2, "once finished, it may be asked again"


@pytest.mark.django_db(transaction=True)
def test_a_lost_job_is_taken_up_again_and_a_living_one_is_left_alone() -> None:
    job = services.enqueue("test.count", {"n": 2})
    taken = services.claim("killed")
    assert taken is not None and services.claim("other") is None
    Job.objects.filter(pk=job.pk).update(lease_until_at=timezone.now() - timedelta(seconds=1))
    worker.run_until_idle("other")
    job.refresh_from_db()
    assert (job.status, job.attempts, job.worker) == ("done", 2, "other")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_writes_no_outcome() -> None:
    services.enqueue("test.count", {"n": 1})
    slow = services.claim("slow")
    assert slow is not None
    Job.objects.update(worker="other")
    services.run(slow)
    assert Job.objects.get().status == "running"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="several workers need PostgreSQL")
def test_two_workers_never_run_one_job_twice() -> None:
    for i in range(40):
        services.enqueue("test.count", {"n": 1}, lock_key=str(i))

    def work(label: str) -> None:
        worker.run_until_idle(label)
        connection.close()

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    assert set(Job.objects.values_list("status", flat=True)) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_the_day_s_scheduled_work_is_asked_once_per_office(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import datetime, time

    from amiable.core.clock import PARIS

    registry.task("test.daily")(lambda job, **_: None)
    monkeypatch.setattr(registry, "_SCHEDULES", [registry.Schedule("test.daily", time(5))])
    worker.enqueue_schedules(datetime(2026, 11, 22, 4, 59, tzinfo=PARIS), [1])
    assert Job.objects.count() == 0
    for _ in range(2):
        worker.enqueue_schedules(datetime(2026, 11, 22, 5, 0, tzinfo=PARIS), [1, 2])
        worker.run_until_idle()
    assert Job.objects.count() == 2
