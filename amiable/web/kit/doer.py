"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.core.models import User


@dataclass(frozen=True)
class Doer:
    """Who acts, when, and on which version of the account."""

    actor: User
    today: date
    version: int

    def on(self, account: Account) -> dict[str, Any]:
        return {"account": account, "actor": self.actor, "today": self.today, "version": self.version}
