"""What the rooms of the house add to the fiche: one panel each, gathered by the room's own area.

A panel is shown when its `gather` gives a context, read by its template as `panel.*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.web.appointments import panel as appointments
from amiable.web.dossiers.views import panel as dossier_panel
from amiable.web.household.panel import gather as household_panel
from amiable.web.plans.views import panel as plan_panel
from amiable.web.situations import panel as situations
from amiable.web.surendettement.views import panel as surendettement_panel
from amiable.web.transfer import panel as transfer
from amiable.web.visits import panel as visits


@dataclass(frozen=True)
class Panel:
    """template: a section of its own. gather: (account, user, today) -> context, None to show nothing, in a
    number of queries that does not depend on the account. side: in the column of people and waits."""

    template: str
    gather: Callable[[Account, User, date], Mapping[str, Any] | None]
    side: bool = False


PANELS: tuple[Panel, ...] = (
    Panel("appointments/_panel.html", appointments.gather, side=True),
    Panel("household/panel.html", household_panel, side=True),
    Panel("dossiers/_panel.html", dossier_panel, side=True),
    Panel("plans/_panel.html", plan_panel, side=True),
    Panel("surendettement/_panel.html", surendettement_panel, side=True),
    Panel("visits/_panel.html", visits.gather, side=True),
    Panel("transfer/_panel.html", transfer.gather),
    Panel("situations/_panel.html", situations.gather, side=True),
)


def gathered(account: Account, user: User, today: date) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """The panels with something to show: {"main": [(template, context)], "side": [...]}."""
    shown: dict[str, list[tuple[str, Mapping[str, Any]]]] = {"main": [], "side": []}
    for panel in PANELS:
        context = panel.gather(account, user, today)
        if context is not None:
            shown["side" if panel.side else "main"].append((panel.template, context))
    return shown
