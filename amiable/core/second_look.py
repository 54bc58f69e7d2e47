"""What one person does not change alone: the account that is paid, and the roles that decide or confide.

Another manager confirms. Where the office has none but its head, the change happens after a delay, told
meanwhile to every user and to the office's own address: a stolen access cannot move the money before somebody
sees it. An administrator alone never ends up deciding for the office: a head is then declared on the machine.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from amiable.core.access import holders, require
from amiable.core.announcing import announce
from amiable.core.journal import record
from amiable.core.lifecycle import move
from amiable.core.models import AuditEvent, Office, SensitiveChange, User
from amiable.domain.errors import DomainError
from amiable.domain.lifecycle import Lifecycle
from amiable.jobs.registry import on_tick

CAPABILITY = "manage_users"
#: Time for a colleague to see what was announced.
DELAY = timedelta(hours=48)
_Status: Any = SensitiveChange.Status
_What: Any = SensitiveChange.What
_Role: Any = User.Role
#: Roles that decide for the office, confirm what another asked, or read what households confide.
GUARDED_ROLES = frozenset({_Role.SERVICE_HEAD, _Role.ADMIN, _Role.SOCIAL_WORKER})

LIFECYCLE = Lifecycle(
    starts=(_Status.WAITING,),
    moves={_Status.WAITING: (_Status.DONE, _Status.DROPPED), _Status.DONE: (), _Status.DROPPED: ()},
    labels_fr=dict(_Status.choices),
    moved_fr="Ce changement est « {stage} » : rien n’a été changé. Rechargez la page.",
    column="status",
)


@transaction.atomic
def ask(
    *,
    office: Office,
    what: str,
    former: str,
    value: str,
    actor: User,
    now: datetime,
    user: User | None = None,
) -> SensitiveChange:
    """Keep the change for a second person. DomainError when one already waits."""
    require(actor, CAPABILITY)
    others = holders(office, CAPABILITY).exclude(pk__in=[actor.pk, *([user.pk] if user else [])])
    alone = not others.exists()
    by_itself = alone and actor.role == _Role.SERVICE_HEAD
    try:
        with transaction.atomic():
            change = SensitiveChange.objects.create(
                office=office,
                what=what,
                user=user,
                former=former,
                value=value,
                asked_by=actor,
                asked_at=now,
                effective_at=now + DELAY if by_itself else None,
            )
    except IntegrityError:
        raise DomainError(
            "change_waits", "Un changement attend déjà d’être confirmé : décidez-le d’abord."
        ) from None
    record("sensitive_change.asked", office=office, actor=actor, target=change, data=_data(change))
    when = "Il attend une seconde personne."
    if alone:
        when = "Il attend un responsable de service, déclaré sur le serveur par « amiable user add »."
    if change.effective_at is not None:
        when = f"Il prendra effet le {localtime(change.effective_at):%d/%m/%Y à %H h %M}."
    announce(
        office=office,
        subject="Changement sensible demandé dans Amiable",
        text=f"{actor} a demandé un changement. {change.get_what_display()} : {_said(change)}.\n{when}\n"
        "Si ce n’est pas prévu, ouvrez Réglages et abandonnez-le, ou prévenez un responsable.",
    )
    return change


@transaction.atomic
def confirm(*, change: SensitiveChange, actor: User, now: datetime) -> SensitiveChange:
    """A second person agrees: neither the one who asked, nor the one whose role it is, nor an access the one
    who asked has just been given the password of."""
    require(actor, CAPABILITY)
    given = AuditEvent.objects.filter(
        verb="user.password_reset", actor=change.asked_by_id, object_id=actor.pk, at__gt=now - DELAY
    )
    if actor.pk in (change.asked_by_id, change.user_id) or given.exists():
        raise DomainError("second_person", "Une autre personne doit confirmer ce changement.")
    return _apply(change, actor, now)


@transaction.atomic
def drop(*, change: SensitiveChange, actor: User, now: datetime) -> SensitiveChange:
    """Give the change up; whoever may manage users may stop it."""
    require(actor, CAPABILITY)
    move(change, _Status.DROPPED, LIFECYCLE, decided_by=actor, decided_at=now)
    record("sensitive_change.dropped", office=change.office, actor=actor, target=change, data=_data(change))
    return change


@on_tick
@transaction.atomic
def apply_due(now: datetime) -> int:
    """Those that nobody else could confirm, once their delay is over. How many; two workers share none."""
    waiting = SensitiveChange.objects.filter(status=_Status.WAITING, effective_at__lte=now)
    due = list(waiting.select_for_update(skip_locked=True, of=("self",)))
    for change in due:
        _apply(change, None, now)
    return len(due)


def _apply(change: SensitiveChange, actor: User | None, now: datetime) -> SensitiveChange:
    move(change, _Status.DONE, LIFECYCLE, decided_by=actor, decided_at=now)
    if change.what == _What.IBAN:
        Office.objects.filter(pk=change.office_id).update(payment_iban=change.value)
    else:
        User.objects.filter(pk=change.user_id).update(role=change.value)
    record("sensitive_change.done", office=change.office, actor=actor, target=change, data=_data(change))
    return change


def _said(change: SensitiveChange) -> str:
    if change.user is not None:
        return f"{change.user} devient « {User.Role(change.value).label} »"
    return f"{change.former or 'aucun'} devient {change.value or 'aucun'}"


def _data(change: SensitiveChange) -> dict[str, Any]:
    return {"what": change.what, "user": change.user_id, "former": change.former, "value": change.value}
