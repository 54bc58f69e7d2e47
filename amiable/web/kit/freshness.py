"""How old what one looks at is: stale figures stop every sending, and the screen says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.db.models import Max

from amiable.core.clock import PARIS
from amiable.core.models import Office
from amiable.diary import policy
from amiable.intake.models import Import

_NEVER: dict[str, Any] = {"at": None, "on": None}


@dataclass(frozen=True)
class Freshness:
    """When the bank and the lists were last imported; `bank_days` is the age of the newest statement."""

    bank_at: datetime | None
    bank_on: date | None
    lists_at: datetime | None
    lists_on: date | None
    bank_days: int | None
    bank_max_days: int

    @property
    def is_stale(self) -> bool:
        """No sending leaves: the bank was never imported, or too long ago."""
        return self.bank_days is None or self.bank_days > self.bank_max_days


def freshness(office: Office, today: date) -> Freshness:
    """Two queries: the newest committed files by kind, and the office's own limit of age."""
    committed = Import.objects.filter(office=office, status=Import.Status.COMMITTED).order_by()
    newest = {
        row["list_kind"]: row
        for row in committed.values("list_kind").annotate(at=Max("committed_at"), on=Max("dated_on"))
    }
    bank = newest.pop("bank", _NEVER)
    lists = max((row for row in newest.values() if row["at"]), key=itemgetter("at"), default=_NEVER)
    bank_on = bank["on"] or (bank["at"].astimezone(PARIS).date() if bank["at"] else None)
    return Freshness(
        bank_at=bank["at"],
        bank_on=bank_on,
        lists_at=lists["at"],
        lists_on=lists["on"],
        bank_days=(today - bank_on).days if bank_on else None,
        bank_max_days=policy.value(office, "bank_max_age_days", today),
    )
