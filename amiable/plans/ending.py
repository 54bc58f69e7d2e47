"""How a plan ends: kept, denounced, stopped by a decision, or cancelled as an error. Each lifts its hold."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.doings import correct
from amiable.diary.holds import end_hold
from amiable.diary.models import DiaryEntry
from amiable.diary.writing import Kind, add_note, open_for, write
from amiable.domain.errors import DomainError
from amiable.plans.lifecycle import State, transition
from amiable.plans.models import PlanVersion


def lift_holds(version: PlanVersion, *, actor: User | None, today: date) -> None:
    """The plan no longer stops the procedure; a hold an officer already lifted is left as it is."""
    for hold in version.holds.filter(lifted_on=None).select_related("account"):
        end_hold(hold, on=today, actor=actor)
        data = {"hold_id": hold.pk, "hold": hold.kind}
        write(hold.account, Kind.HOLD_END, on=today, actor=actor, data=data)


@transaction.atomic
def complete(*, version: PlanVersion, actor: User | None, today: date) -> PlanVersion:
    """Every instalment is paid, early or in time: the plan is kept."""
    lift_holds(version, actor=actor, today=today)
    return transition(version, State.COMPLETED, actor=actor, today=today, ended_on=today, status="kept")


@transaction.atomic
def denounce(*, version: PlanVersion, reason: str, actor: User, today: date) -> PlanVersion:
    """The office ends a plan that is not kept: the whole debt is due again and the procedure goes on.

    Only a plan that is late or broken: its last follow-up says so."""
    open_for(version.plan.account, actor=actor, version=None)
    if version.status not in ("late", "broken"):
        raise DomainError(
            "plan_not_broken", "Ce plan n’est ni en retard ni rompu : il n’y a pas lieu de le dénoncer."
        )
    note = add_note(version.plan.account, reason, actor=actor)
    lift_holds(version, actor=actor, today=today)
    ended: dict[str, Any] = {"ended_on": today} | ({"reason": note} if note else {})
    return transition(version, State.DENOUNCED, actor=actor, today=today, **ended)


def acknowledgement_key(version: PlanVersion, account: Account) -> str:
    """The once-only key of the diary's line: signing this version acknowledged the debt of this account."""
    return f"plan:{version.pk}:signed:{account.pk}"


@transaction.atomic
def cancel(*, version: PlanVersion, reason: str, actor: User, today: date) -> PlanVersion:
    """A plan made by error, at any moment before its end: kept in the file, with no effect any more.

    Nobody acknowledged anything: the prescription runs as if the plan had not been signed (TIME-02)."""
    done = _stop(version, reason, actor, today, event="cancelled")
    for account in version.plan.accounts.order_by("pk"):
        signed = DiaryEntry.objects.filter(key=acknowledgement_key(version, account), diaryentry=None)
        for entry in signed.select_related("account"):
            correct(entry=entry, reason=reason, actor=actor, today=today)
    return done


@transaction.atomic
def stop(*, version: PlanVersion, reason: str, actor: User | None, today: date) -> PlanVersion:
    """The law no longer lets the plan go on (SUR-02). What the debtor acknowledged in writing stays so."""
    return _stop(version, reason, actor, today, event="stopped")


def _stop(version: PlanVersion, reason: str, actor: User | None, today: date, *, event: str) -> PlanVersion:
    open_for(version.plan.account, actor=actor, version=None)
    note = add_note(version.plan.account, reason, actor=actor)
    if note is None:
        raise DomainError("plan_reason_missing", "Dites pourquoi le plan est annulé.")
    lift_holds(version, actor=actor, today=today)
    ended: dict[str, Any] = {"ended_on": today, "reason": note}
    return transition(version, State.CANCELLED, actor=actor, today=today, event=event, **ended)
