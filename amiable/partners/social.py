"""The social worker's own inbox and notes; a request nobody answers goes up to the head of service."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import tell
from amiable.cases.models import Dossier
from amiable.core.access import may, require, scope
from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.diary import requests
from amiable.domain.cases.family import SENT, WITH_PARTNER
from amiable.domain.errors import DomainError
from amiable.partners.models import SocialNote
from amiable.procedures.in_force import policy_of

KIND = "social"


def inbox(user: User) -> QuerySet[Dossier]:
    """The requests of the office she has to answer or follow: urgent first, then the oldest."""
    require(user, "social_work")
    rows = scope(Dossier.objects.filter(kind=KIND, stage__in=WITH_PARTNER), user)
    return rows.select_related("account__person", "account__agency", "created_by").order_by(
        "-is_urgent", "sent_on", "pk"
    )


def notes_of(dossier: Dossier, user: User) -> QuerySet[SocialNote]:
    """Her own notes on a request. Nobody else's, and nobody else: PermissionDenied without `social_work`."""
    require(user, "social_work")
    return scope(SocialNote.objects.filter(dossier=dossier, author=user), user)


def may_read_notes(user: User) -> bool:
    return may(user, "social_work")


@transaction.atomic
def write_note(*, dossier: Dossier, text: str, actor: User, today: date) -> SocialNote:
    """A note for herself. Neither the diary nor the journal holds its words."""
    require(actor, "social_work")
    if not kind_of(dossier.kind).has_notes:
        raise DomainError("not_social", "Ces notes accompagnent une demande à la conseillère.")
    if not text.strip():
        raise DomainError("empty_note", "La note est vide.")
    note = SocialNote.objects.create(dossier=dossier, author=actor, text=text.strip(), written_on=today)
    record("dossier.social_note", office=dossier.office, actor=actor, target=note)
    return note


def escalate(*, office: Office, as_of: date) -> int:
    """Requests without answer after the office's delay: the head of service is told, once; how many."""
    days = int(policy_of(office, as_of).get("social_answer_days", 0))
    if not days:
        return 0
    head = (
        User.objects.filter(office=office, role=User.Role.SERVICE_HEAD, is_active=True).order_by("pk").first()
    )
    late = Dossier.objects.filter(
        office=office, kind=KIND, stage=SENT, sent_on__lt=as_of - timedelta(days=days)
    ).select_related("account__office")
    made = 0
    for dossier in late:
        assert dossier.sent_on is not None
        with transaction.atomic():
            _, created = requests.raise_work(
                account=dossier.account,
                code="social_sans_reponse",
                text=f"Demande à la conseillère sans réponse depuis le {dossier.sent_on:%d/%m/%Y} "
                f"(compte {dossier.account.ref})",
                key=f"dossier:{dossier.pk}:escalade:{dossier.sent_on.isoformat()}",
                assignee=head,
            )
            if created:
                tell(dossier, "escalated", actor=None, today=as_of)
                made += 1
    return made
