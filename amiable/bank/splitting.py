"""One transfer for several accounts, one return of several debits: an officer says how much is whose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import combinations, product
from typing import Any

from django.db import transaction

from amiable.accounts.models import Account
from amiable.bank.claiming import claim, learn
from amiable.bank.matching import Candidate
from amiable.bank.models import BankTransaction
from amiable.bank.postings import payment_by_amount, settle_credit, settle_return
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros
from amiable.ledger.models import Entry
from amiable.positions.stale import mark

Status: Any = BankTransaction.Status
#: Accounts of one proposed split, and accounts it is looked for among.
_AT_MOST, _AMONG = 4, 8


@dataclass(frozen=True)
class Share:
    """So much of a movement for one account. Cents, positive whatever the movement's side."""

    account: Account
    cents: int


@transaction.atomic
def split(
    *, row: BankTransaction, shares: Sequence[Share], actor: User, today: date, aside_cents: int = 0
) -> list[BankTransaction]:
    """Post each share of a waiting line to its account; `aside_cents` of it concern no debtor (a fee).

    A share that a list may have brought already waits as a line of its own. Raises DomainError when the line
    waits no more, or when the shares are not the whole.
    """
    _check(row, shares, aside_cents)
    claim(row, actor, Status.SPLIT)
    sign = 1 if row.amount_cents > 0 else -1
    parts = [_part(row, place, sign * share.cents) for place, share in enumerate(shares)]
    for part, share in zip(parts, shares, strict=True):
        if row.is_return:
            settle_return(part, share.account.pk, payment_by_amount(part, share.account.pk), how="officer")
        else:
            settle_credit(part, share.account.pk, how="officer")
            learn(part, share.account, today)
    if aside_cents:
        parts.append(_part(row, len(shares), sign * aside_cents, Status.SET_ASIDE))
    BankTransaction.objects.filter(part_of=row).update(decided_by=actor)
    ids = [share.account.pk for share in shares]
    mark(row.office_id, ids)
    record(
        "bank.split", office=row.office, actor=actor, target=row,
        data={"accounts": ids, "cents": [share.cents for share in shares], "aside": aside_cents},
    )  # fmt: skip
    return parts


def _check(row: BankTransaction, shares: Sequence[Share], aside_cents: int) -> None:
    if row.reversal and row.amount_cents > 0:
        raise DomainError("matching.split", "L’argent de l’office qui revient ne se répartit pas.")
    if any(share.account.office_id != row.office_id for share in shares):
        raise DomainError("matching.other_office", "Ce compte est celui d'un autre office.")
    if len({share.account.pk for share in shares}) != len(shares) or not shares:
        raise DomainError("matching.split", "Donnez chaque compte une fois, avec sa part.")
    if any(share.cents <= 0 for share in shares) or aside_cents < 0:
        raise DomainError("matching.split", "Chaque part est une somme au-dessus de zéro.")
    total = sum(share.cents for share in shares) + aside_cents
    if total != abs(row.amount_cents):
        raise DomainError(
            "matching.split",
            f"Les parts font {euros(total)}, la ligne {euros(abs(row.amount_cents))} : rien n’a été inscrit.",
        )


def _part(row: BankTransaction, place: int, cents: int, status: str = Status.TO_MATCH) -> BankTransaction:
    return BankTransaction.objects.create(
        office_id=row.office_id, batch_id=row.batch_id, part_of=row, status=status,
        key=sha256(f"{row.key}|{place}".encode()).hexdigest(),
        booked_on=row.booked_on, amount_cents=cents, is_return=row.is_return, reversal=row.reversal,
        reason_code=row.reason_code, reference=row.reference, mandate_ref=row.mandate_ref,
        party_name=row.party_name, iban=row.iban, label=row.label, teller=row.teller,
        bank_account=row.bank_account, line=row.line,
    )  # fmt: skip


def fee_inside(row: BankTransaction, account_id: int) -> int:
    """What a return holds above the one payment of this account that bears its reference: the bank's fee."""
    if not row.is_return or not row.reference:
        return 0
    rows = Entry.objects.filter(
        account_id=account_id, kind=EntryKind.ENCAISSEMENT, reference=row.reference[:80], reversed_by=None
    )
    held = {-cents for cents in rows.values_list("amount_cents", flat=True)}
    return -row.amount_cents - held.pop() if len(held) == 1 and max(held) < -row.amount_cents else 0


def fitting(cents: int, accounts: Iterable[Candidate]) -> tuple[tuple[int, int], ...]:
    """(account, cents) of the one way several of these accounts' debts or months make a sum; else nothing.

    The fewest accounts first; two ways with as many accounts say nothing.
    """
    sums = [
        (one.account_id, sorted({one.balance_cents, one.monthly_cents} - {0}))
        for one in list(accounts)[:_AMONG]
    ]
    sums = [(account, [s for s in held if 0 < s < cents]) for account, held in sums]
    for size in range(2, _AT_MOST + 1):
        found = [
            tuple(zip((account for account, _ in some), amounts, strict=True))
            for some in combinations(sums, size)
            for amounts in product(*(held for _, held in some))
            if sum(amounts) == cents
        ]
        if found:
            return found[0] if len(found) == 1 else ()
    return ()
