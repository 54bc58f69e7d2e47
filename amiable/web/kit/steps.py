"""The office's own words for its steps: a code becomes a verb, read from its published procedures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.db.models import Exists, OuterRef

from amiable.domain.creditors import kind
from amiable.domain.decision.guards import guards
from amiable.domain.decision.procedure import LANES, Procedure, Step, load
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion

#: Parsed versions kept: a published version never changes, so that a page parses none of them.
_KEPT: dict[int, Procedure] = {}


def steps_of_office(office_id: int) -> Mapping[str, Step]:
    """Every step of the office's published procedures by code, in one query.

    Two profiles may name a step alike: the words of the assigned ones win, then the newest version's.
    """
    applied = ProcedureAssignment.objects.filter(office_id=office_id, code=OuterRef("code"))
    published = ProcedureVersion.objects.filter(office_id=office_id, status="published")
    ordered = published.annotate(applied=Exists(applied)).order_by("applied", "version", "pk")
    ids = list(ordered.values_list("pk", flat=True))
    if missing := [pk for pk in ids if pk not in _KEPT]:
        for pk, source in ProcedureVersion.objects.filter(pk__in=missing).values_list("pk", "source"):
            _KEPT[pk] = load(source)
    return {step.code: step for pk in ids for step in _KEPT[pk].steps}


def step_label(steps: Mapping[str, Step], code: str | None) -> str:
    """« Appeler »; a code nobody publishes any more is shown as words rather than hidden."""
    if not code:
        return ""
    return steps[code].label_fr if code in steps else code.replace("_", " ").capitalize()


def lane_label(lane: str | None) -> str:
    return LANES.get(lane, lane) if lane else ""


@lru_cache(maxsize=32)
def held_labels(kind_code: str) -> dict[str, str]:
    """Why somebody is held back, by code of `held_by`: « promesse de paiement en cours »."""
    return {guard.code: guard.label_fr for guard in guards(kind(kind_code).defaults())}
