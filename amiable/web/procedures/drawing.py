"""A procedure drawn for reading: each step with its conditions in French, its rules and its instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.domain import law
from amiable.domain.decision.policy import value_of
from amiable.domain.decision.procedure import KINDS, LANES, MODES, Procedure, Step
from amiable.procedures.drafts import Phrase, phrases
from amiable.procedures.models import Instruction
from amiable.web.kit.refusal import refused_or

CHANNEL_WORDS = {"letter": "lettre", "lrar": "recommandé", "email": "courriel", "sms": "SMS"}


@dataclass(frozen=True)
class StepCard:
    """One step as the page shows it."""

    number: int
    step: Step
    how: str
    mode: str
    lane: str
    phrases: list[Phrase]
    rules: list[tuple[str, str]]
    instructions: list[Instruction]


def cards(
    procedure: Procedure, policy: Mapping[str, Any], at: date, instructions: Iterable[Instruction] = ()
) -> list[StepCard]:
    """Every step in order, those switched off included."""
    resolver = value_of(policy, at)
    by_step: dict[str, list[Instruction]] = {}
    for instruction in instructions:
        by_step.setdefault(instruction.step_code, []).append(instruction)
    return [
        _card(i, step, data, procedure, resolver, by_step.get(step.code, []))
        for i, (step, data) in enumerate(zip(procedure.steps, procedure.data["steps"], strict=True), start=1)
    ]


def _card(
    number: int,
    step: Step,
    data: Mapping[str, Any],
    procedure: Procedure,
    resolver: Callable[[str], Any],
    instructions: list[Instruction],
) -> StepCard:
    return StepCard(
        number=number,
        step=step,
        how=_how(step),
        mode=MODES[step.mode],
        lane=LANES[step.lane],
        phrases=phrases(data, procedure.labels, resolver),
        rules=[(rule_id, _title(rule_id)) for rule_id in step.rules],
        instructions=instructions,
    )


def _how(step: Step) -> str:
    """« Par courriel, sinon lettre », « Appel », « Convocation par lettre »."""
    by = ", sinon ".join(CHANNEL_WORDS[channel] for channel in step.channels)
    if not by:
        return KINDS[step.kind]
    return f"Par {by}" if step.kind in ("letter", "email", "sms") else f"{KINDS[step.kind]} par {by}"


def _title(rule_id: str) -> str:
    return refused_or(lambda: law.rule(rule_id).title, "")[0]
