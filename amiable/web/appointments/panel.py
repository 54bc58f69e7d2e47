"""Appointments on the fiche, and how their lines read in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from amiable.accounts.models import Account
from amiable.appointments.lifecycle import TAKEN
from amiable.appointments.messages import hour_words
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain.contact.slots import PARIS
from amiable.domain.creditors import kind

EVENTS = {
    "booked": "Rendez-vous pris",
    "moved": "Rendez-vous déplacé",
    "kept": "Venu au rendez-vous",
    "cancelled_by_tenant": "Rendez-vous annulé par la personne",
    "cancelled_by_office": "Rendez-vous annulé par l’office",
}
#: Past appointments told on the fiche.
TOLD = 3


def gather(account: Account, user: User, today: date) -> Mapping[str, Any]:
    """The next appointment, the last ones, and how to take one. One query."""
    rows = list(account.appointments.select_related("officer", "agency").order_by("-starts_at")[:8])
    coming = [one for one in rows if one.state in TAKEN]
    past = [one for one in rows if one.state not in TAKEN][:TOLD]
    return {
        "account": account,
        "coming": [(one, hour_words(one.starts_at), _is_due(one, today)) for one in reversed(coming)],
        "past": past,
        "may_work": may(user, "work_accounts"),
        "debtor": kind(account.office.kind).word("debtor"),
    }


def _is_due(one: Any, today: date) -> bool:
    return one.starts_at.astimezone(PARIS).date() <= today


def tell(row: DiaryEntry) -> tuple[str, str]:
    """An APPOINTMENT line of the diary."""
    title = EVENTS.get(row.data.get("event", ""), row.get_kind_display())
    given = row.data.get("starts_at")
    if not given:
        return title, ""
    at = datetime.fromisoformat(given)
    return f"{title} : {at:%d/%m/%Y} à {hour_words(at)}", ""
