"""The life of a proposal to merge two persons: one table."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.parties.models import MergeProposal

_Status: Any = MergeProposal.Status

MERGE = Lifecycle(
    starts=(_Status.PROPOSED,),
    moves={
        _Status.PROPOSED: (_Status.ACCEPTED, _Status.REFUSED),
        _Status.ACCEPTED: (),
        _Status.REFUSED: (),
    },
    labels_fr=dict(_Status.choices),
    moved_fr="Cette proposition a déjà été traitée ({stage}).",
    column="status",
)
