"""A decision entered late: what was prepared against it is withdrawn, what should not have left is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.models import DiaryEntry, Promise
from amiable.diary.promises import cancel_promise
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.models import Entry
from amiable.outreach.services import withdraw
from amiable.plans.queries import current_versions
from amiable.plans.services import stop

K: Any = DiaryEntry.Kind
_OUTGOING = (K.SMS, K.EMAIL, K.LETTER, K.LRAR)
_PROMISES: Any = Promise.Status
_REASON = "Décision de surendettement du {on:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that asked for money the debtor was not allowed to pay, with its proof."""

    diary_id: int
    on: date
    kind: str
    title: str
    document_id: int | None
    outbox_item_id: int | None
    proof: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was undone (ids): promises, versions of plans; lines of batches and messages not gone yet."""

    promises: tuple[int, ...] = ()
    plans: tuple[int, ...] = ()
    withdrawn: int = 0


def stand_down(*, account: Account, on: date, actor: User | None, today: date) -> Repaired:
    """Everything prepared on the debt as it was before a decision of `on`, inside the decision's transaction.

    A promise or a plan made since is left: it is about what became due since.
    """
    reason = _REASON.format(on=on)
    promises = [one for one in account.promises.filter(status=_PROMISES.PENDING) if one.made_on <= on]
    for promise in promises:
        cancel_promise(promise=promise, actor=actor, today=today)
    versions = [one for one in current_versions([account]) if one.statement_on <= on]
    for version in versions:
        stop(version=version, reason=reason, actor=actor, today=today)
    withdrawn = withdraw(account=account, code="surendettement", reason_fr=reason, today=today)
    return Repaired(tuple(p.pk for p in promises), tuple(v.pk for v in versions), withdrawn)


def letters_since(account: Account, on: date, today: date) -> list[Letter]:
    """What left after `on`, oldest first: it told the debt as one, part A included. One query."""
    left = (
        DiaryEntry.objects.filter(
            account=account, kind__in=_OUTGOING, on__gt=on, on__lte=today, corrects=None
        )
        .exclude(outcome=DiaryEntry.Outcome.FAILED)
        # What the decision itself had written, and what tells no debt.
        .exclude(Q(document__code__startswith="bdf_") | Q(document__code="convocation"))
        .select_related("document")
        .order_by("on", "pk")
    )
    return [
        Letter(
            diary_id=entry.pk,
            on=entry.on,
            kind=entry.get_kind_display(),
            title=entry.document.title if entry.document else entry.get_kind_display(),
            document_id=entry.document_id,
            outbox_item_id=entry.outbox_item_id,
            proof=" ".join(str(entry.data.get(name, "")) for name in ("provider", "reference")).strip(),
        )
        for entry in left
    ]


def fees_since(account: Account, on: date, today: date) -> list[Entry]:
    """Fees charged after the recevabilité: none may be for a returned debit (SUR-05)."""
    undone = Q(reversed_by__kind=EntryKind.ANNULATION)
    fees = Entry.objects.filter(
        account=account, kind=EntryKind.FRAIS, document_on__gt=on, document_on__lte=today
    )
    return list(fees.exclude(undone).order_by("document_on", "pk"))
