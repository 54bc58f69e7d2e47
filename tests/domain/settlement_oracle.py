"""The allocation told naively, one account, one event after the other: what the engine must equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from amiable.domain.settlement.entry_kinds import EntryKind as K

HOUSING = {K.QUITTANCE, K.REGULARISATION, K.SLS}
AID = {K.APL, K.RLS}
DAY = timedelta(days=1)
NAMED = {K.EFFACEMENT, K.REECHELONNEMENT, K.SUBROGATION}


@dataclass
class Row:
    entry_id: int
    kind: int
    document_on: date
    due_on: date | None
    period: date | None
    amount: int
    is_net: bool = False
    reverses_id: int | None = None


@dataclass
class Item:
    row: Row
    due_on: date
    rest: int
    amount: int
    aid: int = 0

    @property
    def enter_on(self) -> date:
        return max(self.due_on, self.row.document_on)

    @property
    def order(self) -> tuple:
        return (self.due_on, self.row.document_on, self.row.kind, self.row.entry_id)

    @property
    def month(self) -> date | None:
        return (self.row.period or self.due_on).replace(day=1) if self.row.kind in HOUSING else None

    def is_closed(self, day: date, split_on: date | None, ends_on: date | None) -> bool:
        """Part A, on a day of the freeze; an instalment of the measures may always be paid."""
        if split_on is None or self.due_on > split_on or self.row.kind == K.ECHEANCE:
            return False
        return split_on < day and (ends_on is None or day <= ends_on)


@dataclass
class Credit:
    row: Row
    amount: int
    rest: int
    paid: list[tuple[Item, int, str]] = field(default_factory=list)

    @property
    def order(self) -> tuple:
        return (self.row.document_on, self.row.entry_id)

    def pay(self, item: Item, how: str) -> None:
        part = min(self.rest, item.rest)
        if part:
            self.rest -= part
            item.rest -= part
            item.aid += part if how == "aid" else 0
            self.paid.append((item, part, how))

    def undo(self, amount: int) -> None:
        held = min(self.rest, amount)
        self.rest -= held
        amount -= held
        while amount:
            item, part, how = self.paid.pop()
            back = min(part, amount)
            item.rest += back
            item.aid -= back if how == "aid" else 0
            amount -= back
            if part > back:
                self.paid.append((item, part - back, how))


def settle_naively(
    rows: list[Row], as_of: date, split_on: date | None = None, ends_on: date | None = None
) -> tuple[list[Item], list[Credit]]:
    if split_on is not None and split_on > as_of:
        split_on = None
    rows = apply_annulations([row for row in rows if row.document_on <= as_of])
    items, credits, undos = read_postings(rows)
    net_aid(items, credits, split_on, ends_on)
    days = {i.enter_on for i in items} | {c.row.document_on for c in credits} | {on for on, _, _ in undos}
    if split_on is not None and ends_on is not None:
        days.add(ends_on + DAY)
    for day in sorted(days):
        if day > as_of:
            break
        for on, credit, amount in undos:
            if on == day:
                credit.undo(amount)
        pay_by_name([c for c in credits if c.row.document_on == day], items)
        for item in sorted(items, key=lambda i: i.order):
            if item.enter_on > day or item.is_closed(day, split_on, ends_on):
                continue
            for credit in sorted(credits, key=lambda c: c.order):
                if credit.row.document_on <= day and credit.row.kind not in NAMED:
                    credit.pay(item, "payment")
    return items, credits


def pay_by_name(credits: list[Credit], items: list[Item]) -> None:
    for credit in sorted(credits, key=lambda c: c.order):
        for item in items:
            if credit.row.kind in NAMED and credit.row.reverses_id == item.row.entry_id:
                credit.pay(item, "named")


def apply_annulations(rows: list[Row]) -> list[Row]:
    by_id = {row.entry_id: row for row in rows}
    amounts = {row.entry_id: row.amount for row in rows}
    gone = set()
    for row in rows:
        if row.kind != K.ANNULATION or row.reverses_id is None:
            continue
        root = by_id.get(row.reverses_id)
        while root is not None and root.kind == K.ANNULATION and root.reverses_id is not None:
            root = by_id.get(root.reverses_id)
        if root is not None:
            amounts[root.entry_id] += row.amount
            gone.add(row.entry_id)
    return [
        Row(**{**row.__dict__, "amount": amounts[row.entry_id]})
        for row in rows
        if row.entry_id not in gone and amounts[row.entry_id]
    ]


def read_postings(rows: list[Row]) -> tuple[list[Item], list[Credit], list[tuple[date, Credit, int]]]:
    credits = [Credit(row, -row.amount, -row.amount) for row in rows if row.amount < 0]
    by_id = {credit.row.entry_id: credit for credit in credits if credit.row.kind not in NAMED}
    taken: dict[int, int] = {}
    items, undos = [], []
    for row in sorted(rows, key=lambda r: (r.document_on, r.entry_id)):
        if row.amount < 0:
            continue
        amount, due_on = row.amount, row.due_on or row.document_on
        if row.kind in (K.REJET, K.ANNULATION):
            due_on = row.document_on
        target = by_id.get(row.reverses_id) if row.kind == K.REJET and row.reverses_id else None
        if target is not None:
            part = min(amount, target.amount - taken.get(row.reverses_id, 0))
            taken[row.reverses_id] = taken.get(row.reverses_id, 0) + part
            amount -= part
            undos.append((max(row.document_on, target.row.document_on), target, part))
        if amount:
            items.append(Item(row, due_on, amount, amount))
    for on, credit, part in list(undos):
        if on <= credit.row.document_on:
            credit.amount -= part
            credit.rest -= part
            undos.remove((on, credit, part))
    return items, credits, undos


def net_aid(items: list[Item], credits: list[Credit], split_on: date | None, ends_on: date | None) -> None:
    for credit in sorted(credits, key=lambda c: c.order):
        if credit.row.kind not in AID or credit.row.period is None:
            continue
        day = credit.row.document_on
        for item in sorted(items, key=lambda i: i.order):
            settled = [
                c.row.document_on
                for c in credits
                if c.row.kind in NAMED and c.row.reverses_id == item.row.entry_id
            ]
            if item.month != credit.row.period.replace(day=1) or item.is_closed(day, split_on, ends_on):
                continue
            # What came before the recevabilité is not called back by an item known only later.
            if split_on is not None and day <= split_on < item.row.document_on:
                continue
            if not settled or day <= min(settled):
                credit.pay(item, "aid")


def naive_totals(
    items: list[Item],
    credits: list[Credit],
    as_of: date,
    split_on: date | None,
    ends_on: date | None = None,
) -> dict:
    due = [i for i in items if i.due_on <= as_of and i.rest]
    buckets = [0, 0, 0, 0]
    for item in due:
        age = (as_of - item.due_on).days
        buckets[0 if age <= 30 else 1 if age <= 60 else 2 if age <= 90 else 3] += item.rest
    frozen = split_on is not None and split_on <= as_of and (ends_on is None or as_of <= ends_on)
    return {
        "overdue_cents": sum(i.rest for i in due),
        "frozen_cents": sum(
            i.rest for i in due if i.row.kind == K.ECHEANCE or (frozen and i.due_on <= split_on)
        ),
        "due_0_30_cents": buckets[0],
        "due_31_60_cents": buckets[1],
        "due_61_90_cents": buckets[2],
        "due_over_90_cents": buckets[3],
        "oldest_unpaid_on": min((i.due_on for i in due), default=None),
        "unallocated_cents": sum(c.rest for c in credits),
        "unpaid_terms": sum(
            1 for i in due if i.row.kind == K.QUITTANCE and not (frozen and i.due_on <= split_on)
        ),
    }
