"""What every bank reader gives: statements with their lines, and the rows nobody can post."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class BankLine:
    """One booked movement. `line`: physical line (CFONB) or source line (XML); `amount_cents` > 0 is money
    received.
    """

    line: int
    booked_on: date
    amount_cents: int
    label: str = ""
    party_name: str = ""
    iban: str = ""
    end_to_end: str = ""
    mandate: str = ""
    reference: str = ""
    #: The bank's own reference of the movement (AcctSvcrRef), the same in every message it sends.
    servicer: str = ""
    reason_code: str = ""
    #: A debit that takes a debtor's payment back.
    is_return: bool = False
    #: The bank undoes what it booked: a transfer taken back (a debit), the office's own money come back.
    reversal: bool = False


@dataclass(frozen=True)
class Statement:
    """One account over one period. `refused`: why none of its lines may be posted (French), or empty."""

    line: int
    account: str
    lines: tuple[BankLine, ...]
    opening_cents: int | None = None
    closing_cents: int | None = None
    ends_on: date | None = None
    refused: str = ""
    #: What it tells that is no movement of the account yet, or never will be here: not posted, and said.
    unbooked: tuple[Unbooked, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unbooked:
    """What the bank announces and has not booked, or refuses as a whole: so many rows worth so many cents."""

    line: int
    cents: int
    reason_fr: str
    rows: int = 1


@dataclass(frozen=True)
class BankFile:
    """A bank file: its format, its statements, and the (line, reason) that belong to none."""

    format: str
    statements: tuple[Statement, ...]
    orphans: tuple[tuple[int, str], ...] = ()
    warnings: tuple[str, ...] = field(default_factory=tuple)


def balanced(statement: Statement) -> Statement:
    """`statement`, refused when its old balance and its movements do not make its new balance."""
    if statement.refused or statement.opening_cents is None or statement.closing_cents is None:
        return statement
    total = sum(entry.amount_cents for entry in statement.lines)
    gap = statement.opening_cents + total - statement.closing_cents
    if gap == 0:
        return statement
    from amiable.domain.text.french import euros

    return replace(
        statement,
        refused=f"le relevé ne tombe pas juste : ancien solde {euros(statement.opening_cents)} + mouvements "
        f"{euros(total)} ≠ nouveau solde {euros(statement.closing_cents)} (écart {euros(gap)})",
    )


def cents(text: str) -> int:
    """Exact cents of a decimal amount. Raises ValueError when it is none or has a fraction of a cent."""
    try:
        value = Decimal(text.strip()) * 100
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite() or value != value.to_integral_value() or abs(value) >= 10**15:
        raise ValueError(text)
    return int(value)
