"""What the worker does for interviews: estimating rights takes seconds, and loads once for a batch."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.core.access import require
from amiable.core.models import User
from amiable.household import rights
from amiable.household.models import Assessment
from amiable.jobs.models import Job
from amiable.jobs.registry import task
from amiable.jobs.services import enqueue

TASK = "household.rights"


@task(TASK)
def estimate_rights(job: Job, ids: list[int], today: str) -> dict[str, Any]:
    """Estimate the rights of some situations; one already estimated is left as it is."""
    waiting = list(Assessment.objects.filter(pk__in=ids, rights__isnull=True).order_by("pk"))
    return {"rows": rights.estimate(assessments=waiting, actor=None, today=date.fromisoformat(today))}


def ask_rights(*, assessment: Assessment, actor: User, today: date) -> Job:
    """Ask for the estimate of one situation; asking twice waits for the same one."""
    require(actor, "work_accounts")
    return enqueue(
        TASK,
        {"ids": [assessment.pk], "today": today.isoformat()},
        office_id=assessment.office_id,
        actor_id=actor.pk,
        lock_key=_lock(assessment),
    )


def rights_job(assessment: Assessment) -> Job | None:
    """The last request for this situation, if any."""
    return Job.objects.filter(task=TASK, lock_key=_lock(assessment)).order_by("-pk").first()


def _lock(assessment: Assessment) -> str:
    return f"rights:{assessment.pk}"
