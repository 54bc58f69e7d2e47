"""The visits on the fiche, and how their lines read in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain.contact.visit_findings import OUTCOMES_SHORT
from amiable.domain.text.french import plural
from amiable.positions.models import AccountPosition
from amiable.visits.lifecycle import OPEN
from amiable.visits.proposals import STEP


def gather(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """The last visit, or the procedure's proposal. One query."""
    last = account.visits.select_related("round__agent").order_by("-pk").first()
    position = getattr(account, "position", None)
    proposed = position is not None and _is_due(position, today)
    if last is None and not proposed:
        return None
    return {
        "account": account,
        "visit": last,
        "is_open": last is not None and last.state in OPEN,
        "proposed": proposed,
        "may": may(user, "work_accounts"),
    }


def _is_due(position: AccountPosition, today: date) -> bool:
    on = position.next_step_on
    return position.next_step == STEP and on is not None and on <= today


def told(row: DiaryEntry) -> tuple[str, str]:
    """A VISIT line of the diary; one taken over from another tool has no data."""
    outcome = OUTCOMES_SHORT.get(row.data.get("outcome", ""), "")
    title = "Second rapport de visite" if row.data.get("event") == "second" else "Visite à domicile"
    photos = row.data.get("photos", 0)
    return f"{title} : {outcome}" if outcome else title, f"{plural(photos, 'photo')}." if photos else ""
