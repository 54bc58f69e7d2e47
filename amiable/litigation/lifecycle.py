"""The life of a transfer: one table, one way to move along it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from amiable.domain.errors import DomainError
from amiable.litigation.models import Transfer

State: Any = Transfer.State

#: From each state, where it may go. Nothing else is possible, whoever asks.
MOVES = MappingProxyType(
    {
        State.PROPOSED: (State.DECIDED, State.REFUSED, State.WITHDRAWN),
        State.DECIDED: (State.RECEIVED, State.RETURNED, State.WITHDRAWN),
        State.RECEIVED: (State.RETURNED, State.WITHDRAWN),
        State.RETURNED: (),
        State.REFUSED: (),
        State.WITHDRAWN: (),
    }
)
OPEN = (State.PROPOSED, State.DECIDED, State.RECEIVED)


def transition(transfer: Transfer, to: str, **fields: Any) -> Transfer:
    """Move a transfer, once: a conditional update, so that of two people who decide one is told.

    Raises DomainError `transfer_moved` when it is no longer where the screen showed it.
    """
    if to not in MOVES[State(transfer.state)]:
        raise DomainError(
            "transfer_move", f"« {transfer.get_state_display()} » ne mène pas à « {State(to).label} »."
        )
    moved = Transfer.objects.filter(pk=transfer.pk, state=transfer.state).update(state=to, **fields)
    if not moved:
        raise DomainError(
            "transfer_moved",
            "Ce dossier vient d’être traité par quelqu’un d’autre. Rien n’a été changé : rechargez la page.",
        )
    transfer.refresh_from_db()
    return transfer
