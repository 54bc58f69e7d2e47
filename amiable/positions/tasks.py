"""Positions rebuilt as background work: after a procedure, a setting or a value of the law has changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.core.models import Office, User
from amiable.jobs import services as jobs
from amiable.jobs.models import Job
from amiable.jobs.registry import on_tick, task
from amiable.ledger.facts import spans
from amiable.positions.facts import rules
from amiable.positions.services import refresh_some
from amiable.positions.stale import catch_up_due

NAME = "positions.refresh"


def ask(*, office: Office, as_of: date, actor: User | None, because: str) -> Job:
    """Ask for the whole office to be rebuilt. because: what changed, once; the same change asks once.

    A rebuild already running may have read the old rules, so another change is another job.
    """
    return jobs.enqueue(
        NAME,
        {"office_id": office.pk, "as_of": as_of.isoformat()},
        office_id=office.pk,
        actor_id=actor.pk if actor else None,
        lock_key=f"positions:{office.pk}:{because}",
    )


@task(NAME)
def refresh_task(job: Job, office_id: int, as_of: str) -> dict[str, Any]:
    """Range by range; run again after a kill it writes the same rows."""
    office = Office.objects.get(pk=office_id)
    known = rules(office, date.fromisoformat(as_of))
    ranges, accounts = spans(office.pk), 0
    for done, span in enumerate(ranges):
        jobs.progress(job, done, len(ranges), "positions et étapes suivantes")
        accounts += refresh_some(known, span)
    jobs.progress(job, len(ranges), len(ranges), "positions recalculées")
    return {"accounts": accounts}


on_tick(catch_up_due)
