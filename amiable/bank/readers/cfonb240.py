"""CFONB 240: returned direct debits. 31 header, 34 detail, 39 total; refused whole when the total is not
the sum.
"""

from __future__ import annotations

from datetime import date

from amiable.bank.readers.cfonb120 import _day
from amiable.bank.readers.statement import BankFile, BankLine, Statement
from amiable.domain.errors import DomainError
from amiable.domain.settlement.return_reasons import reason_in
from amiable.domain.text.french import euros

WIDTH = 240


def looks_like(text: str) -> bool:
    """True when the first record is one of CFONB 240."""
    return text.lstrip("\ufeff\r\n \t")[:2] in ("31", "34", "39")


def read(text: str) -> BankFile:
    """The returns of a CFONB 240 file. Raises DomainError when no record can be read."""
    records = _records(text)
    statements: list[Statement] = []
    orphans: list[tuple[int, str]] = []
    lines: list[BankLine] = []
    problems: list[str] = []
    start: int | None = None
    for number, record in records:
        code = record[:2]
        if code == "31":
            if start is not None:
                statements.append(_statement(start, lines, [*problems, "remise sans total (39)"], None))
            start, lines, problems = number, [], []
        elif code == "34" and start is not None:
            entry = _detail(number, record)
            if isinstance(entry, str):
                problems.append(f"ligne {number} : {entry}")
            else:
                lines.append(entry)
        elif code == "39" and start is not None:
            statements.append(_total(start, lines, problems, record))
            start = None
        else:
            where = "hors de toute remise" if code in ("34", "39") else "de code inconnu"
            orphans.append((number, f"enregistrement « {code.strip()} » {where}"))
    if start is not None:
        statements.append(_statement(start, lines, [*problems, "remise sans total (fichier coupé ?)"], None))
    if not statements:
        raise DomainError("intake.bank", "Aucune remise CFONB 240 lisible. Rien n'a été importé.")
    return BankFile("cfonb240", tuple(statements), tuple(orphans))


def _records(text: str) -> list[tuple[int, str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if len(line.rstrip()) > WIDTH:
            found += [(number + i // WIDTH, line[i : i + WIDTH]) for i in range(0, len(line), WIDTH)]
        elif line.strip():
            found.append((number, line))
    return [(n, r.ljust(WIDTH)) for n, r in found if r.strip()]


def _detail(number: int, record: str) -> BankLine | str:
    """A return, or why it cannot be read. The amount leaves our account: it is negative."""
    amount, booked_on = record[228:240].strip(), _day(record[10:16])
    if not amount.isdigit():
        return f"montant illisible « {amount} »"
    if booked_on is None:
        return f"date impossible « {record[10:16].strip()} »"
    label = " ".join(record[128:216].split())
    original = record[222:228].strip()
    presenter = record[122:128].strip()
    return BankLine(
        line=number,
        booked_on=booked_on,
        amount_cents=-int(amount),
        label=" ".join(filter(None, (label, presenter, original))),
        party_name=record[42:66].strip(),
        iban=_rib(record),
        end_to_end=original or presenter,
        reference=presenter,
        reason_code=reason_in(label),
        is_return=True,
    )


def _rib(record: str) -> str:
    """Bank, branch and account of the payer: the middle of a French IBAN, whose keys this format leaves
    out.
    """
    parts = record[21:26], record[26:31], record[31:42]
    return "".join(p.strip().rjust(len(p), "0") for p in parts) if all(p.strip() for p in parts) else ""


def _total(start: int, lines: list[BankLine], problems: list[str], record: str) -> Statement:
    announced = record[228:240].strip()
    total = -sum(entry.amount_cents for entry in lines)
    found = list(problems)
    if not announced.isdigit():
        found.append("total illisible")
    elif int(announced) != total:
        found.append(f"la remise ne tombe pas juste : total {euros(int(announced))} ≠ rejets {euros(total)}")
    return _statement(start, lines, found, max((entry.booked_on for entry in lines), default=None))


def _statement(start: int, lines: list[BankLine], problems: list[str], ends_on: date | None) -> Statement:
    return Statement(start, "", tuple(lines), ends_on=ends_on, refused=" ; ".join(problems))
