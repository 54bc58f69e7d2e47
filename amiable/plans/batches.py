"""The day's batch of missed instalments: what the plan of each line has to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from amiable.outreach.models import BatchLine
from amiable.outreach.rooms import Given
from amiable.plans.documents import MISSED, values_of
from amiable.plans.lifecycle import State
from amiable.plans.models import PlanVersion

#: The wordings of a missed instalment, one per channel.
TEMPLATES = (MISSED, f"email_{MISSED}", f"sms_{MISSED}")


def missed(lines: Sequence[BatchLine], now: datetime, *, reserve: bool) -> Mapping[int, Given]:
    """The figures of the plan in force of each line's account; a plan that ended meanwhile gives nothing, and
    its letter does not leave. Nothing is taken: `reserve` changes nothing."""
    today = timezone.localdate(now)
    versions = PlanVersion.objects.filter(
        state=State.ACTIVE, plan__account__in=[line.account_id for line in lines]
    )
    related = versions.select_related("plan__account", "plan__office").prefetch_related("instalments")
    known = {version.plan.account_id: version for version in related}
    return {
        line.pk: Given(line.template, values_of(known[line.account_id], today))
        for line in lines
        if line.account_id in known
    }
