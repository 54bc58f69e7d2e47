"""The life of a visit: one table."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.visits.models import Visit

State: Any = Visit.State

#: A visit taken off its round is to be planned again.
LIFECYCLE = Lifecycle(
    starts=(State.TO_PLAN,),
    moves={
        State.TO_PLAN: (State.PLANNED, State.DONE, State.CANCELLED),
        State.PLANNED: (State.TO_PLAN, State.DONE, State.CANCELLED),
        State.DONE: (),
        State.CANCELLED: (),
    },
    labels_fr=dict(State.choices),
    moved_fr="Cette visite est « {stage} » : cette action n’est plus possible. Rien n’a été changé : "
    "rechargez la page.",
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
