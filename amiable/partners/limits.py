"""Legal limits of this room that no dossier holds yet: what the calendar of limits reads."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value

from amiable.cases.models import Dossier
from amiable.diary.models import DiaryEntry
from amiable.domain.cases.family import OPEN
from amiable.limits.queries import computed


def signalements(today: date) -> QuerySet[Any]:
    """Signalements to make for which no dossier is open yet, and that nobody noted as done."""
    mine = {"account_id": OuterRef("account_id")}
    begun = Dossier.objects.filter(**mine, kind="caf", stage__in=OPEN)
    done = DiaryEntry.objects.filter(
        **mine, step="signalement_caf", on__gte=OuterRef("caf_constituted_on")
    ).exclude(kind="step_skipped")
    return computed("caf_limit_on", Value("CAF-04", CharField())).filter(~Exists(begun), ~Exists(done))
