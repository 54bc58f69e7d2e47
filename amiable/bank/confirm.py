"""« À rapprocher »: an officer says whose money it is, or that it is nobody's here. Undone by putting it
back.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from amiable.accounts.models import Account
from amiable.bank.lifecycle import BANK
from amiable.bank.models import BankTransaction
from amiable.bank.postings import Posted, payment_by_amount, settle_back, settle_credit, settle_return
from amiable.core.journal import record
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.lists.movements import stable_key
from amiable.ledger.models import Entry
from amiable.parties.models import PersonIban
from amiable.positions.stale import mark

#: A line that waits for an officer holds nothing of a decision.
_UNDECIDED: dict[str, Any] = {"entry": None, "matched_by": "", "decided_by": None, "decided_at": None}
_DONE = DomainError(
    "matching.done",
    "Cette ligne a déjà été traitée par quelqu'un d'autre : rien n'a été changé. Rechargez la page.",
)


@transaction.atomic
def confirm(
    *, row: BankTransaction, account: Account, actor: User, today: date, apart: bool = False
) -> Posted | None:
    """Post a waiting line to `account`, and learn the payer's IBAN for the next time.

    A returned debit undoes the latest payment of its amount, else is due that day. None: a list brought money
    that may be this one, the line waits and says so; `apart` when the officer has said that it is another.
    Raises DomainError when the line is no longer waiting or the account is another office's.
    """
    if account.office_id != row.office_id:
        raise DomainError("matching.other_office", "Ce compte est celui d'un autre office.")
    _claim(row, actor, BankTransaction.Status.MATCHED)
    if row.is_return:
        payment = payment_by_amount(row, account.pk)
        posted = settle_return(row, account.pk, payment, how="officer", apart=apart)
    elif row.reversal:
        posted = settle_back(row, account.pk, apart=apart)
    else:
        posted = settle_credit(row, account.pk, how="officer", apart=apart)
    if posted is None:
        _free(row)
        return None
    if not (row.is_return or row.reversal):
        _learn(row, account, today)
    mark(row.office_id, [account.pk])
    record(
        "bank.matched", office=row.office, actor=actor, target=row, account_id=account.pk,
        data={"entry": posted.entry_id, "already": posted.already},
    )  # fmt: skip
    return posted


@transaction.atomic
def same(*, row: BankTransaction, actor: User) -> None:
    """The line is the money it was thought to be: nothing is posted, it is known already."""
    row = _doubtful(row)
    _claim(row, actor, BankTransaction.Status.SAME)
    BankTransaction.objects.filter(pk=row.pk).update(entry=row.same_entry, matched_by="officer")
    record("bank.same", office=row.office, actor=actor, target=row)


@transaction.atomic
def another(*, row: BankTransaction, actor: User, today: date) -> Posted | None:
    """The line is money of its own: posted where its text says, else it waits for its account."""
    row = _doubtful(row)
    account = own_account(row)
    BankTransaction.objects.filter(pk=row.pk).update(same_as=None, same_entry=None, identity_fr="")
    row.same_as = row.same_entry = None
    record("bank.another", office=row.office, actor=actor, target=row)
    if account is None:
        return None
    return confirm(row=row, account=account, actor=actor, today=today, apart=True)


def own_account(row: BankTransaction) -> Account | None:
    """Where a doubtful line goes once it is said to be another: the account of its twin, or its own."""
    if row.same_entry is not None:
        return row.same_entry.account
    named = row.suggestions.filter(reason_fr__startswith="compte reconnu").select_related("account")
    return next((suggestion.account for suggestion in named), None)


def _doubtful(row: BankTransaction) -> BankTransaction:
    """The line, held: of two officers who answer, the second finds it decided."""
    held = BankTransaction.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.status != BankTransaction.Status.TO_MATCH or not (held.same_as_id or held.same_entry_id):
        raise _DONE
    return held


@transaction.atomic
def set_aside(*, row: BankTransaction, actor: User) -> None:
    """The line concerns no debtor of the office (a subsidy, a deposit): it leaves the list, kept for the
    record.
    """
    _claim(row, actor, BankTransaction.Status.SET_ASIDE)
    record("bank.set_aside", office=row.office, actor=actor, target=row)


@transaction.atomic
def put_back(*, row: BankTransaction, actor: User, today: date) -> None:
    """Undo a decision: a posted entry is reversed (never deleted), the line waits again.

    Raises DomainError when the line waits already, or stands for a row that a list brought.
    """
    row = BankTransaction.objects.select_for_update(of=("self",)).select_related("entry").get(pk=row.pk)
    if row.status == BankTransaction.Status.TO_MATCH:
        raise _DONE
    if row.entry is not None and row.status == BankTransaction.Status.MATCHED:
        if row.entry.import_id != row.batch_id:
            raise DomainError(
                "matching.from_list", "Cette écriture vient d'une liste : elle se corrige par une annulation."
            )
        _reverse(row.entry, row, today)
        mark(row.office_id, [row.entry.account_id])
    _free(row)
    record(
        "bank.put_back", office=row.office, actor=actor, target=row,
        account_id=row.entry.account_id if row.entry else None,
    )  # fmt: skip


def _free(row: BankTransaction) -> None:
    """The line waits again."""
    move_all(BankTransaction.objects.filter(pk=row.pk), BankTransaction.Status.TO_MATCH, BANK, **_UNDECIDED)


def _reverse(entry: Entry, row: BankTransaction, today: date) -> None:
    """The annulation of a wrong match, dated as the entry so that the account's past is as if it never
    was.
    """
    count = entry.reversed_by.count()
    if entry.reversed_by.filter(kind=EntryKind.ANNULATION).exists():
        raise _DONE
    Entry.objects.create(
        account_id=entry.account_id,
        kind=EntryKind.ANNULATION,
        document_on=entry.document_on,
        due_on=entry.document_on if entry.amount_cents < 0 else None,
        amount_cents=-entry.amount_cents,
        reverses=entry,
        key=stable_key(f"U|{entry.pk}|{count}"),
        reference=entry.reference,
        import_id=row.batch_id,
    )


def _claim(row: BankTransaction, actor: User, to: Any) -> None:
    """Take the line if it still waits: of two officers the second is told."""
    waiting = BankTransaction.objects.filter(pk=row.pk, status=BankTransaction.Status.TO_MATCH)
    if not move_all(waiting, to, BANK, decided_by=actor, decided_at=timezone.now()):
        raise _DONE


def _learn(row: BankTransaction, account: Account, today: date) -> None:
    if row.iban:
        PersonIban.objects.get_or_create(
            person_id=account.person_id, iban=row.iban, defaults={"learned_on": today}
        )
