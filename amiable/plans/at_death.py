"""A plan ends with the life of who agreed to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.plans.ending import stop
from amiable.plans.queries import current_versions


def stop_plans(accounts: Sequence[Account], actor: User | None, today: date) -> None:
    """Signed or being prepared: what it was to pay is the estate's (EST-01)."""
    for version in current_versions(accounts):
        stop(version=version, reason="Décès de la personne", actor=actor, today=today)
