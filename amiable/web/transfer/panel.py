"""The transfer on the fiche: where it stands, once it has begun; and how its lines read in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain.text.french import euros
from amiable.positions.duties import read

EVENTS = {
    "proposed": "Dossier présenté pour transmission",
    "decided": "Dossier transmis au contentieux",
    "received": "Dossier reçu par le contentieux",
    "returned": "Dossier rendu par le contentieux",
    "refused": "Dossier gardé en amiable",
    "withdrawn": "Dossier retiré du contentieux",
}


def gather(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """The last transfer, or the invitation to prepare one when the procedure asks for it. One query."""
    last = account.transfers.select_related("reason", "bundle", "received_by").order_by("-pk").first()
    position = getattr(account, "position", None)
    asked = position is not None and any(one.lane == "transfer" for one in read(position))
    if last is None and not asked:
        return None
    return {"account": account, "transfer": last, "asked": asked}


def tell(row: DiaryEntry) -> tuple[str, str]:
    """A TRANSFER line of the diary."""
    event = row.data.get("event", "")
    cents = row.data.get("claimed_cents")
    return EVENTS.get(event, row.get_kind_display()), f"{euros(cents)} exigibles" if cents else ""
