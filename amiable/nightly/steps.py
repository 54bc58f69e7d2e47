"""The night's steps, in their order. Each may be run again at any moment and changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from amiable.appointments.tasks import remind_tomorrow
from amiable.core.models import Office
from amiable.diary.disputes import remind_late
from amiable.diary.holds import expire_holds
from amiable.diary.promises import follow_promises
from amiable.dossiers.services import conclude_silences, escalate, propose, spot_repeats
from amiable.ledger.facts import Span, spans
from amiable.outreach.dispatch import prepare_day
from amiable.plans.services import follow_plans
from amiable.positions.facts import rules
from amiable.positions.services import refresh_some
from amiable.positions.stale import catch_up

#: The one partition of a step that is not cut.
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Night:
    """What every step is told: whose night, of which day, at what moment."""

    office: Office
    as_of: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A named piece of the night. partitions: its slices, done by any worker in any order; run: does one."""

    name: str
    label_fr: str
    run: Callable[[Night, str], dict[str, Any]]
    partitions: Callable[[Night], list[str]] = lambda night: [WHOLE]


def _holds(night: Night, _partition: str) -> dict[str, Any]:
    return {"rows": expire_holds(office=night.office, as_of=night.as_of)}


def _promises(night: Night, _partition: str) -> dict[str, Any]:
    return {"rows": follow_promises(office=night.office, as_of=night.as_of)}


def _plans(night: Night, _partition: str) -> dict[str, Any]:
    return {"rows": follow_plans(office=night.office, as_of=night.as_of)}


def _disputes(night: Night, _partition: str) -> dict[str, Any]:
    return {"rows": remind_late(office=night.office, as_of=night.as_of)}


def _appointments(night: Night, _partition: str) -> dict[str, Any]:
    return {"rows": remind_tomorrow(office=night.office, today=night.as_of, now=night.now)}


def _ranges(night: Night) -> list[str]:
    return [str(span) for span in spans(night.office.pk)]


def _positions(night: Night, partition: str) -> dict[str, Any]:
    """The positions, and from the same facts, read once, the dossiers to prepare."""
    low, high = partition.split("-")
    known, opened = rules(night.office, night.as_of), []
    rows = refresh_some(
        known, Span(int(low), int(high)), then=lambda told: opened.append(propose(known, told))
    )
    return {"rows": rows, "dossiers": sum(opened)}


def _touched(night: Night, _partition: str) -> dict[str, Any]:
    return {"rows": catch_up(office=night.office, today=night.as_of)}


def _batches(night: Night, _partition: str) -> dict[str, Any]:
    found = prepare_day(office=night.office, today=night.as_of, now=night.now)
    return {"rows": found["batches"], **found}


def _answers(night: Night, _partition: str) -> dict[str, Any]:
    concluded = conclude_silences(office=night.office, as_of=night.as_of)
    escalated = escalate(office=night.office, as_of=night.as_of)
    repeated = spot_repeats(office=night.office, as_of=night.as_of)
    return {"rows": concluded, "escalated": escalated, "repeated": repeated}


#: Order matters: a hold that ends, a promise that breaks and a partner's silence change the decisions, the
#: decisions the batches.
STEPS = (
    Step("holds", "fin des mises en attente", _holds),
    Step("promises", "suivi des promesses", _promises),
    Step("disputes", "contestations à répondre", _disputes),
    Step("plans", "suivi des plans d’apurement", _plans),
    Step("appointments", "rappels des rendez-vous", _appointments),
    Step("answers", "réponses attendues des partenaires", _answers),
    Step("positions", "positions, étapes suivantes et dossiers à préparer", _positions, _ranges),
    Step("touched", "comptes touchés entre-temps", _touched),
    Step("batches", "relances à approuver", _batches),
)
