"""What the debtor is written about a plan: the agreement, a missed instalment, its end, its success."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from amiable.core.models import User
from amiable.correspondence.models import OutboxItem
from amiable.diary.done import accomplished
from amiable.diary.writing import Kind
from amiable.domain.errors import DomainError
from amiable.outreach.services import Issued, issue
from amiable.outreach.values import full_name
from amiable.parties.models import Person
from amiable.plans.documents import AGREED, CONGRATULATION, COPY, DENUNCIATION, MISSED, values_of
from amiable.plans.ending import denounce
from amiable.plans.lifecycle import State
from amiable.plans.models import PlanVersion

Channel: Any = OutboxItem.Channel
#: The steps of the procedures that these messages accomplish.
WARN, END, THANK = "plan_avertir", "plan_denoncer", "plan_feliciter"


def _issue(
    version: PlanVersion, code: str, channel: str, actor: User, now: datetime, *, step: str = ""
) -> Issued:
    return issue(
        account=version.plan.account,
        code=code,
        actor=actor,
        now=now,
        key=f"plan-{version.pk}-{code}-{now.date().isoformat()}",
        extra=values_of(version, now.date()),
        channel=channel,
        step=step,
    )


@transaction.atomic
def warn(*, version: PlanVersion, channel: str, actor: User, now: datetime) -> Issued:
    """Tell the debtor that an instalment or the current rent is missing, and until when to cure it; at most
    once a day. channel: post, email or sms. Accomplishes the procedure's step."""
    if version.state != State.ACTIVE or version.status not in ("late", "broken"):
        raise DomainError("plan_not_late", "Rien ne manque à ce plan : il n’y a pas lieu d’avertir.")
    code = {Channel.POST: MISSED}.get(channel, f"{channel}_{MISSED}")
    return _issue(version, code, channel, actor, now, step=WARN)


def _is_warned(version: PlanVersion, today: date) -> bool:
    """A warning waits to leave, or left (or was noted by an officer) since something is missing."""
    account = version.plan.account
    since = today - timedelta(days=max(version.days_late, version.rent_days_late))
    noted = accomplished(today).filter(account=account, step=WARN, on__gte=since)
    done = noted.exclude(kind=Kind.STEP_SKIPPED)
    waiting = OutboxItem.objects.filter(account=account, step=WARN, status__in=("waiting", "sending"))
    return waiting.exists() or done.exists()


@transaction.atomic
def denounce_and_tell(*, version: PlanVersion, reason: str, actor: User, now: datetime) -> Issued:
    """The registered letter, then the end of the plan: neither happens without the other.

    The plan promises a warning before any decision, and the letter says there was one: there must be."""
    if not _is_warned(version, now.date()):
        raise DomainError(
            "plan_not_warned",
            "La personne n’a pas été avertie de ce retard, comme le plan s’y engage. Rien n’a été dénoncé ni "
            "envoyé : avertissez d’abord.",
        )
    sent = _issue(version, DENUNCIATION, Channel.LRAR, actor, now, step=END)
    denounce(version=version, reason=reason, actor=actor, today=now.date())
    return sent


@transaction.atomic
def confirm(*, version: PlanVersion, actor: User, now: datetime) -> Issued:
    """The letter that confirms a signed plan."""
    if version.state != State.ACTIVE:
        raise DomainError("plan_not_active", "Ce plan n’est pas en cours.")
    return _issue(version, AGREED, Channel.POST, actor, now)


@transaction.atomic
def share(*, version: PlanVersion, to: Person, actor: User, now: datetime) -> Issued:
    """What was agreed, for somebody who must know it without owing it themselves: a caution, the caisse.
    Once for each version; those who owe too have the letter that confirms it."""
    if version.state != State.ACTIVE:
        raise DomainError("plan_not_active", "Ce plan n’est pas en cours.")
    return issue(
        account=version.plan.account,
        code=COPY,
        actor=actor,
        now=now,
        key=f"plan-{version.pk}-{COPY}-{to.pk}",
        extra={**values_of(version, now.date()), "plan_titulaire": full_name(version.plan.person)},
        to=to,
        channel=Channel.POST,
    )


@transaction.atomic
def congratulate(*, version: PlanVersion, actor: User, now: datetime) -> Issued:
    """A word to somebody who kept their plan to the end."""
    if version.state != State.COMPLETED:
        raise DomainError("plan_not_completed", "Ce plan n’est pas terminé.")
    return _issue(version, CONGRATULATION, Channel.POST, actor, now, step=THANK)
