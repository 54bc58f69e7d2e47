"""E-mails to the office's own people: what they must see at once, outside any account."""

from __future__ import annotations

from typing import Any

from amiable.channels.base import Message, PermanentFailure, UncertainOutcome
from amiable.core import clock
from amiable.core.announcing import TASK
from amiable.correspondence.ways_out import provider
from amiable.jobs.models import Job
from amiable.jobs.registry import task


@task(TASK)
def announce_task(job: Job, to: str, subject: str, text: str) -> dict[str, Any]:
    """One address. The worker tries again what may be; a wrong address is said in the result."""
    try:
        receipt = provider("email", clock.now()).send(
            Message(key=f"announce:{job.pk}", to=to, subject=subject, text=text)
        )
    except (PermanentFailure, UncertainOutcome) as failure:
        return {"failed": failure.code}
    return {"sent": receipt.reference}
