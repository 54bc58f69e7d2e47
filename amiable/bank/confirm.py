"""« À rapprocher »: an officer says whose money it is, or that it is nobody's here. Undone by putting it
back.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from amiable.accounts.models import Account
from amiable.bank.claiming import DONE, claim, free, learn, unlearn
from amiable.bank.models import BankTransaction
from amiable.bank.postings import Posted, payment_by_amount, settle_back, settle_credit, settle_return
from amiable.bank.splitting import Share, fee_inside, split
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.deciding import contest
from amiable.intake.lists.movements import stable_key
from amiable.ledger.models import Entry
from amiable.ledger.services import post
from amiable.positions.stale import mark


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
    if fee := fee_inside(row, account.pk):
        share = Share(account, -row.amount_cents - fee)
        parts = split(row=row, shares=[share], actor=actor, today=today, aside_cents=fee)
        return Posted(parts[0].entry_id, account.pk) if parts[0].entry_id else None
    claim(row, actor, BankTransaction.Status.MATCHED)
    if row.is_return:
        payment = payment_by_amount(row, account.pk)
        posted = settle_return(row, account.pk, payment, how="officer", apart=apart)
    elif row.reversal:
        posted = settle_back(row, account.pk, apart=apart)
    else:
        posted = settle_credit(row, account.pk, how="officer", apart=apart)
    if posted is None:
        free(row)
        return None
    if not (row.is_return or row.reversal):
        learn(row, account, today)
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
    if row.same_entry is not None and row.same_entry.reversed_by.filter(kind=EntryKind.ANNULATION).exists():
        raise DomainError(
            "matching.undone", "Cette écriture a été annulée depuis : si l’argent est là, « C’est un autre »."
        )
    claim(row, actor, BankTransaction.Status.SAME)
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
        raise DONE
    return held


@transaction.atomic
def set_aside(*, row: BankTransaction, actor: User) -> None:
    """The line concerns no debtor of the office (a subsidy, a deposit): it leaves the list, kept for the
    record.
    """
    claim(row, actor, BankTransaction.Status.SET_ASIDE)
    record("bank.set_aside", office=row.office, actor=actor, target=row)


@transaction.atomic
def put_back(*, row: BankTransaction, actor: User, today: date) -> None:
    """Undo a decision: a posted entry is reversed (never deleted), the line waits again.

    Raises DomainError when the line waits already, or stands for a row that a list brought.
    """
    row = BankTransaction.objects.select_for_update(of=("self",)).select_related("entry").get(pk=row.pk)
    if row.status == BankTransaction.Status.TO_MATCH:
        raise DONE
    if row.part_of_id is not None:
        raise DomainError("matching.part", "Cette somme est une part d’un virement : annulez la répartition.")
    for part in row.parts.select_related("entry__account"):
        _undo(part, today)
    row.parts.all().delete()
    _undo(row, today)
    free(row)
    record(
        "bank.put_back", office=row.office, actor=actor, target=row,
        account_id=row.entry.account_id if row.entry else None,
    )  # fmt: skip


def _undo(row: BankTransaction, today: date) -> None:
    """All that a decision did: its posting, what was learned of it, what was recognised in it."""
    if row.entry is None:
        return
    unlearn(row, row.entry.account.person_id)
    if row.status == BankTransaction.Status.MATCHED:
        if row.entry.import_id != row.batch_id:
            raise DomainError(
                "matching.from_list", "Cette écriture vient d'une liste : elle se corrige par une annulation."
            )
        _reverse(row.entry, row, today)
        contest(row.entry)
        mark(row.office_id, [row.entry.account_id])


def _reverse(entry: Entry, row: BankTransaction, today: date) -> None:
    """The annulation of a wrong match, dated as the entry so that the account's past is as if it never
    was.
    """
    count = entry.reversed_by.count()
    if entry.reversed_by.filter(kind=EntryKind.ANNULATION).exists():
        raise DONE
    post(
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
