"""Promises to pay: made, cancelled, and followed by the ledger itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from amiable.accounts.models import Account
from amiable.core.journal import record
from amiable.core.lifecycle import move, move_all
from amiable.core.models import Office, User
from amiable.diary import policy
from amiable.diary.following import Followed, Promised, Received, follow
from amiable.diary.lifecycle import PROMISE
from amiable.diary.models import Promise
from amiable.diary.writing import Kind, close, open_for, refresh, write
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.models import Entry

Status: Any = Promise.Status
#: A promise is looked at again this long after its date: a payment may be rejected, or arrive in a late list.
_LOOK_BACK_DAYS = 60
_CHUNK = 500
_LINES = {Status.KEPT: Kind.PROMISE_KEPT, Status.BROKEN: Kind.PROMISE_BROKEN}


@transaction.atomic
def make_promise(
    *,
    account: Account,
    amount_cents: int,
    due_on: date,
    actor: User | None,
    today: date,
    made_on: date | None = None,
    version: int | None = None,
) -> Promise:
    """The debtor says what they will pay, and when; until then nobody chases them."""
    open_for(account, actor=actor, version=version)
    promise = record_promise(
        account=account, amount_cents=amount_cents, due_on=due_on, actor=actor, today=today, made_on=made_on
    )
    close(account, "promise.made", actor=actor, today=today, target=promise, amount_cents=amount_cents)
    return promise


def record_promise(
    *,
    account: Account,
    amount_cents: int,
    due_on: date | None,
    actor: User | None,
    today: date,
    made_on: date | None = None,
) -> Promise:
    """The promise and its line in the diary, inside the transaction of a wider act."""
    made_on = made_on or today
    if amount_cents <= 0:
        raise DomainError("bad_promise", "Le montant promis doit être supérieur à zéro.")
    if due_on is None:
        raise DomainError("promise_without_date", "Indiquez pour quand le paiement est promis.")
    if due_on < made_on or made_on > today:
        raise DomainError("promise_passed", "La date promise doit être aujourd’hui ou plus tard.")
    promise = Promise.objects.create(
        account=account, made_on=made_on, due_on=due_on, amount_cents=amount_cents, created_by=actor
    )
    data = {"promise_id": promise.pk, "amount_cents": amount_cents, "due_on": due_on.isoformat()}
    write(account, Kind.PROMISE, on=made_on, actor=actor, data=data)
    return promise


@transaction.atomic
def cancel_promise(
    *, promise: Promise, actor: User | None, today: date, version: int | None = None
) -> Promise:
    """A promise that no longer stands (made by mistake, replaced by another)."""
    open_for(promise.account, actor=actor, version=version)
    move(promise, Status.CANCELLED, PROMISE, settled_on=today)
    data = {"promise_id": promise.pk, "amount_cents": promise.amount_cents}
    write(promise.account, Kind.PROMISE_CANCELLED, on=today, actor=actor, data=data)
    close(promise.account, "promise.cancelled", actor=actor, today=today, target=promise)
    return promise


def follow_promises(*, office: Office, as_of: date) -> int:
    """Judge the promises of an office by its ledger on `as_of`; returns how many changed.

    Everything goes by document date, so running it twice, or a day late, gives the same result.
    """
    grace_days = policy.value(office, "promise_grace_days", as_of)
    followed = (
        Promise.objects.filter(account__office=office, due_on__gte=as_of - timedelta(days=_LOOK_BACK_DAYS))
        .union(Promise.objects.filter(account__office=office, status=Status.PENDING))
        .values_list("account_id", flat=True)
    )
    ids = sorted(set(followed))
    return sum(_follow_accounts(office, chunk, as_of, grace_days) for chunk in _chunks(ids))


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]


@transaction.atomic
def _follow_accounts(office: Office, ids: list[int], as_of: date, grace_days: int) -> int:
    by_account: dict[int, list[Promise]] = defaultdict(list)
    standing = Promise.objects.exclude(status=Status.CANCELLED).filter(account_id__in=ids, made_on__lte=as_of)
    for promise in standing.select_related("account"):
        by_account[promise.account_id].append(promise)
    payments, since = _payments(ids, as_of), as_of - timedelta(days=_LOOK_BACK_DAYS)
    changed: list[Promise] = []
    for account_id, promises in by_account.items():
        asked = [Promised(one.pk, one.made_on, one.due_on, one.amount_cents) for one in promises]
        results = {one.id: one for one in follow(asked, payments[account_id], as_of, grace_days)}
        # Older promises count their own payments, so that no later promise takes them, but do not change.
        open_ones = [one for one in promises if one.due_on >= since or one.status == Status.PENDING]
        changed += [one for one in open_ones if _settle(one, results[one.pk], office, as_of)]
    refresh(office, sorted({promise.account_id for promise in changed}), as_of)
    return len(changed)


def _payments(ids: list[int], as_of: date) -> dict[int, list[Received]]:
    """Payments of some accounts known on `as_of`, net of what undoes them."""
    rows = Entry.objects.filter(
        account_id__in=ids, kind=EntryKind.ENCAISSEMENT, document_on__lte=as_of
    ).values_list("pk", "account_id", "document_on", "amount_cents")
    undone = dict(
        Entry.objects.filter(reverses__account_id__in=ids, document_on__lte=as_of)
        .values_list("reverses_id")
        .annotate(total=Sum("amount_cents"))
    )
    found: dict[int, list[Received]] = defaultdict(list)
    for pk, account_id, on, amount_cents in rows:
        left = -amount_cents - undone.get(pk, 0)
        if left > 0:
            found[account_id].append(Received(on, left))
    return found


def _settle(promise: Promise, result: Followed, office: Office, as_of: date) -> bool:
    """Write what changed, once: the row is claimed by its former status."""
    if (result.status, result.received_cents) == (promise.status, promise.received_cents):
        return False
    claimed = move_all(
        Promise.objects.filter(pk=promise.pk, status=promise.status),
        result.status,
        PROMISE,
        received_cents=result.received_cents,
        settled_on=result.settled_on,
    )
    if not claimed or result.status == promise.status:
        return False
    Account.objects.filter(pk=promise.account_id).update(version=F("version") + 1)
    line = _LINES.get(Status(result.status))
    if line is not None:
        write(
            promise.account,
            line,
            on=as_of,
            actor=None,
            data={
                "promise_id": promise.pk,
                "amount_cents": promise.amount_cents,
                "received_cents": result.received_cents,
                "due_on": promise.due_on.isoformat(),
            },
            key=f"promise:{promise.pk}:{result.status}:{as_of.isoformat()}",
        )
    record(
        "promise.followed",
        office=office,
        actor=None,
        target=promise,
        account_id=promise.account_id,
        data={"status": result.status, "received_cents": result.received_cents},
    )
    return True
