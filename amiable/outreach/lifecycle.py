"""The lives of a batch, of its lines and of their recipients: their tables."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.outreach.models import Batch, BatchLine, LineRecipient

_Batch: Any = Batch.Status
_Line: Any = BatchLine.Status
_Recipient: Any = LineRecipient.Status
_LINE_MOVED = "Cette ligne est « {stage} » : elle n’est plus modifiable, rien n’a été changé."

#: A dispatch that stopped half-way is taken up from its approval.
BATCH = Lifecycle(
    starts=(_Batch.PROPOSED,),
    moves={
        _Batch.PROPOSED: (_Batch.APPROVED, _Batch.CANCELLED),
        _Batch.APPROVED: (_Batch.PROPOSED, _Batch.DISPATCHING),
        _Batch.DISPATCHING: (_Batch.APPROVED, _Batch.DONE),
        _Batch.DONE: (),
        # Only of its own day: a clock that ran ahead had cancelled it.
        _Batch.CANCELLED: (_Batch.PROPOSED,),
    },
    labels_fr=dict(_Batch.choices),
    moved_fr="Ce lot est « {stage} » : rien n’a été changé. Rechargez la page.",
    column="status",
)
LINE = Lifecycle(
    starts=(
        _Line.PROPOSED,
        _Line.EXCLUDED,
    ),
    moves={
        _Line.PROPOSED: (_Line.APPROVED, _Line.REMOVED, _Line.EXCLUDED),
        _Line.EXCLUDED: (),
        _Line.REMOVED: (_Line.PROPOSED,),
        _Line.APPROVED: (_Line.PROPOSED, _Line.SENT, _Line.SUPPRESSED, _Line.FAILED),
        _Line.SENT: (),
        _Line.SUPPRESSED: (),
        _Line.FAILED: (),
    },
    labels_fr=dict(_Line.choices),
    moved_fr=_LINE_MOVED,
    column="status",
)
#: Somebody nobody can reach is listed as held back from the first.
RECIPIENT = Lifecycle(
    starts=(_Recipient.PLANNED, _Recipient.SUPPRESSED),
    moves={
        _Recipient.PLANNED: (_Recipient.APPROVED, _Recipient.SUPPRESSED),
        _Recipient.APPROVED: (_Recipient.SENT, _Recipient.SUPPRESSED, _Recipient.FAILED),
        _Recipient.SENT: (),
        _Recipient.SUPPRESSED: (),
        _Recipient.FAILED: (),
    },
    labels_fr=dict(_Recipient.choices),
    moved_fr=_LINE_MOVED,
    column="status",
)
