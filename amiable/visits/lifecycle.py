"""The life of a visit: one table, one way to move along it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from amiable.domain.errors import DomainError
from amiable.visits.models import Visit

State: Any = Visit.State

#: From each state, where it may go. A visit taken off its round is to be planned again.
MOVES = MappingProxyType(
    {
        State.TO_PLAN: (State.PLANNED, State.DONE, State.CANCELLED),
        State.PLANNED: (State.TO_PLAN, State.DONE, State.CANCELLED),
        State.DONE: (),
        State.CANCELLED: (),
    }
)
OPEN = (State.TO_PLAN, State.PLANNED)
#: A visit that leaves its round has no hour any more.
OFF_THE_ROUND: dict[str, Any] = {
    "round": None,
    "rank": None,
    "arrives_at": None,
    "leaves_at": None,
    "road_m": 0,
}


def transition(visit: Visit, to: str, **fields: Any) -> Visit:
    """Move a visit, once, with other columns of it: a conditional update.

    Raises DomainError `visit_moved` when it is no longer where the screen showed it."""
    if to not in MOVES[State(visit.state)]:
        raise DomainError(
            "visit_move",
            f"Cette visite est « {visit.get_state_display().lower()} » : cette action n’est plus possible. "
            "Rien n’a été changé.",
        )
    if not Visit.objects.filter(pk=visit.pk, state=visit.state).update(state=to, **fields):
        raise DomainError(
            "visit_moved",
            "Quelqu’un d’autre vient de traiter cette visite. Rien n’a été changé : rechargez la page.",
        )
    visit.refresh_from_db()
    return visit
