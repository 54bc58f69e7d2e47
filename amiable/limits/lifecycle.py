"""Where a limit stands, and where it may go: one table."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.limits.models import Limit

State: Any = Limit.State

#: A postponement and an interruption leave it where it stands: it still runs, or is still stopped.
LIFECYCLE = Lifecycle(
    starts=(State.OPEN, State.MET),
    moves={
        State.OPEN: (State.OPEN, State.SUSPENDED, State.MET, State.CLOSED),
        State.SUSPENDED: (State.OPEN, State.SUSPENDED, State.MET, State.CLOSED),
        State.MET: (),
        State.CLOSED: (),
    },
    labels_fr=dict(State.choices),
    moved_fr="Cette limite est « {stage} ». Rien n’a été enregistré : rechargez la page.",
)
#: Not over: somebody still has to meet it.
RUNNING = (State.OPEN, State.SUSPENDED)
