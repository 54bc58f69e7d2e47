"""How a transfer says things: acts of the diary in the chronological list."""

from __future__ import annotations

from collections.abc import Mapping

from amiable.diary.models import DiaryEntry
from amiable.transfer.evidence import is_back

#: An act somebody typed, which nothing proves.
WITHOUT_PIECE = "noté, sans pièce"


def piece_words(act: DiaryEntry, numbers: Mapping[int, int]) -> str:
    """The piece that proves an act. numbers: that of each document's piece."""
    number = numbers.get(act.document_id or 0)
    return f"n° {number}" if number else WITHOUT_PIECE


def act_words(act: DiaryEntry, step_labels: Mapping[str, str]) -> list[str]:
    """[date, what, how it ended, by whom] of one line; free text stays out of what is handed over."""
    what = act.get_kind_display()
    if act.step:
        what += f" : {step_labels.get(act.step, act.step)}"
    outcome = act.get_outcome_display() if act.outcome else ""
    if act.document is not None:
        outcome = f"{outcome}, {act.document.title}" if outcome else act.document.title
    if is_back(act):
        outcome = f"{outcome}, revenu sans avoir été reçu" if outcome else "revenu sans avoir été reçu"
    return [f"{act.on:%d/%m/%Y}", what, outcome, str(act.actor) if act.actor else "Amiable"]
