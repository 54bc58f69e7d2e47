"""Appointments on the fiche, and how their lines read in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from amiable.appointments.messages import hour_words
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain import french
from amiable.ledger.models import Account

SHOWN = 5
EVENTS = {
    "booked": "Rendez-vous pris",
    "moved": "Rendez-vous déplacé",
    "cancelled_by_tenant": "Rendez-vous annulé par la personne",
    "cancelled_by_office": "Rendez-vous annulé par l’office",
    "kept": "Rendez-vous honoré",
}


def gather(account: Account, user: User, today: date) -> Mapping[str, Any]:
    """The last appointments, newest first. One query."""
    rows = account.appointments.select_related("officer").order_by("-starts_at")[:SHOWN]
    return {"account": account, "rows": list(rows), "may_work": may(user, "work_accounts")}


def tell(row: DiaryEntry) -> tuple[str, str]:
    """An APPOINTMENT line of the diary."""
    title = EVENTS.get(row.data.get("event", ""), row.get_kind_display())
    text = row.data.get("starts_at", "")
    if not text:
        return title, ""
    at = datetime.fromisoformat(text)
    return title, f"{french.day_words(at.date())} à {hour_words(at)}"
