"""What a situation gives for an office on a day: figures, proposal, gaps; for the form and for its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from amiable.core.models import Office
from amiable.domain.household.budget import Situation
from amiable.domain.household.figures import Figure, Figures, figures
from amiable.domain.household.gaps import Gap, gaps
from amiable.domain.household.orientation import Proposal, propose
from amiable.household.scales import marks_of, proof_days, scales_of


@dataclass(frozen=True)
class Reading:
    """figures, proposal: None as long as nobody is described."""

    figures: Figures | None
    proposal: Proposal | None
    gaps: list[Gap]


def read_situation(
    office: Office, situation: Situation | None, *, cause: str, stance: str, debt_cents: int, today: date
) -> Reading:
    """Everything a situation says that day, with the office's own scales."""
    missing = gaps(situation, cause=cause, stance=stance, today=today, proof_days=proof_days(office, today))
    if situation is None or not situation.members:
        return Reading(None, None, missing)
    found = figures(situation, today, scales_of(office, today), debt_cents=max(0, debt_cents))
    return Reading(found, propose(found, cause=cause, stance=stance, marks=marks_of(office, today)), missing)


def kept(figure: Figure) -> dict[str, Any]:
    """A figure as a record keeps it: its number exact, its words as they were read that day."""
    number = figure.number
    return {
        "code": figure.code,
        "label": figure.label_fr,
        "unit": figure.unit,
        "number": str(number) if isinstance(number, Fraction) else number,
        "said": figure.said_fr,
        "formula": figure.formula_fr,
        "rules": list(figure.rules),
        "source": figure.source,
        "to_verify": figure.to_verify,
        "note": figure.note_fr,
    }
