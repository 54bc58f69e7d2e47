"""Position rows written by hand: what a screen reads, without running the engine."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.positions.models import AccountPosition


def position(of: Account, as_of: date, *, overdue: int = 0, **figures: Any) -> AccountPosition:
    """Where an account stands: `overdue` cents, plus any column of the model by its name."""
    defaults = {
        "office_id": of.office_id,
        "agency_id": of.agency_id,
        "officer_id": of.officer_id,
        "as_of": as_of,
        "balance_cents": overdue,
        "overdue_cents": overdue,
        "actionable_cents": overdue,
        "due_0_30_cents": overdue,
    }
    return AccountPosition.objects.create(account=of, **(defaults | figures))
