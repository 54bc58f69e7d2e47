"""Whether each stored position is what the ledger, the diary and the cases give, there and then: what
`positions check` asks of an office, asked after one act."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.core.models import Office
from amiable.positions.models import StaleMark
from amiable.positions.services import differences


def left_behind(office: Office, today: date) -> list[dict[str, Any]]:
    """The columns an act changed and did not refresh; those a durable mark promises are not among them."""
    promised = set(StaleMark.objects.filter(office=office).values_list("account_id", flat=True))
    if None in promised:
        return []
    return [one for one in differences(office, today) if one["account_id"] not in promised]
