"""Questions about plans, read by screens and by the rooms above."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from amiable.household import queries as household
from amiable.ledger.models import Account
from amiable.plans.lifecycle import PREPARED, State
from amiable.plans.models import PlanVersion


def capacity_of(account: Account, today: date) -> int | None:
    """What the household can pay back each month, in cents; None as long as its budget is not known."""
    return household.capacity_of(account, today)


def current_versions(accounts: list[Account]) -> QuerySet[PlanVersion]:
    """Versions in force or in preparation that cover one of the accounts, newest first."""
    return (
        PlanVersion.objects.filter(state__in=(*PREPARED, State.ACTIVE), plan__accounts__in=accounts)
        .select_related("plan__account", "plan__person")
        .order_by("-pk")
        .distinct()
    )
