"""The life of a transfer: one table."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.transfer.models import Transfer

State: Any = Transfer.State

#: From each state, where it may go. Nothing else is possible, whoever asks.
LIFECYCLE = Lifecycle(
    starts=(State.PROPOSED,),
    moves={
        State.PROPOSED: (State.DECIDED, State.REFUSED, State.WITHDRAWN),
        State.DECIDED: (State.RECEIVED, State.RETURNED, State.WITHDRAWN),
        State.RECEIVED: (State.RETURNED, State.WITHDRAWN),
        State.RETURNED: (),
        State.REFUSED: (),
        State.WITHDRAWN: (),
    },
    labels_fr=dict(State.choices),
    moved_fr="Ce dossier est « {stage} » : cette action n’est plus possible et rien n’a été changé. "
    "Rechargez la page.",
)
OPEN = (State.PROPOSED, State.DECIDED, State.RECEIVED)
