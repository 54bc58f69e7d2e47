"""The ledger told in double entry: what was posted since last time becomes lines, once.

`ledger.Posted` says what is new; a line is unique by its entry, so that two processes double nothing and a
killed one loses nothing: the marks go in the transaction that writes the lines.
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
from django.db import transaction

from amiable.books.models import Close, Line
from amiable.core.frames import Types, append, read
from amiable.core.models import Office
from amiable.domain.books.lines import LINES, lines
from amiable.domain.creditors import kind
from amiable.domain.law.calendar import add_months
from amiable.ledger.models import Posted

#: Entries told at a time: the memory of one turn.
_TURN = 250_000
_TYPES: Types = {
    "entry_id": pl.Int64,
    "account_id": pl.Int64,
    "nature": pl.String,
    "kind": pl.Int8,
    "amount_cents": pl.Int64,
    "document_on": pl.Date,
    "from_bank": pl.Boolean,
    "undone_kind": pl.Int8,
    "undone_on": pl.Date,
    "undone_from_bank": pl.Boolean,
}
_BANK = "(SELECT i.list_kind = 'bank' FROM intake_import i WHERE i.id = {}.import_id)"
_COLUMNS = {
    "entry_id": "e.id",
    "account_id": "e.account_id",
    "nature": "a.nature",
    "kind": "e.kind",
    "amount_cents": "e.amount_cents",
    "document_on": "e.document_on",
    "from_bank": f"COALESCE({_BANK.format('e')}, false)",
    "undone_kind": "u.kind",
    "undone_on": "u.document_on",
    "undone_from_bank": f"COALESCE({_BANK.format('u')}, false)",
}
_FROM = (
    "FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id "
    "LEFT JOIN ledger_entry u ON u.id = e.reverses_id "
)


def entries(office: Office, condition: str = "true") -> pl.DataFrame:
    """Entries of an office that meet a condition on e (the entry) and a (its account), as `domain.books`
    reads them."""
    frame = read(_COLUMNS, f"{_FROM} WHERE a.office_id = {int(office.pk)} AND {condition}", _TYPES)
    return frame.with_columns(creditor=pl.lit(office.kind))


def closes(office: Office) -> list[tuple[int, date]]:
    """(last entry known at the close, first day of the month after it), oldest first."""
    rows = Close.objects.filter(office=office).values_list("upto_entry_id", "period")
    return [(upto, add_months(period, 1)) for upto, period in rows]


def project() -> int:
    """Lines of every entry posted since last time, of all offices; how many entries were told."""
    return sum(_ranges_of(marks) for marks in _taken())


def _taken() -> list[list[tuple[int, int, int]]]:
    """The marks waiting, in groups of ranges about a turn long."""
    groups: list[list[tuple[int, int, int]]] = [[]]
    size = 0
    for mark in Posted.objects.order_by("after_id").values_list("pk", "after_id", "upto_id"):
        if size > _TURN:
            groups.append([])
            size = 0
        groups[-1].append(mark)
        size += mark[2] - mark[1]
    return [group for group in groups if group]


@transaction.atomic
def _ranges_of(marks: list[tuple[int, int, int]]) -> int:
    """One turn, under the lock of its marks: another process waits, then finds them gone."""
    held = set(
        Posted.objects.select_for_update()
        .filter(pk__in=[pk for pk, _, _ in marks])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    spans = [(after, upto) for pk, after, upto in marks if pk in held]
    told = 0
    for low in _starts(spans):
        told += _tell(*low)
    Posted.objects.filter(pk__in=held).delete()
    return told


def _starts(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans joined where they touch and cut in turns: (above, up to)."""
    joined: list[list[int]] = []
    for after, upto in sorted(spans):
        if joined and after <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], upto)
        else:
            joined.append([after, upto])
    return [(low, min(low + _TURN, upto)) for after, upto in joined for low in range(after, upto, _TURN)]


def _tell(after: int, upto: int) -> int:
    told = 0
    fresh = (
        f"e.id > {after} AND e.id <= {upto} "
        "AND NOT EXISTS (SELECT 1 FROM books_line l WHERE l.entry_id = e.id)"
    )
    for office in Office.objects.all():
        # A kind without a chart keeps its books elsewhere: it stops nobody else's.
        new = entries(office, fresh) if kind(office.kind).charts else None
        if new is None or new.is_empty():
            continue
        made = lines(new, closes(office)).with_columns(office_id=pl.lit(office.pk, pl.Int64))
        append(Line._meta.db_table, made)
        told += new.height
    return told


def stored(office: Office, upto: date | None = None) -> pl.DataFrame:
    """The lines of an office up to an accounting date, as `domain.books.lines` makes them."""
    until = "" if upto is None else f" AND booked_on <= '{upto:%Y-%m-%d}'"
    columns = {name: name for name in LINES}
    return read(columns, f"FROM books_line WHERE office_id = {int(office.pk)}{until}", LINES)


def is_behind() -> bool:
    """Whether something posted is not told yet."""
    return Posted.objects.exists()


def due(now: datetime) -> int:
    """The worker's turn."""
    return project()
