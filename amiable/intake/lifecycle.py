"""The lives of a file brought in, and of a row of it that waits for an officer: one table each."""

from __future__ import annotations

from typing import Any

from amiable.domain.lifecycle import Lifecycle
from amiable.intake.models import Import, ToldRow

_Import: Any = Import.Status
_Row: Any = ToldRow.Status

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

TOLD_ROW = Lifecycle(
    starts=(_Row.WAITS, _Row.SAME),
    moves={_Row.WAITS: (_Row.SAME, _Row.POSTED), _Row.SAME: (_Row.WAITS,), _Row.POSTED: (_Row.WAITS,)},
    labels_fr=dict(_Row.choices),
    moved_fr="Cette ligne est « {stage} » : rien n’a été changé. Rechargez la page.",
    column="status",
)
