"""The night as background work: asked for once a day and office, run by any worker."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from amiable.core import clock
from amiable.core.models import Office
from amiable.jobs.models import Job
from amiable.jobs.registry import daily, task
from amiable.jobs.services import progress
from amiable.nightly.services import run_step
from amiable.nightly.steps import STEPS, Night

NAME = "nightly"
#: Paris time: after the banks' files, before the first officer.
STARTS_AT = time(4, 0)


@task(NAME)
def nightly(job: Job, office_id: int, as_of: str) -> dict[str, Any]:
    """The night of one office; each step done is a step of progress."""
    night = Night(Office.objects.get(pk=office_id), date.fromisoformat(as_of), clock.now())
    results = []
    for done, step in enumerate(STEPS):
        progress(job, done, len(STEPS), step.label_fr)
        results.append(run_step(night, step).as_json())
    progress(job, len(STEPS), len(STEPS), "nuit terminée")
    return {"steps": results}


daily(NAME, STARTS_AT)
