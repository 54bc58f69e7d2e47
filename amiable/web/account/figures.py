"""The figures of one account: open items, every movement with its running balance, the balance through time.

One query; the open items are settled by the same engine as the positions, on a frame of one account.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.accounts.models import Account
from amiable.domain.settlement.allocation import settle
from amiable.domain.settlement.entry_kinds import LABELS_FR, EntryKind
from amiable.domain.settlement.postings import ENTRY_SCHEMA, known_on, postings
from amiable.domain.text.french import MONTHS
from amiable.ledger.frozen_parts import freezes
from amiable.ledger.models import Entry

_COLUMNS = (
    "pk", "account_id", "kind", "document_on", "due_on", "period", "amount_cents", "is_net", "reverses_id",
    "reference", "reason_code", "wording__text", "wording__heading",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting as the officer reads it; `balance_cents` is the balance once it is posted."""

    entry_id: int
    on: date
    due_on: date | None
    kind: int
    label: str
    text: str
    reference: str
    reason_code: str
    amount_cents: int
    balance_cents: int = 0

    @property
    def debit_cents(self) -> int | None:
        return self.amount_cents if self.amount_cents > 0 else None

    @property
    def credit_cents(self) -> int | None:
        return -self.amount_cents if self.amount_cents < 0 else None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is still owed of one item: called, paid by aid, paid otherwise, left (cents)."""

    entry_id: int
    due_on: date
    label: str
    called_cents: int
    aid_cents: int
    paid_cents: int
    rest_cents: int
    age_days: int
    is_frozen: bool

    @property
    def is_due(self) -> bool:
        return self.age_days >= 0


@dataclass(frozen=True)
class Figures:
    """movements: oldest first; items: open ones, oldest due first; history: (day, balance) oldest first."""

    movements: Sequence[Movement]
    items: Sequence[OpenItem]
    history: Sequence[tuple[date, int]]

    @property
    def balance_cents(self) -> int:
        return self.movements[-1].balance_cents if self.movements else 0

    @property
    def rest_cents(self) -> int:
        return sum(item.rest_cents for item in self.items if item.is_due)

    @property
    def has_aid(self) -> bool:
        return any(item.aid_cents for item in self.items)


def figures(account: Account, as_of: date, *, months: int = 13) -> Figures:
    """Everything the ledger says of the account on `as_of`; history over the last `months` months."""
    rows = list(Entry.objects.filter(account=account).order_by("document_on", "pk").values_list(*_COLUMNS))
    known = [row for row in rows if row[3] <= as_of]
    movements = _movements(known)
    return Figures(movements, _items(known, account, as_of), history(movements, as_of, months))


def _movements(rows: list[tuple]) -> list[Movement]:
    found, balance = [], 0
    for pk, _account, kind, on, due_on, period, cents, _net, _reverses, *said in rows:
        reference, reason_code, text, heading = said
        balance += cents
        words = text or heading or ""
        label = _label(kind, period)
        found.append(Movement(pk, on, due_on, kind, label, words, reference, reason_code, cents, balance))
    return found


def _label(kind: int, period: date | None) -> str:
    """« Quittance de novembre 2026 »."""
    label = LABELS_FR[EntryKind(kind)]
    return f"{label}, {MONTHS[period.month - 1]} {period.year}" if period else label


def _items(rows: list[tuple], account: Account, as_of: date) -> list[OpenItem]:
    if not rows:
        return []
    columns = list(zip(*rows, strict=True))
    frame = pl.DataFrame(
        {name: list(columns[at]) for at, name in enumerate(ENTRY_SCHEMA)}, schema=dict(ENTRY_SCHEMA)
    )
    settled = settle(postings(known_on(frame, as_of)), freezes([account], as_of)).items
    still = settled.filter(pl.col("rest_cents") > 0).sort("due_on", "entry_id")
    labels = {row[0]: _item_label(row) for row in rows}
    return [_open_item(item, labels, as_of) for item in still.iter_rows(named=True)]


def _item_label(row: tuple) -> str:
    if row[2] == EntryKind.QUITTANCE:
        period = row[5] or row[4]
        return f"Loyer et charges, {MONTHS[period.month - 1]}" if period else "Loyer et charges"
    return LABELS_FR[EntryKind(row[2])] + (f" : {row[11]}" if row[11] else "")


def _open_item(item: dict, labels: dict[int, str], as_of: date) -> OpenItem:
    called, aid, rest = item["amount_cents"], item["aid_cents"], item["rest_cents"]
    return OpenItem(
        entry_id=item["entry_id"],
        due_on=item["due_on"],
        label=labels.get(item["entry_id"], ""),
        called_cents=called,
        aid_cents=aid,
        paid_cents=called - aid - rest,
        rest_cents=rest,
        age_days=(as_of - item["due_on"]).days,
        is_frozen=item["is_frozen"],
    )


def history(movements: Sequence[Movement], as_of: date, months: int) -> list[tuple[date, int]]:
    """The balance at the end of each of the last `months` months, the last one being `as_of`."""
    found = []
    for end in month_ends(as_of, months):
        past = [one for one in movements if one.on <= end]
        found.append((end, past[-1].balance_cents if past else 0))
    return found


def month_ends(as_of: date, months: int) -> list[date]:
    """The last day of each month before `as_of`'s, then `as_of`: `months` days in all, oldest first."""
    year, month, found = as_of.year, as_of.month, [as_of]
    for _ in range(months - 1):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        found.append(date(year, month, monthrange(year, month)[1]))
    return found[::-1]
