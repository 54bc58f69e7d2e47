"""Lists met in offices, brought as a person brings them: by the command, into an office just opened."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from amiable.cli.main import main
from amiable.ledger.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
TENANTS = "compte;nom;loyer;date_entree\nK01;AUBIN;500,00;15/01/2020\nK03;CARON;400,00;15/01/2020\n"


@pytest.fixture
def bring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """`bring(list, content)` -> (exit code, the command's object)."""

    def run(kind: str, content: str | bytes, name: str = "liste.csv", code: int = 0) -> dict[str, Any]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        capsys.readouterr()
        assert main(["import", kind, str(path), "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def landlord(bring: Any) -> Any:
    factories.office()
    bring("accounts", TENANTS, "comptes.csv")
    return bring


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def posted() -> list[tuple[str, date, int]]:
    return sorted(Entry.objects.values_list("account__ref", "document_on", "amount_cents"))


HEAD = ["compte", "date_piece", "type", "debit", "credit", "reference"]


def test_one_sheet_per_agency(landlord):
    day = date(2026, 11, 2)
    data = workbook(
        Est=[HEAD, ["K01", day, "quittance", 500, None, "A"]],
        Ouest=[HEAD, ["K03", day, "quittance", 400, None, "B"]],
        Contacts=[["nom", "bureau"], ["x", 3]],
    )
    report = landlord("movements", data, "m.xlsx")
    assert report["accepted"] == 2
    assert "« Contacts »" in report["warnings"][1]
    assert posted() == [("K01", day, 50000), ("K03", day, 40000)]


def test_months_before_days(landlord):
    text = "compte;date_piece;type;debit;credit;reference\n"
    text += "K01;9/1/2026;quittance;5,00;;A\nK01;8/2/2026;quittance;6,00;;B\n"
    text += "K01;8/14/2026;VIR;;7,00;C\nK03;8/30/2026;VIR;;8,00;D\n"
    report = landlord("movements", text)
    assert (report["accepted"], report["rejected"]) == (4, 0)
    assert "mois d'abord" in report["warnings"][0]
    assert [on for _, on, _ in posted()] == [
        date(2026, 8, 2), date(2026, 8, 14), date(2026, 9, 1), date(2026, 8, 30)
    ]  # fmt: skip


def test_the_dash_of_accounting_formats(landlord):
    text = "compte;date_piece;type;debit;credit\nK01;13/11/2026;quittance; 1 500,00 € ; -   € \n"
    report = landlord("movements", text + "K01;15/11/2026;VIR; -   € ; 1 500,00 € \n")
    assert (report["accepted"], report["debit_cents"], report["credit_cents"]) == (2, 150000, 150000)


def test_an_amount_and_its_side(landlord):
    text = "compte;date_piece;type;montant;sens\nK01;13/11/2026;quittance;500,00;D\n"
    report = landlord("movements", text + "K01;15/11/2026;VIR;500,00;C\n")
    assert (report["accepted"], report["debit_cents"], report["credit_cents"]) == (2, 50000, 50000)


def test_numbers_a_spreadsheet_spoiled(bring):
    factories.office()
    report = bring("accounts", "compte;nom;loyer\n9,87654E+12;AUBIN;5\n3,0E+11;CARON;4\n", code=1)
    assert (report["accepted"], report["rejected"]) == (0, 2)
    assert all("numéro de compte abîmé par un tableur" in error["reason"] for error in report["errors"])


def test_one_titre_number_in_two_years(bring):
    factories.office(kind="local_accountant")
    text = (
        "titre;exercice;nature;date_prise_en_charge;date_notification;principal;nom\n"
        "41;2025;cantine;13/06/2025;20/06/2025;84,00;PRAT\n41;2026;hopital;13/03/2026;20/03/2026;61,50;SAULE\n"
    )
    report = bring("titres", text)
    assert (report["accepted"], report["rejected"], report["debit_cents"]) == (2, 0, 14550)
    assert [ref for ref, _, _ in posted()] == ["BP-2025-41", "BP-2026-41"]


def test_formulas_nobody_computed(landlord):
    data = workbook(F=[HEAD, ["K01", date(2026, 11, 2), "quittance", "=400+100", None, "A"]])
    report = landlord("movements", data, "m.xlsx", code=1)
    assert "formules sans résultat : ouvrez et enregistrez le classeur" in report["refused"]
    assert posted() == []
