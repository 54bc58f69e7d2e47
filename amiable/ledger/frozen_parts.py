"""The two parts of an account in surendettement, item by item, at any date: what declarations, measures and
letters are made of, so that no document mixes them (SUR-02).

Part A: due up to the recevabilité, with the instalments imposed in its stead. Part B: everything due after.
An account without recevabilité is all part B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.accounts.models import Account
from amiable.domain.settlement.aid import with_terms
from amiable.domain.settlement.allocation import settle
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.freeze import dates_of, in_part_a
from amiable.domain.settlement.postings import known_on, postings
from amiable.ledger.facts import read_ledger

_FREEZE = {"account_id": pl.Int64, "as_of": pl.Date, "split_on": pl.Date, "split_ends_on": pl.Date}


@dataclass(frozen=True, slots=True)
class PartItem:
    """One unpaid item; cents. charges_cents: the charges in what is left, by the terms of its day."""

    entry_id: int
    kind: int
    due_on: date
    enter_on: date
    month: date | None
    amount_cents: int
    rest_cents: int
    charges_cents: int

    @property
    def is_fee(self) -> bool:
        return self.kind == EntryKind.FRAIS


@dataclass(frozen=True, slots=True)
class Part:
    """The unpaid items of a part, oldest due first. Rent, charges and fees add up to the total (cents)."""

    items: tuple[PartItem, ...] = ()

    @property
    def total_cents(self) -> int:
        return sum(item.rest_cents for item in self.items)

    @property
    def charges_cents(self) -> int:
        return sum(item.charges_cents for item in self.items)

    @property
    def fees_cents(self) -> int:
        return sum(item.rest_cents for item in self.items if item.is_fee)

    @property
    def principal_cents(self) -> int:
        return self.total_cents - self.charges_cents - self.fees_cents


@dataclass(frozen=True, slots=True)
class AccountSplit:
    """What is unpaid on a day, due or not (cents).

    unused_cents: payments and aid that have paid nothing yet. surplus: (entry, cents) erased or put off by
    name above what its item still owed (a payment entered late): to be corrected, it serves nothing.
    """

    on: date
    split_on: date | None
    a: Part
    b: Part
    unused_cents: int
    surplus: tuple[tuple[int, int], ...] = ()

    @property
    def surplus_cents(self) -> int:
        return sum(cents for _, cents in self.surplus)

    @property
    def balance_cents(self) -> int:
        """The account's balance: both parts less the credits without use."""
        return self.a.total_cents + self.b.total_cents - self.unused_cents - self.surplus_cents

    @property
    def b_balance_cents(self) -> int:
        """What the account comes to without part A: waiting credits may only pay what is due after."""
        return self.b.total_cents - self.unused_cents

    def due(self, part: Part) -> Part:
        """The items of a part already due on the day."""
        return Part(tuple(item for item in part.items if item.due_on <= self.on))


def freezes(accounts: Sequence[Account], as_of: date) -> pl.DataFrame:
    """The frame `settle` asks for: account_id, as_of, split_on, split_ends_on."""
    rows = [(one.pk, as_of, one.split_on, one.split_ends_on) for one in accounts]
    return pl.DataFrame(rows, schema=_FREEZE, orient="row")


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of part B's own history: signed cents. code: carried, measures, or empty for a posting."""

    on: date
    kind: int
    month: date | None
    cents: int
    code: str = ""


def split_of(account: Account, on: date, *, split_on: date | None = None) -> AccountSplit:
    """Both parts of an account as the ledger tells them at the end of `on`.

    split_on: as if the recevabilité were that day, before it is entered. Three queries.
    """
    told = _told(account, on, split_on)
    parts: dict[bool, list[PartItem]] = {True: [], False: []}
    still = told.items.filter(pl.col("rest_cents") > 0)
    for is_a, *row in still.select("is_a", *PartItem.__slots__).iter_rows():
        parts[is_a].append(PartItem(*row))
    return AccountSplit(
        on=on,
        split_on=split_on or account.split_on,
        a=Part(tuple(parts[True])),
        b=Part(tuple(parts[False])),
        unused_cents=_unused(told.credits),
        surplus=tuple(
            told.credits.filter(pl.col("target_id").is_not_null() & (pl.col("rest_cents") > 0))
            .select("entry_id", "rest_cents")
            .iter_rows()
        ),
    )


