"""What stops dunning: pause, dispute, plan, protected adult, death, surendettement, court."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from amiable.accounts.models import Account
from amiable.core.journal import record
from amiable.core.lifecycle import move_all
from amiable.core.models import Office, User
from amiable.diary.free_text import check_text
from amiable.diary.lifecycle import CALLBACK
from amiable.diary.models import Callback, Dispute, Hold
from amiable.diary.writing import Kind, close, open_for, refresh, write
from amiable.domain import law
from amiable.domain.errors import DomainError

HoldKind: Any = Hold.Kind
#: How many accounts are refreshed and committed together by the nightly step.
_CHUNK = 500


def active_on(day: date) -> Q:
    """Holds in force that day."""
    return (
        Q(starts_on__lte=day)
        & (Q(ends_on=None) | Q(ends_on__gte=day))
        & (Q(lifted_on=None) | Q(lifted_on__gt=day))
    )


@transaction.atomic
def start_hold(
    *,
    account: Account,
    kind: str,
    reason: str,
    actor: User | None,
    today: date,
    starts_on: date | None = None,
    ends_on: date | None = None,
    disputed_cents: int | None = None,
    version: int | None = None,
) -> Hold:
    """Stop the chase on an account.

    PAUSE needs an end. DISPUTE sets `disputed_cents` apart (None: the whole debt). SURENDETTEMENT:
    `starts_on` is the date of the recevabilité; what was due up to it is frozen (SUR-02).
    """
    open_for(account, actor=actor, version=version)
    hold = record_hold(
        account=account,
        kind=kind,
        reason=reason,
        starts_on=starts_on or today,
        ends_on=ends_on,
        disputed_cents=disputed_cents,
        actor=actor,
        today=today,
    )
    close(account, "hold.started", actor=actor, today=today, target=hold, kind=hold.kind)
    return hold


def record_hold(
    *,
    account: Account,
    kind: str,
    reason: str,
    starts_on: date,
    ends_on: date | None,
    actor: User | None,
    today: date,
    disputed_cents: int | None = None,
) -> Hold:
    """The hold and its line in the diary, inside the transaction of a wider act."""
    _check(kind, starts_on, ends_on, disputed_cents, today)
    if kind == HoldKind.SURENDETTEMENT and ends_on is None:
        ends_on = law.limit("SUR-01", starts_on, territory=account.office.territory).ends_on
    text = check_text(reason, limit=300)
    if not text:
        raise DomainError("reason_missing", "Indiquez le motif.")
    hold = Hold.objects.create(
        account=account,
        kind=kind,
        reason=text,
        starts_on=starts_on,
        ends_on=ends_on,
        disputed_cents=disputed_cents,
        created_by=actor,
    )
    if kind == HoldKind.SURENDETTEMENT:
        Account.objects.filter(pk=account.pk).update(split_on=starts_on, split_ends_on=None)
    data = {"hold_id": hold.pk, "hold": kind, "ends_on": ends_on.isoformat() if ends_on else None}
    if disputed_cents is not None:
        data["disputed_cents"] = disputed_cents
    line = Kind.DISPUTE if kind == HoldKind.DISPUTE else Kind.HOLD
    write(account, line, on=today, actor=actor, data=data)
    return hold


def _check(kind: str, starts_on: date, ends_on: date | None, disputed_cents: int | None, today: date) -> None:
    if kind not in HoldKind.values:
        raise DomainError("bad_hold", "Ce motif d’attente n’existe pas.")
    if kind == HoldKind.PAUSE and ends_on is None:
        raise DomainError("pause_without_end", "Une pause a une date de fin : indiquez-la.")
    if ends_on is not None and ends_on < max(starts_on, today):
        raise DomainError("hold_ends_early", "La fin doit être aujourd’hui ou plus tard.")
    if starts_on > today:
        raise DomainError("hold_in_future", "Le début ne peut pas être dans l’avenir.")
    if disputed_cents is not None and disputed_cents <= 0:
        raise DomainError("bad_dispute", "Le montant contesté doit être supérieur à zéro.")


@transaction.atomic
def lift_hold(
    *, hold: Hold, actor: User | None, today: date, reason: str = "", version: int | None = None
) -> Hold:
    """End a hold before its date: the procedure takes the account up again."""
    account = hold.account
    open_for(account, actor=actor, version=version)
    end_hold(hold, on=today, actor=actor)
    move_all(Callback.objects.filter(hold=hold), Callback.Status.CANCELLED, CALLBACK, settled_on=today)
    text = check_text(reason, limit=300)
    data = {"hold_id": hold.pk, "hold": hold.kind}
    note = account.notes.create(office_id=account.office_id, author=actor, text=text) if text else None
    write(account, Kind.HOLD_END, on=today, actor=actor, note=note, data=data)
    close(account, "hold.lifted", actor=actor, today=today, target=hold, kind=hold.kind)
    return hold


def end_hold(hold: Hold, *, on: date, actor: User | None, keep_parts_until: date | None = None) -> None:
    """Mark the hold ended, once; DomainError when somebody did it before.

    A surendettement lifted before its end never was: the parts are one again. At its end, or when a decision
    ends the freeze (keep_parts_until: its last day), what was paid meanwhile stays where it went, and the old
    part may be paid again.
    """
    changed = Hold.objects.filter(pk=hold.pk, lifted_on=None).update(lifted_on=on, lifted_by=actor)
    if not changed:
        raise DomainError("hold_already_ended", "Cette mise en attente est déjà levée.")
    hold.lifted_on, hold.lifted_by = on, actor
    if hold.kind == HoldKind.DISPUTE:
        # Ended before anybody decided: the person no longer contests, or it was noted by mistake.
        undecided = Dispute.objects.filter(hold=hold, decision="")
        undecided.update(decision=Dispute.Decision.WITHDRAWN, decided_on=on, decided_by=actor)
    if hold.kind == HoldKind.SURENDETTEMENT:
        other = hold.account.holds.filter(active_on(on), kind=HoldKind.SURENDETTEMENT).first()
        is_over = hold.ends_on is not None and hold.ends_on < on
        last_day = keep_parts_until or (hold.ends_on if is_over else None)
        rows = Account.objects.filter(pk=hold.account_id)
        if other is None and last_day is not None:
            rows.update(split_ends_on=last_day)
        else:
            rows.update(split_on=other.starts_on if other else None, split_ends_on=None)


def extend_hold(hold: Hold, *, ends_on: date) -> Hold:
    """Another end for a hold in force, inside the transaction of the act that decides it."""
    if not Hold.objects.filter(pk=hold.pk, lifted_on=None).update(ends_on=ends_on):
        raise DomainError("hold_already_ended", "Cette mise en attente est déjà levée.")
    hold.ends_on = ends_on
    return hold


def reopen_hold(hold: Hold, *, today: date) -> None:
    """A hold lifted by mistake stands again; DomainError when its own end has passed meanwhile."""
    if hold.ends_on is not None and hold.ends_on < today:
        raise DomainError("hold_over", "Cette mise en attente est terminée : ouvrez-en une nouvelle.")
    Hold.objects.filter(pk=hold.pk).update(lifted_on=None, lifted_by=None)
    withdrawn = Dispute.objects.filter(hold=hold, decision=Dispute.Decision.WITHDRAWN)
    withdrawn.update(decision="", decided_on=None, decided_by=None)
    if hold.kind == HoldKind.SURENDETTEMENT:
        Account.objects.filter(pk=hold.account_id).update(split_on=hold.starts_on, split_ends_on=None)


def expire_holds(*, office: Office, as_of: date) -> int:
    """End the holds whose date has passed; returns how many. Running it twice changes nothing."""
    done = 0
    while expired := list(_expired(office, as_of)[:_CHUNK]):
        with transaction.atomic():
            for hold in expired:
                _expire(hold, as_of)
            refresh(office, sorted({hold.account_id for hold in expired}), as_of)
        done += len(expired)
    return done


def _expired(office: Office, as_of: date) -> QuerySet[Hold]:
    due = Hold.objects.filter(account__office=office, lifted_on=None, ends_on__lt=as_of)
    return due.select_related("account").order_by("pk")


def _expire(hold: Hold, as_of: date) -> None:
    assert hold.ends_on is not None
    ended_on = hold.ends_on + timedelta(days=1)
    end_hold(hold, on=ended_on, actor=None)
    Account.objects.filter(pk=hold.account_id).update(version=F("version") + 1)
    data = {"hold_id": hold.pk, "hold": hold.kind}
    write(
        hold.account, Kind.HOLD_END, on=ended_on, actor=None, data=data, key=f"hold:{hold.pk}:end:{ended_on}"
    )
    record(
        "hold.expired",
        office=hold.account.office,
        actor=None,
        target=hold,
        account_id=hold.account_id,
        data={"kind": hold.kind},
    )
