"""Questions about dossiers, read by screens and by the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import cases_of
from amiable.cases.models import Dossier
from amiable.cases.pieces import DONE
from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.cases.family import ACKNOWLEDGED, OPEN, STAGE_LABELS
from amiable.domain.text import french


@dataclass(frozen=True)
class Narrow:
    """What a list keeps; empty means everything. over: those that are finished too."""

    kind: str = ""
    stage: str = ""
    agency_id: int | None = None
    officer_id: int | None = None
    late: bool = False
    over: bool = False
    text: str = ""


def of_office(user: User, narrow: Narrow, today: date) -> QuerySet[Dossier]:
    """The dossiers the user may see, those with the nearest limit first."""
    rows = scope(Dossier.objects.all(), user)
    if not (narrow.over or narrow.stage):
        rows = rows.filter(stage__in=OPEN)
    for name, value in (("kind", narrow.kind), ("stage", narrow.stage)):
        if value:
            rows = rows.filter(**{name: value})
    if narrow.agency_id is not None:
        rows = rows.filter(account__agency_id=narrow.agency_id)
    if narrow.officer_id is not None:
        rows = rows.filter(account__officer_id=narrow.officer_id)
    if narrow.late:
        rows = rows.filter(limit_on__lt=today)
    if narrow.text:
        rows = rows.filter(
            Q(account__ref__iexact=narrow.text)
            | Q(account__person__search_key__contains=narrow.text.lower())
            | Q(reference__iexact=narrow.text)
        )
    lacking = Count("pieces", filter=~Q(pieces__state__in=DONE))
    return (
        rows.select_related("account__person", "account__agency", "account__officer", "partner")
        .annotate(lacking=lacking)
        .order_by(F("limit_on").asc(nulls_last=True), "pk")
    )


def of_account(account: Account) -> list[Dossier]:
    """Every dossier of an account, open ones first, newest first."""
    rows = list(cases_of(account).select_related("partner").order_by("-pk"))
    return sorted(rows, key=lambda one: one.stage not in OPEN)


def next_action(dossier: Dossier, today: date) -> str:
    """What to do next, in one sentence."""
    family = kind_of(dossier.kind).family
    if dossier.stage == family.begins:
        return "Compléter les pièces et les champs qui manquent."
    if dossier.stage == family.ready:
        return "Envoyer le dossier."
    if dossier.stage in (family.leaves, ACKNOWLEDGED):
        return "Attendre la réponse, et la noter ici dès qu’elle arrive."
    if dossier.stage in OPEN:
        if dossier.limit_on is None:
            return "Suivre ce qui a été décidé ; terminer le dossier quand tout est fait."
        return f"À faire : {french.by_day(dossier.limit_on, today)}."
    return f"{STAGE_LABELS[dossier.stage]}, plus rien à faire."


def label_of(dossier: Dossier) -> str:
    return kind_of(dossier.kind).label_fr