def b_movements(account: Account, on: date) -> list[Movement]:
    """The history of part B alone, oldest first; it adds up to `AccountSplit.b_balance_cents`.

    Debits due after the recevabilité, credits received after it, net of what was undone; first what was
    received before and had paid nothing, last what went to the instalments of the measures, which are part A.
    """
    assert account.split_on is not None
    told = _told(account, on, None)
    b = told.items.filter(~pl.col("is_a"))
    on_b = pl.col("target_id").is_null() | pl.col("target_id").is_in(b.get_column("entry_id").implode())
    received = told.credits.filter(
        (pl.col("document_on") > account.split_on) & on_b & (pl.col("amount_cents") > 0)
    )
    debits = b.select("document_on", "entry_id", "kind", "month", cents="amount_cents")
    credits = received.select("document_on", "entry_id", "kind", "month", cents=-pl.col("amount_cents"))
    rows = pl.concat([debits, credits]).sort("document_on", "entry_id").drop("entry_id")
    moved = [Movement(*row) for row in rows.iter_rows()]
    instalments = told.items.filter(pl.col("kind") == EntryKind.ECHEANCE)
    measures = int((instalments["amount_cents"] - instalments["rest_cents"]).sum())
    balance = int(b["rest_cents"].sum()) - _unused(told.credits)
    carried = balance - measures - sum(one.cents for one in moved)
    if carried:
        moved.insert(0, Movement(account.split_on, EntryKind.ENCAISSEMENT, None, carried, "carried"))
    if measures:
        moved.append(Movement(on, EntryKind.ECHEANCE, None, measures, "measures"))
    return moved


@dataclass(frozen=True, slots=True)
class _Told:
    """Settled items with is_a, charges_cents; credits net of what was undone, with their rest."""

    items: pl.DataFrame
    credits: pl.DataFrame


def _told(account: Account, on: date, split_on: date | None) -> _Told:
    ledger = read_ledger(account.office_id, [account.pk])
    frame = freezes([account], on)
    if split_on is not None:
        frame = frame.with_columns(split_on=pl.lit(split_on), split_ends_on=pl.lit(None, pl.Date))
    found = postings(known_on(ledger.entries, on))
    settled = settle(found, frame)
    items = settled.items.join(dates_of(frame).drop("as_of"), on="account_id")
    items = with_terms(items.with_columns(is_a=in_part_a()), ledger.terms, "due_on")
    undone = found.undos.group_by(entry_id="credit_id").agg(undone=pl.col("amount_cents").sum())
    credits = settled.credits.join(undone, on="entry_id", how="left").with_columns(
        pl.col("amount_cents") - pl.col("undone").fill_null(0)
    )
    items = items.with_columns(charges_cents=_charges())
    return _Told(items.sort("due_on", "document_on", "kind", "entry_id"), credits)


def _unused(credits: pl.DataFrame) -> int:
    return int(credits.filter(pl.col("target_id").is_null())["rest_cents"].sum())


def _charges() -> pl.Expr:
    """The charges in what is left of a quittance, in proportion; a régularisation is all charges."""
    rent, charges, rest = pl.col("rent_cents"), pl.col("charges_cents"), pl.col("rest_cents")
    share = (rest * charges + (rent + charges) // 2) // (rent + charges)
    monthly = (pl.col("kind") == EntryKind.QUITTANCE) & (rent + charges > 0)
    return (
        pl.when(pl.col("kind") == EntryKind.REGULARISATION).then(rest).when(monthly).then(share).otherwise(0)
    )
