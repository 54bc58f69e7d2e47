"""A debit that may take back a credit of its amount, a credit that may bring back the office's own payment.

Banks do not always mark what they undo. Same account of the office, same amount the other way, and a mark in
common (reference, payer, IBAN, account named): an officer says. Nothing of it is decided alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from amiable.bank.matching import Index, iban_core, references_in
from amiable.bank.models import BankTransaction
from amiable.bank.readers.statement import BankLine
from amiable.bank.telling import payer_words
from amiable.core.models import Office
from amiable.intake.people import chunks

#: A transfer is taken back at most this long after it came, or sent back after it left.
_REACH = timedelta(days=60)
#: Words of labels that name nobody.
_COMMON = frozenset(
    ("vir", "virement", "virements", "sepa", "recu", "emis", "faveur", "inst", "loyer", "loyers")
)
_Key = tuple[str, int]


@dataclass(frozen=True)
class Movement:
    """What two movements may have in common. `pk` None: a line of the file itself."""

    day: date
    end_to_end: str
    iban: str
    words: frozenset[str]
    label: frozenset[str]
    accounts: frozenset[int]
    pk: int | None = None


@dataclass
class Mirrors:
    """`undone`: place of a line -> the day of the earlier movement it may undo, and its account if known.
    `late`: debits known already that may take back a credit which this file tells only now."""

    undone: dict[int, tuple[date, int | None]] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)


def mirrors(office: Office, lines: Sequence[tuple[str, BankLine]], index: Index) -> Mirrors:
    """`lines`: (the office's account, line) in the order of the file."""
    found = Mirrors()
    plain = {
        place: (bank, line.amount_cents)
        for place, (bank, line) in enumerate(lines)
        if not (line.is_return or line.reversal)
    }
    held: dict[_Key, list[Movement]] = defaultdict(list)
    for key, one in _known(office, lines, list(plain.values()), index):
        held[key].append(one)
    sides = {*plain.values(), *held}
    met = [place for place, (bank, cents) in plain.items() if (bank, -cents) in sides]
    told = {place: _movement(lines[place][1], index) for place in met}
    for place, one in told.items():
        held[plain[place]].append(one)
    for place, one in told.items():
        bank, cents = plain[place]
        near = [m for m in held.get((bank, -cents), ()) if abs(m.day - one.day) <= _REACH and _alike(one, m)]
        before = [m for m in near if m.day <= one.day]
        if before:
            last = max(before, key=lambda m: m.day)
            found.undone[place] = (last.day, min(last.accounts, default=None))
        elif cents > 0:
            found.late += [m.pk for m in near if m.pk is not None]
    return found


def _movement(line: BankLine, index: Index) -> Movement:
    return Movement(
        line.booked_on, line.end_to_end, iban_core(line.iban), payer_words(line.party_name) - _COMMON,
        payer_words(line.label) - _COMMON, frozenset(references_in(line, index)),
    )  # fmt: skip


def _alike(one: Movement, other: Movement) -> bool:
    if one.end_to_end and one.end_to_end == other.end_to_end:
        return True
    if one.iban and one.iban == other.iban or one.accounts & other.accounts:
        return True
    mine, yours = one.words or one.label, other.words or other.label
    return len(mine & yours) > (0 if one.words and other.words else 1)


def _known(
    office: Office, lines: Sequence[tuple[str, BankLine]], plain: Sequence[_Key], index: Index
) -> Iterator[tuple[_Key, Movement]]:
    """Debits of nobody near in time, and the credits of the amounts of the file's debits."""
    if not plain:
        return
    days = [line.booked_on for _, line in lines]
    rows = (
        BankTransaction.objects.filter(
            office=office,
            booked_on__range=(min(days) - _REACH, max(days) + _REACH),
            reversal=False,
            part_of=None,
        )
        .exclude(status=BankTransaction.Status.SAME)
        .select_related("entry")
    )
    asked = [rows.filter(amount_cents__lt=0, status=BankTransaction.Status.OTHER)]
    amounts = sorted({-cents for _, cents in plain if cents < 0})
    asked += [rows.filter(amount_cents__in=part) for part in chunks(amounts)]
    for some in asked:
        for row in some.order_by("pk").iterator(chunk_size=2000):
            line = BankLine(
                row.line, row.booked_on, row.amount_cents, row.label, row.party_name, row.iban,
                row.end_to_end, row.mandate_ref, row.reference,
            )  # fmt: skip
            one = _movement(line, index)
            own = one.accounts if row.entry is None else one.accounts | {row.entry.account_id}
            yield (row.bank_account, row.amount_cents), replace(one, accounts=own, pk=row.pk)
