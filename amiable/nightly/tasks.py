"""The night as background work: asked for once a day and office, run by any worker."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import connection

from amiable.core import clock
from amiable.core.models import Office
from amiable.jobs.models import Job
from amiable.jobs.registry import daily, task
from amiable.jobs.services import enqueue, progress
from amiable.nightly.services import run_step
from amiable.nightly.steps import STEPS, Night, Step

NAME = "nightly"
SLICES = "nightly.slices"
#: Paris time: after the banks' files, before the first officer.
STARTS_AT = time(4, 0)


@task(NAME)
def nightly(job: Job, office_id: int, as_of: str) -> dict[str, Any]:
    """The night of one office; each step done is a step of progress."""
    night = Night(Office.objects.get(pk=office_id), date.fromisoformat(as_of), clock.now())
    results = []
    for done, step in enumerate(STEPS):
        progress(job, done, len(STEPS), step.label_fr)
        _call_others(night, step)
        results.append(run_step(night, step).as_json())
    progress(job, len(STEPS), len(STEPS), "nuit terminée")
    return {"steps": results}


def _call_others(night: Night, step: Step) -> None:
    """Where other machines may be at work, one job per slice after the first: the idle ones take some."""
    if connection.vendor != "postgresql":
        return
    day = night.as_of.isoformat()
    for number in range(1, len(step.partitions(night))):
        enqueue(
            SLICES,
            {"office_id": night.office.pk, "as_of": day, "step": step.name},
            office_id=night.office.pk,
            lock_key=f"{night.office.pk}:{day}:{step.name}:{number}",
        )


@task(SLICES)
def slices(job: Job, office_id: int, as_of: str, step: str) -> dict[str, Any]:
    """Take part in one step of a night somebody began: the slices nobody holds, then wait for the others."""
    night = Night(Office.objects.get(pk=office_id), date.fromisoformat(as_of), clock.now())
    return run_step(night, next(one for one in STEPS if one.name == step)).as_json()


daily(NAME, STARTS_AT)
