"""The life of a message that leaves: one table."""

from __future__ import annotations

from typing import Any

from amiable.correspondence.models import OutboxItem
from amiable.domain.lifecycle import Lifecycle

_Status: Any = OutboxItem.Status

#: One whose sender was killed is claimed again; one in doubt waits for a person to look.
OUTBOX = Lifecycle(
    starts=(_Status.WAITING,),
    moves={
        _Status.WAITING: (_Status.SENDING, _Status.CANCELLED),
        _Status.SENDING: (_Status.SENDING, _Status.SENT, _Status.WAITING, _Status.FAILED, _Status.UNCERTAIN),
        _Status.SENT: (_Status.BOUNCED,),
        _Status.FAILED: (),
        _Status.CANCELLED: (),
        _Status.BOUNCED: (),
        _Status.UNCERTAIN: (_Status.SENDING, _Status.WAITING),
    },
    labels_fr=dict(_Status.choices),
    moved_fr="Ce message est « {stage} » : rien n’a été changé.",
    column="status",
)
