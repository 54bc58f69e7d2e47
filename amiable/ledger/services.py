"""The house's own postings, beside those of lists and bank files: append-only, each of them once.

Called inside the transaction of the act that decides them, which holds the account
(`diary.writing.open_for`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from amiable.accounts.models import Account
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import TARGETED_KINDS, EntryKind
from amiable.ledger.models import Entry, Posted


def post(**columns: Any) -> Entry:
    """Write one entry: the only way to write a single one. columns: those of `Entry`."""
    made = Entry.objects.create(**columns)
    Posted.objects.create(after_id=made.pk - 1, upto_id=made.pk)
    return made


@dataclass(frozen=True, slots=True)
class Named:
    """What is to be settled of one item, by name: positive cents, from a day."""

    entry_id: int
    cents: int
    on: date


def settle_by_name(
    *, account: Account, kind: EntryKind, lines: Sequence[Named], reference: str
) -> list[Entry]:
    """Credits that settle the items they name and never another (`domain.settlement_freeze`).

    reference: the decision they carry out. Raises DomainError when a line names no item of the account.
    """
    if kind not in TARGETED_KINDS:
        raise ValueError(f"{kind!r} settles no item by name")
    items = {
        entry.pk: entry
        for entry in Entry.objects.filter(
            account=account, pk__in=[line.entry_id for line in lines], amount_cents__gt=0
        )
    }
    if any(line.entry_id not in items or line.cents <= 0 for line in lines):
        raise DomainError("no_such_item", "Une écriture visée n’est pas une somme due de ce compte.")
    return [
        post(
            account=account,
            kind=kind,
            document_on=line.on,
            period=items[line.entry_id].period,
            amount_cents=-line.cents,
            reverses_id=line.entry_id,
            key=_next_key(account, kind, reference, line.entry_id),
            reference=reference,
        )
        for line in lines
    ]


def call_instalment(
    *, account: Account, number: int, cents: int, due_on: date, on: date, reference: str
) -> Entry:
    """One instalment of imposed measures: what they put off, due again on its own day."""
    return post(
        account=account,
        kind=EntryKind.ECHEANCE,
        document_on=on,
        due_on=due_on,
        amount_cents=cents,
        key=identity(EntryKind.ECHEANCE, reference, number),
        reference=reference,
    )


def take_back(*, entry: Entry, cents: int, on: date) -> Entry:
    """Correct a posting by another, in whole or in part: `cents` positive, at most what it holds."""
    sign = -1 if entry.amount_cents > 0 else 1
    return post(
        account_id=entry.account_id,
        kind=EntryKind.ANNULATION,
        document_on=max(on, entry.document_on),
        amount_cents=sign * cents,
        reverses=entry,
        key=_next_key(entry.account, EntryKind.ANNULATION, entry.reference, entry.pk),
        reference=entry.reference,
    )


def identity(*parts: object) -> int:
    """A 63-bit identity: the same parts give the same key, which the ledger takes once."""
    digest = sha256("|".join(str(part) for part in ("amiable", *parts)).encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def _next_key(account: Account, kind: EntryKind, reference: str, entry_id: int) -> int:
    """The n-th posting of a decision on one row: a second officer's same posting meets the same key."""
    before = Entry.objects.filter(account=account, kind=kind, reverses_id=entry_id).count()
    return identity(int(kind), reference, entry_id, before)
