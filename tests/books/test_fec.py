"""The legal export read back as its readers do: 18 columns, balanced, numbered, the same bytes each time."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from amiable.books import closing
from amiable.books.exporting import export_fec
from amiable.books.projecting import project
from amiable.core.models import AuditEvent
from amiable.domain.books.fec import COLUMNS, plain
from amiable.domain.errors import DomainError
from amiable.ledger.services import take_back
from tests import factories

TODAY = date(2027, 1, 20)
SIREN = "732829320"


def close_until(office, last: date) -> None:
    project()
    while (period := closing.next_period(office)) and period <= last:
        closing.close_month(office=office, period=period, actor=None, today=TODAY)


def faults(path: Path, year: int) -> list[str]:
    """What the official tester and its auditors' queries refuse, written anew."""
    found = []
    if not re.fullmatch(r"\d{9}FEC\d{8}\.txt", path.name):
        found.append("name")
    rows = [line.split("\t") for line in path.read_bytes().decode().split("\r\n")]
    if rows.pop() != [""] or tuple(rows[0]) != COLUMNS:
        found.append("header")
    entries = defaultdict(list)
    for row in (dict(zip(COLUMNS, one, strict=True)) for one in rows[1:]):
        entries[row["EcritureNum"]].append(row)
        optional = {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
        found += [name for name, text in row.items() if name not in optional and text.strip() in ("", "-")]
        found += [name for name in ("Debit", "Credit") if not re.fullmatch(r"\d+,\d\d", row[name])]
        found += [n for n in ("EcritureDate", "PieceDate", "ValidDate") if not re.fullmatch(r"\d{8}", row[n])]
        if row["EcritureDate"][:4] != str(year) or row["ValidDate"] < row["EcritureDate"]:
            found.append("dates")
        if bool(row["CompAuxNum"]) != bool(row["CompAuxLib"]) or not re.match(r"[1-7]\d\d", row["CompteNum"]):
            found.append("accounts")
        if (row["Debit"] == "0,00") == (row["Credit"] == "0,00"):
            found.append("sides")
    numbers = defaultdict(list)
    for number, lines in entries.items():
        cents = sum(int(e["Debit"].replace(",", "")) - int(e["Credit"].replace(",", "")) for e in lines)
        same = ("JournalCode", "EcritureDate", "PieceRef", "PieceDate")
        if cents or any(len({line[name] for line in lines}) > 1 for name in same):
            found.append(f"entry {number}")
        journal, _, rank = number.partition("-")
        numbers[journal].append(int(rank))
    found += [f"gap {j}" for j, ranks in numbers.items() if sorted(ranks) != list(range(1, len(ranks) + 1))]
    return found


@pytest.fixture
def lived(db):
    office = factories.office(siren=SIREN)
    person = factories.person(office, "Dupont|\tde la Rue", "Anne\u2028Marie")
    accounts = [factories.account(office, "L1", person=person), factories.account(office, "L2")]
    for year, months in ((2025, (11, 12)), (2026, (1, 2, 3))):
        for month in months:
            for account in accounts:
                factories.debit(account, date(year, month, 1), 62_000, reference=f"Q\t{month}")
                factories.payment(account, date(year, month, 8), 20_000)
    close_until(office, date(2026, 1, 1))
    # Come after the close of January, for January: a correction and a quittance.
    take_back(entry=accounts[0].entries.first(), cents=1_000, on=date(2026, 1, 5))
    factories.debit(accounts[1], date(2026, 1, 31), 100, reference="-")
    return office


def test_a_closed_year_is_exported_without_fault_and_the_same_twice(lived, tmp_path) -> None:
    close_until(lived, date(2026, 12, 1))
    first = export_fec(office=lived, year=2026, folder=tmp_path / "a", actor=None)
    assert faults(first.path, 2026) == []
    text = first.path.read_bytes().decode()
    assert "date réelle 31/01/2026" in text and "Dupont de la Rue Anne Marie" in text
    # The opening is the closing of the year before, auxiliary by auxiliary.
    opening = [line.split("\t") for line in text.split("\r\n") if line.startswith("AN\t")]
    assert [(line[4], line[6], line[11]) for line in opening if line[6]] == [
        ("4111", "L1", "840,00"),
        ("4111", "L2", "840,00"),
    ]
    factories.debit(lived.accounts.first(), date(2026, 6, 1), 999)
    again = export_fec(office=lived, year=2026, folder=tmp_path / "b", actor=None)
    assert again.digest == first.digest
    assert AuditEvent.objects.filter(verb="books.exported").count() == 2


@pytest.mark.parametrize(
    ("siren", "last", "code"), [("", 12, "books.no_siren"), (SIREN, 11, "books.year_open")]
)
def test_an_open_year_or_no_siren_is_refused(lived, tmp_path, siren: str, last: int, code: str) -> None:
    lived.siren = siren
    lived.save(update_fields=["siren"])
    close_until(lived, date(2026, last, 1))
    with pytest.raises(DomainError) as refused:
        export_fec(office=lived, year=2026, folder=tmp_path, actor=None)
    assert refused.value.code == code
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\tb|c\r\nd", "a b c d"),
        ("\u0085x\u2028", "x"),
        ("-", "vide"),
        ("  ", "vide"),
        ("é" * 300, "é" * 200),
    ],
)
def test_a_label_cuts_no_line(text: str, kept: str) -> None:
    assert plain(text, "vide") == kept
