"""Measures (SUR-10, SUR-11): a moratorium, a schedule imposed on part A, and its lapse.

A schedule is postings: what it puts off is taken from part A by name, oldest item first, and due again as
instalments on their own days. What it leaves out stays frozen until the measures end.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.holds import active_on, end_hold, extend_hold, record_hold
from amiable.diary.models import Hold
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.frozen_parts import Part, PartItem, split_of
from amiable.ledger.models import Entry
from amiable.ledger.services import Named, call_instalment, settle_by_name, take_back
from amiable.overindebtedness.erasing import check_reducible

HoldKind: Any = Hold.Kind


@transaction.atomic
def moratorium(
    *,
    account: Account,
    on: date,
    months: int,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> Hold:
    """Part A stays frozen for `months` from `on`; DomainError beyond what the law allows."""
    ends_on = add_months(on, months)
    _check_end(account, "SUR-10.2", on, ends_on)
    open_for(account, actor=actor, version=version)
    hold = _hold_until(account, ends_on, actor, today)
    data = {"event": "bdf.moratorium", "decided_on": on.isoformat(), "ends_on": ends_on.isoformat()}
    write(account, Kind.DOSSIER, on=today, actor=actor, data=data, key=f"bdf:{account.pk}:moratorium:{on}")
    close(account, "surendettement.measured", actor=actor, today=today, target=hold)
    return hold


@transaction.atomic
def reschedule(
    *,
    account: Account,
    on: date,
    first_due_on: date,
    monthly_cents: int,
    count: int,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> list[Entry]:
    """A schedule imposed on `on`: `count` monthly instalments, the last one less when part A is smaller.

    Returns the instalments. Idempotent by the decision's day.
    """
    reference = f"BDF-PLAN-{on.isoformat()}"
    known = Entry.objects.filter(account=account, kind=EntryKind.ECHEANCE, reference=reference)
    if known.exists():
        return list(known.order_by("due_on"))
    if monthly_cents <= 0 or count <= 0 or first_due_on < on:
        raise DomainError(
            "bad_schedule", "Indiquez une mensualité, un nombre d’échéances et un premier jour à venir."
        )
    check_reducible(account)
    ends_on = add_months(first_due_on, count - 1)
    _check_end(account, "SUR-10.1", on, ends_on)
    open_for(account, actor=actor, version=version)
    hold = _hold_until(account, ends_on, actor, today)
    items = [item for item in split_of(account, today).a.items if item.kind != EntryKind.ECHEANCE]
    total = min(monthly_cents * count, sum(item.rest_cents for item in items))
    if not total:
        raise DomainError("nothing_frozen", "Aucune dette gelée : il n’y a rien à échelonner.")
    settle_by_name(
        account=account, kind=EntryKind.REECHELONNEMENT, lines=_oldest(items, total, on), reference=reference
    )
    instalments = []
    for number in range(count):
        cents = min(monthly_cents, total - number * monthly_cents)
        if cents > 0:
            due_on = add_months(first_due_on, number)
            instalments.append(
                call_instalment(
                    account=account, number=number, cents=cents, due_on=due_on, on=on, reference=reference
                )
            )
    data = {
        "event": "bdf.rescheduled",
        "decided_on": on.isoformat(),
        "total_cents": total,
        "instalments": len(instalments),
    }
    write(account, Kind.DOSSIER, on=today, actor=actor, data=data, key=f"bdf:{account.pk}:plan:{on}")
    close(account, "surendettement.measured", actor=actor, today=today, target=hold)
    return instalments


@transaction.atomic
def lapse(*, account: Account, on: date, actor: User | None, today: date, version: int | None = None) -> int:
    """The measures lapsed on `on` (SUR-11): what was put off and is unpaid is part A again, and may be
    claimed from the day after. Returns the cents that came back. What was paid stays paid."""
    holds = list(account.holds.filter(active_on(today), kind=HoldKind.SURENDETTEMENT))
    if not holds:
        raise DomainError("no_recevabilite", "Aucune mesure de surendettement n’est en cours sur ce compte.")
    open_for(account, actor=actor, version=version)
    back = _take_back_instalments(account, on, today)
    for hold in holds:
        end_hold(hold, on=today, actor=actor, keep_parts_until=max(on, hold.starts_on))
    data = {"event": "bdf.lapsed", "lapsed_on": on.isoformat(), "back_cents": back}
    write(account, Kind.DOSSIER, on=today, actor=actor, data=data, key=f"bdf:{holds[0].pk}:lapsed")
    close(account, "surendettement.lapsed", actor=actor, today=today, target=holds[0])
    return back


def unpaid_instalments(account: Account, today: date) -> Part:
    """The instalments due and unpaid: what a mise en demeure of SUR-11 asks for, and nothing else."""
    split = split_of(account, today)
    return Part(tuple(item for item in split.due(split.a).items if item.kind == EntryKind.ECHEANCE))


def _take_back_instalments(account: Account, on: date, today: date) -> int:
    entries = Entry.objects.filter(account=account)
    back = 0
    for item in split_of(account, max(on, today)).a.items:
        if item.kind == EntryKind.ECHEANCE:
            take_back(entry=entries.get(pk=item.entry_id), cents=item.rest_cents, on=on)
            back += item.rest_cents
    left = back
    # The newest items first: what the schedule had reached of the oldest ones is paid.
    for entry in entries.filter(kind=EntryKind.REECHELONNEMENT).order_by("-reverses__due_on", "-pk"):
        held = -entry.amount_cents - sum(row.amount_cents for row in entry.reversed_by.all())
        cents = min(left, held)
        if cents > 0:
            take_back(entry=entry, cents=cents, on=on)
            left -= cents
    return back


def _oldest(items: list[PartItem], total: int, on: date) -> list[Named]:
    lines = []
    for item in items:
        cents = min(total, item.rest_cents)
        if cents:
            lines.append(Named(item.entry_id, cents, max(on, item.enter_on)))
            total -= cents
    return lines


def _check_end(account: Account, rule: str, on: date, ends_on: date) -> None:
    latest = law.limit(rule, on, territory=account.office.territory).ends_on
    if ends_on > latest:
        raise DomainError(
            "measures_too_long",
            f"La loi arrête ces mesures au {latest:%d/%m/%Y} ({rule}) : vérifiez la durée notifiée.",
        )


def _hold_until(account: Account, ends_on: date, actor: User | None, today: date) -> Hold:
    """The freeze lasts as long as the measures, though the suspension of SUR-01 would have ended before."""
    if account.split_on is None:
        raise DomainError("no_recevabilite", "Notez d’abord la recevabilité : rien n’a été enregistré.")
    hold = account.holds.filter(active_on(today), kind=HoldKind.SURENDETTEMENT).order_by("-pk").first()
    # Entered once its measures are over, it leaves one more day: the night after lifts it.
    until = max(ends_on, today)
    if hold is not None:
        return extend_hold(hold, ends_on=until)
    return record_hold(
        account=account,
        kind=HoldKind.SURENDETTEMENT,
        reason="Mesures de surendettement",
        starts_on=account.split_on,
        ends_on=until,
        actor=actor,
        today=today,
    )
