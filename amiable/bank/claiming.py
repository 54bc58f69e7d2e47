"""A waiting line is taken once, let go again, and what it teaches about its payer is learned or forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from amiable.accounts.models import Account
from amiable.bank.lifecycle import BANK
from amiable.bank.models import BankTransaction
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.parties.models import PersonIban

#: A line that waits for an officer holds nothing of a decision.
_UNDECIDED: dict[str, Any] = {"entry": None, "matched_by": "", "decided_by": None, "decided_at": None}
DONE = DomainError(
    "matching.done",
    "Cette ligne a déjà été traitée par quelqu'un d'autre : rien n'a été changé. Rechargez la page.",
)


def claim(row: BankTransaction, actor: User, to: Any) -> None:
    """Take the line if it still waits: of two officers the second is told."""
    waiting = BankTransaction.objects.filter(pk=row.pk, status=BankTransaction.Status.TO_MATCH)
    if not move_all(waiting, to, BANK, decided_by=actor, decided_at=timezone.now()):
        raise DONE


def free(row: BankTransaction) -> None:
    """The line waits again."""
    move_all(BankTransaction.objects.filter(pk=row.pk), BankTransaction.Status.TO_MATCH, BANK, **_UNDECIDED)


def learn(row: BankTransaction, account: Account, today: date) -> None:
    if row.iban:
        PersonIban.objects.get_or_create(
            person_id=account.person_id, iban=row.iban, defaults={"learned_on": today}
        )


def unlearn(row: BankTransaction, person_id: int) -> None:
    """The IBAN is forgotten, unless another decision still says that this person pays from it."""
    others = BankTransaction.objects.filter(
        office=row.office_id, iban=row.iban, matched_by="officer", entry__account__person_id=person_id
    )
    if row.iban and not others.exclude(pk=row.pk).exists():
        PersonIban.objects.filter(person_id=person_id, iban=row.iban).delete()
