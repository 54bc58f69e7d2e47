"""The night resumes wherever it stopped, and two workers never do one slice twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from amiable.core import clock
from amiable.jobs import services as jobs
from amiable.jobs import worker
from amiable.jobs.models import Job
from amiable.nightly import services, tasks
from amiable.nightly.models import NightlyStep
from amiable.nightly.steps import Night, Step
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def night():
    return Night(factories.office(), DAY, clock.now())


def step(done: list[str], fails_on: str = "") -> Step:
    def run(_night: Night, partition: str) -> dict:
        if partition == fails_on:
            raise RuntimeError("killed")
        done.append(partition)
        return {"rows": 10}

    return Step("try", "essai", run, lambda _night: ["a", "b", "c"])


def test_what_was_done_before_the_kill_is_not_done_again(night):
    done: list[str] = []
    with pytest.raises(RuntimeError):
        services.run_step(night, step(done, fails_on="b"))
    assert done == ["a"]
    NightlyStep.objects.filter(partition="b").update(lease_until_at=timezone.now() - timedelta(seconds=1))
    result = services.run_step(night, step(done))
    assert done == ["a", "b", "c"]
    assert (result.partitions, result.already_done, result.rows) == (3, 1, 20)
    assert services.run_step(night, step(done)).already_done == 3


def test_a_posting_since_then_makes_the_night_look_again(night):
    done: list[str] = []
    services.run_step(night, step(done))
    factories.debit(factories.account(night.office), DAY, 100)
    services.run_step(night, step(done))
    assert done == ["a", "b", "c"] * 2


def test_a_night_of_another_day_done_over_it_makes_the_night_look_again(night):
    done: list[str] = []
    services.run_step(night, step(done))
    services.run_step(Night(night.office, DAY - timedelta(days=1), night.now), step(done))
    services.run_step(night, step(done))
    assert done == ["a", "b", "c"] * 3
    assert services.run_step(night, step(done)).already_done == 3


def test_a_slice_someone_holds_is_waited_for(night, monkeypatch):
    done: list[str] = []
    row = NightlyStep.objects.create(
        office=night.office,
        as_of=DAY,
        step="try",
        partition="b",
        lease_until_at=timezone.now() + timedelta(minutes=5),
        result={"owner": "elsewhere:1"},
    )

    def other_worker_ends(_seconds: float) -> None:
        services._finish(row, services._mark(), {"rows": 10})

    monkeypatch.setattr(services.time, "sleep", other_worker_ends)
    result = services.run_step(night, step(done))
    assert done == ["a", "c"]
    assert (result.already_done, result.rows) == (1, 20)


@pytest.mark.parametrize(
    "number", [999_999, services.os.getpid()], ids=["gone", "restarted under its number"]
)
def test_a_dead_worker_of_this_machine_is_not_waited_for(night, number):
    done: list[str] = []
    NightlyStep.objects.create(
        office=night.office,
        as_of=DAY,
        step="try",
        partition="b",
        lease_until_at=timezone.now() + timedelta(minutes=5),
        result={"owner": f"{services.socket.gethostname()}:{number}:former"},
    )
    services.run_step(night, step(done))
    assert done == ["a", "b", "c"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_slices_of_a_night_are_offered_to_other_workers(monkeypatch):
    office = factories.office()
    done: list[str] = []
    monkeypatch.setattr(tasks, "STEPS", (step(done),))
    jobs.enqueue(tasks.NAME, {"office_id": office.pk, "as_of": DAY.isoformat()}, office_id=office.pk)
    begun = jobs.claim("first")
    jobs.run(begun)
    offered = Job.objects.filter(task=tasks.SLICES)
    assert [job.arguments["step"] for job in offered] == ["try", "try"]
    # Another machine hears of them: what the first has done is not done again.
    assert worker.run_until_idle("second") == 2
    assert sorted(done) == ["a", "b", "c"]
    assert [job.result["already_done"] for job in offered.all()] == [3, 3]
