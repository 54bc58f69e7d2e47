"""Calls promised for a day and an hour: nothing leaves meanwhile, and the day brings them back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.clock import PARIS
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.diary.holds import end_hold, record_hold
from amiable.diary.lifecycle import CALLBACK
from amiable.diary.models import Callback, Hold
from amiable.diary.writing import close, open_for
from amiable.domain.creditors import window
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import contact_window
from amiable.domain.text.french import hour
from amiable.parties.models import ContactPoint, Person
from amiable.procedures.in_force import policy_of

Status: Any = Callback.Status
HoldKind: Any = Hold.Kind


def record_callback(
    *,
    account: Account,
    on: date,
    at: time | None,
    actor: User | None,
    today: date,
    person: Person | None = None,
    contact_point: ContactPoint | None = None,
) -> Callback:
    """The promise to call, inside the transaction of a call. The account waits until that day included: who
    was told « je vous rappelle » gets no letter before.

    Raises DomainError when the day is past, or outside the hours at which people may be called (DUN-08).
    """
    if on < today:
        raise DomainError("call_back_passed", "Le rappel doit être prévu aujourd’hui ou plus tard.")
    _check_hours(account, on, at)
    said = f"Rappel prévu le {on:%d/%m/%Y}" + (f" à {hour(at)}" if at else "")
    hold = record_hold(
        account=account,
        kind=HoldKind.PAUSE,
        reason=said,
        starts_on=today,
        ends_on=on,
        actor=actor,
        today=today,
    )
    return Callback.objects.create(
        account=account,
        person=person,
        contact_point=contact_point,
        officer=actor,
        due_on=on,
        due_time=at,
        hold=hold,
    )


def _check_hours(account: Account, on: date, at: time | None) -> None:
    allowed = window(policy_of(account.office, on))
    if not allowed.open_on(on, account.office.territory):
        raise DomainError("call_back_closed", "L’office n’appelle pas ce jour-là : choisissez un jour ouvré.")
    wanted = datetime.combine(on, at, PARIS) if at else None
    if wanted and contact_window(wanted, allowed, account.office.territory) != wanted:
        raise DomainError(
            "call_back_hours",
            f"L’office appelle de {hour(allowed.opens)} à {hour(allowed.closes)} : changez l’heure.",
        )


def settle(account: Account, *, actor: User | None, today: date, status: Any = Status.DONE) -> int:
    """Somebody called, or the call is no longer due: the account stops waiting for it. Returns how many."""
    pending = list(Callback.objects.filter(account=account, status=Status.PENDING).select_related("hold"))
    for callback in pending:
        move_all(Callback.objects.filter(pk=callback.pk), status, CALLBACK, settled_on=today)
        hold = callback.hold
        if hold is not None and hold.lifted_on is None:
            hold.account = account
            end_hold(hold, on=today, actor=actor)
    return len(pending)


@transaction.atomic
def cancel_callback(*, callback: Callback, actor: User, today: date, version: int | None = None) -> Callback:
    """The person called by themselves, or no longer wants it."""
    account = callback.account
    open_for(account, actor=actor, version=version)
    if not settle(account, actor=actor, today=today, status=Status.CANCELLED):
        raise DomainError("callback_settled", "Ce rappel est déjà fait ou annulé.")
    close(account, "diary.callback_cancelled", actor=actor, today=today, target=callback)
    callback.refresh_from_db()
    return callback


def due(user: User, today: date, *, officer_id: int | None = None) -> QuerySet[Callback]:
    """Calls promised for today or before, in the user's scope, in order of hour; one query when read."""
    found = scope(Callback.objects.filter(status=Status.PENDING, due_on__lte=today), user)
    if officer_id is not None:
        found = found.filter(officer_id=officer_id)
    related = ("account__person", "account__office", "person", "contact_point", "officer")
    return found.select_related(*related).order_by("due_on", F("due_time").asc(nulls_last=True), "pk")
