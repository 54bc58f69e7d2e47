"""The life of a version of a procedure: one table."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.procedures.models import ProcedureVersion

_Status: Any = ProcedureVersion.Status

VERSION = Lifecycle(
    starts=(_Status.DRAFT,),
    moves={
        _Status.DRAFT: (_Status.PUBLISHED,),
        _Status.PUBLISHED: (),
    },
    labels_fr=dict(_Status.choices),
    moved_fr="Cette version est « {stage} » : rien n’a été changé.",
    column="status",
)
