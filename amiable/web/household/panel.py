"""The household on the fiche, and its lines in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain.decision.facts import ORIENTATION_LABELS
from amiable.domain.text import french
from amiable.domain.text.french import euros
from amiable.household import queries
from amiable.household.models import Assessment


def gather(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """The latest situation, or the invitation to a first interview. A company has no household. One query."""
    if account.person.is_company:
        return None
    made = queries.latest(account)
    return {
        "made": made,
        "effort": made.result("effort_rate") if made else None,
        "may": may(user, "work_accounts"),
    }


def told(row: DiaryEntry) -> tuple[str, str]:
    """« Entretien à l’agence » and what it gave; a line without a situation keeps its plain words."""
    data = row.data
    if data.get("event") == "oriented":
        label = ORIENTATION_LABELS.get(data.get("orientation", ""), "")
        return f"Orientation décidée : {label}", ""
    if data.get("event") != "assessed":
        return row.get_kind_display(), ""
    place = Assessment.Place(data["place"]).label
    met = data["place"] != Assessment.Place.FILE
    title = f"Entretien {french.inside(place)}" if met else f"Situation du ménage, {french.inside(place)}"
    cents = data.get("capacity_cents")
    detail = "capacité inconnue" if cents is None else f"Capacité de remboursement : {euros(cents)} par mois."
    return title, detail
