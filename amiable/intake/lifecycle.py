"""The life of a file brought in: one table."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.intake.models import Import

_Import: Any = Import.Status

IMPORT = Lifecycle(
    starts=(
        _Import.PREVIEW,
        _Import.COMMITTED,
    ),
    moves={
        _Import.PREVIEW: (_Import.COMMITTING, _Import.COMMITTED, _Import.REFUSED),
        _Import.COMMITTING: (_Import.COMMITTED, _Import.REFUSED),
        _Import.COMMITTED: (),
        _Import.REFUSED: (),
    },
    labels_fr=dict(_Import.choices),
    moved_fr="Ce fichier est « {stage} » : rien n’a été changé.",
    column="status",
)
