"""CFONB 120 statements: 01 old balance, 04 movements, 05 details, 07 new balance. Reads real, imperfect
files.

Positions are those of ../shared/formats/README.md (1-based there). A statement that does not balance, has
no end or
no beginning is refused whole; lines outside any statement are listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from amiable.bank.readers.statement import BankFile, BankLine, Statement, balanced
from amiable.bank.readers.words import real_reason, undone, unpaid
from amiable.domain.errors import DomainError
from amiable.domain.settlement.return_reasons import reason_in

WIDTH = 120
_PLUS = {c: d for d, c in enumerate("{ABCDEFGHI")}
_MINUS = {c: d for d, c in enumerate("}JKLMNOPQR")}


@dataclass
class _Open:
    """A statement being read."""

    line: int
    account: str
    opening: int
    lines: list[BankLine] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def looks_like(text: str) -> bool:
    """True when the first record is one of CFONB 120."""
    return text.lstrip("\ufeff\r\n \t")[:2] in ("01", "04", "05", "07")


def read(text: str) -> BankFile:
    """The statements of a CFONB 120 file. Raises DomainError when no record can be read."""
    records = list(_records(text))
    if not any(r[:2] in ("01", "04", "07") for _, r in records):
        raise DomainError("intake.bank", "Aucun enregistrement CFONB 120 lisible. Rien n'a été importé.")
    reader = _Reader()
    for line, record in records:
        reader.take(line, record)
    reader.finish()
    return BankFile("cfonb120", tuple(balanced(s) for s in reader.statements), tuple(reader.orphans))


def _records(text: str) -> list[tuple[int, str]]:
    """(line, record padded to 120); a file without line ends is cut every 120 characters, its records
    numbered.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if len(line) > WIDTH and len(line.rstrip()) > WIDTH:
            found += [(number + i // WIDTH, line[i : i + WIDTH]) for i in range(0, len(line), WIDTH)]
        elif line.strip():
            found.append((number, line[:WIDTH]))
    return [(n, r.ljust(WIDTH)) for n, r in found if r.strip()]


class _Reader:
    """One pass over the records; what cannot be read is said, never guessed."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.orphans: list[tuple[int, str]] = []
        self.open: _Open | None = None
        self.last: BankLine | None = None
        #: The amount of the payment that `last` undoes, where the bank says it apart from what it books.
        self.original: int | None = None

    def take(self, line: int, record: str) -> None:
        code = record[:2]
        handler = {
            "01": self._old_balance,
            "04": self._entry,
            "05": self._detail,
            "07": self._new_balance,
        }.get(code)
        if handler is None:
            self._complain(line, f"code d'enregistrement inconnu « {code.strip()} »")
            return
        handler(line, record)

    def _complain(self, line: int, reason: str) -> None:
        """A record that cannot be read spoils the statement it stands in: its sum cannot be trusted."""
        if self.open:
            self.open.problems.append(f"ligne {line} : {reason}")
        else:
            self.orphans.append((line, reason))

    def _flush(self) -> None:
        if self.open and self.last:
            self.open.lines += _with_fee(_taken_back(self.last), self.original)
        self.last = self.original = None

    def _old_balance(self, line: int, record: str) -> None:
        if self.open:
            self._close(None, None, "relevé sans nouveau solde (enregistrement 07 manquant)")
        amount = _amount(record)
        self.open = _Open(line, _account(record), amount or 0)
        if amount is None:
            self.open.problems.append(f"ligne {line} : ancien solde illisible")
        if _day(record[34:40]) is None:
            self.open.problems.append(f"ligne {line} : date impossible « {record[34:40].strip()} »")
        if record[16:19].strip() not in ("", "EUR"):
            self.open.problems.append(f"ligne {line} : devise {record[16:19]} (seul l'euro est tenu)")

    def _entry(self, line: int, record: str) -> None:
        self._flush()
        if self.open is None:
            self.orphans.append((line, "mouvement hors de tout relevé (pas d'ancien solde avant lui)"))
            return
        amount, booked_on = _amount(record), _day(record[34:40])
        if amount is None or booked_on is None:
            what = "montant illisible" if amount is None else f"date impossible « {record[34:40].strip()} »"
            self.open.problems.append(f"ligne {line} : {what}")
            return
        label = " ".join(record[48:79].split())
        reject = real_reason(record[40:42])
        self.last = BankLine(
            line=line,
            booked_on=booked_on,
            amount_cents=amount,
            label=label,
            reference=record[104:120].strip() or record[81:88].strip("0 "),
            reason_code=reason_in(label) or reject,
            is_return=amount < 0 and bool(reject),
        )

    def _detail(self, line: int, record: str) -> None:
        if self.last is None:
            self._complain_detail(line)
            return
        qualifier, text = record[45:48], record[48:118].strip()
        if qualifier == "MMO":
            self.original = _original_cents(record[48:118])
        elif qualifier.strip() and text:
            self.last = _with_detail(self.last, qualifier, text, record[48:118])

    def _complain_detail(self, line: int) -> None:
        # A detail alone carries no amount: it is listed, the statement may still balance.
        self.orphans.append((line, "complément (05) sans mouvement avant lui"))

    def _new_balance(self, line: int, record: str) -> None:
        self._flush()
        amount, ends_on = _amount(record), _day(record[34:40])
        if self.open is None:
            self.orphans.append((line, "nouveau solde (07) sans relevé ouvert"))
            return
        problem = (
            "nouveau solde illisible"
            if amount is None
            else "date de fin impossible"
            if ends_on is None
            else ""
        )
        self._close(amount, ends_on, problem)

    def _close(self, closing: int | None, ends_on: date | None, problem: str) -> None:
        self._flush()
        assert self.open is not None
        problems = [*self.open.problems, *([problem] if problem else [])]
        self.statements.append(
            Statement(
                line=self.open.line,
                account=self.open.account,
                lines=tuple(self.open.lines),
                opening_cents=self.open.opening,
                closing_cents=closing,
                ends_on=ends_on,
                refused=" ; ".join(problems),
            )
        )
        self.open = None

    def finish(self) -> None:
        if self.open:
            self._close(None, None, "relevé sans nouveau solde (fichier coupé ?)")


def _taken_back(entry: BankLine) -> BankLine:
    """A debit that takes a payment back, or a credit that is the office's own money: told by the text."""
    if entry.amount_cents > 0:
        return replace(entry, reversal=undone(entry.label))
    recall = undone(entry.label)
    if not (entry.is_return or recall or unpaid(entry.label)):
        return entry
    return replace(entry, is_return=True, reversal=recall and not entry.mandate)


def _with_fee(entry: BankLine, original: int | None) -> list[BankLine]:
    """A return booked above the payment it undoes holds the bank's fee: a line of its own."""
    if not entry.is_return or not original or original >= -entry.amount_cents:
        return [entry]
    fee = BankLine(entry.line, entry.booked_on, entry.amount_cents + original, "Frais bancaires inclus")
    return [replace(entry, amount_cents=-original), fee]


def _original_cents(text: str) -> int | None:
    """Cents of the original order (currency, decimals, 14 digits), in euros only."""
    currency, decimals, digits = text[:3], text[3], text[4:18].strip()
    if currency != "EUR" or not decimals.isdigit() or not digits.isdigit():
        return None
    scaled, places = int(digits) * 100, 10 ** int(decimals)
    return scaled // places if scaled % places == 0 else None


def _with_detail(entry: BankLine, qualifier: str, text: str, raw: str) -> BankLine:
    label = f"{entry.label} {text}".strip()
    entry = replace(entry, label=label, reason_code=entry.reason_code or reason_in(text))
    if qualifier == "NPY" and entry.amount_cents > 0:
        return replace(entry, party_name=text)
    if qualifier == "NBE" and entry.amount_cents < 0 and not entry.party_name:
        return replace(entry, party_name=text)
    if qualifier == "RCN":
        return replace(entry, end_to_end=raw[:35].strip())
    if qualifier == "RUM":
        return replace(entry, mandate=raw[:35].strip())
    if qualifier in ("IBP", "IBE"):
        return replace(entry, iban=raw[:34].replace(" ", ""))
    return entry


def _account(record: str) -> str:
    return f"{record[2:7]}{record[11:16]}{record[21:32]}".strip()


def _amount(record: str) -> int | None:
    """Cents of columns 91-104; the last character carries the last digit and the sign. None when
    unreadable.
    """
    digits, last = record[90:103].strip(), record[103]
    if (digits and not digits.isdigit()) or (last not in _PLUS and last not in _MINUS):
        return None
    places = record[19]
    decimals = int(places) if places.isdigit() else 2
    unsigned = int(digits or "0") * 10 + (_PLUS[last] if last in _PLUS else _MINUS[last])
    # Amounts are kept in cents whatever the record's number of decimals; a fraction of a cent is unreadable.
    scaled = unsigned * 10**2
    if scaled % 10**decimals:
        return None
    return (scaled // 10**decimals) * (1 if last in _PLUS else -1)


def _day(text: str) -> date | None:
    """DDMMYY; years 70-99 are of the last century."""
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        return None
    year = int(text[4:])
    try:
        return date((1900 if year >= 70 else 2000) + year, int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
