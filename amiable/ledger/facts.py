"""The ledger as frames: entries, accounts and terms of an office, for all its accounts, a range or a few ids.

One extraction for the night and for one account (see `reading`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.db.models import Max, Min

from amiable.accounts.models import Account
from amiable.core.frames import Types, read
from amiable.domain.settlement.aid import TERMS_SCHEMA
from amiable.domain.settlement.figures import ACCOUNTS_SCHEMA
from amiable.domain.settlement.postings import ENTRY_SCHEMA
from amiable.ledger.models import Entry

#: Beside what the engine reads, what decisions and lists copy.
ACCOUNT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **ACCOUNTS_SCHEMA,
    "agency_id": pl.Int64,
    "officer_id": pl.Int64,
    "person_id": pl.Int64,
    "entered_on": pl.Date,
    "payment_mode": pl.String,
}
#: Ids named one by one up to here; beyond, the range they span is read and the others left out.
MAX_IDS = 10_000
#: Accounts of one partition of the night: large enough for the columns to pay, fewer where lives are long, so
#: that a partition never holds many more than ROWS postings.
PARTITION = 100_000
ROWS = 1_600_000
#: A range is read in so many turns: SQLite gives each as one text.
_TURNS = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A range of account ids, both ends included."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Frames of `amiable.domain.figures`: entries, accounts (more columns: ACCOUNT_SCHEMA), terms."""

    entries: pl.DataFrame
    accounts: pl.DataFrame
    terms: pl.DataFrame


def spans(office_id: int) -> list[Span]:
    """The office's accounts cut in ranges of ids; the cut does not move when a few accounts are added."""
    accounts = Account.objects.filter(office_id=office_id)
    ends = accounts.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return []
    size, everyone = PARTITION, Account.objects.count()
    while size > 1_000 and size * last_entry_id() // everyone > ROWS:
        size //= 2
    first = ends["low"] // size
    return [Span(n * size, (n + 1) * size - 1) for n in range(first, ends["high"] // size + 1)]


def last_entry_id() -> int:
    """The newest posting's id: a ledger read before it was posted has to be read again."""
    return Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def read_ledger(office_id: int, which: Span | list[int]) -> Ledger:
    """Everything the engine reads of those accounts of the office."""
    own = f"office_id = {int(office_id)}"
    accounts = _table("ledger_account", ACCOUNT_SCHEMA, "id", which, f"{own} AND ")
    mine = accounts.select("account_id")
    entries = _table("ledger_entry", ENTRY_SCHEMA, "account_id", which)
    terms = _table("ledger_accountterms", TERMS_SCHEMA, "account_id", which)
    # A range of ids may hold accounts of another office.
    entries, terms = (rows.join(mine, on="account_id", how="semi") for rows in (entries, terms))
    return Ledger(entries, accounts, terms)


def _table(table: str, types: Types, key: str, which: Span | list[int], office: str = "") -> pl.DataFrame:
    own = {"ledger_entry": "entry_id", "ledger_account": "account_id"}.get(table)
    columns = {name: "id" if name == own else name for name in types}
    parts = [read(columns, f"FROM {table} WHERE {office}{among(key, turn)}", types) for turn in _turns(which)]
    rows = pl.concat(parts)
    if isinstance(which, list) and len(which) > MAX_IDS:
        wanted = pl.DataFrame({"account_id": which}, schema={"account_id": pl.Int64})
        rows = rows.join(wanted, on="account_id", how="semi")
    return rows


def _turns(which: Span | list[int]) -> list[Span | list[int]]:
    if not isinstance(which, Span):
        return [which]
    step = max(1, -(-(which.high - which.low + 1) // _TURNS))
    return [Span(low, min(low + step - 1, which.high)) for low in range(which.low, which.high + 1, step)]


def among(key: str, which: Span | list[int]) -> str:
    """The SQL condition that keeps those accounts, or the range they span when they are many."""
    if isinstance(which, Span):
        return f"{key} BETWEEN {which.low} AND {which.high}"
    if not which:
        return "1 = 0"
    if len(which) > MAX_IDS:
        return f"{key} BETWEEN {min(which)} AND {max(which)}"
    return f"{key} IN ({', '.join(str(int(each)) for each in which)})"
