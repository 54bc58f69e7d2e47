"""One euro is told once, whoever tells it: what each pair of sources gives, in the ledger and the report."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.db.models import Sum

from amiable.bank import confirm
from amiable.bank.models import BankTransaction
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake import deciding
from amiable.intake.models import ToldRow
from amiable.intake.services import import_list
from amiable.ledger.models import Entry
from amiable.positions.models import StaleMark
from tests import factories

from . import bank_files as files

TODAY = date(2026, 11, 29)
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference\n"


@pytest.fixture
def office(db):
    made = factories.office()
    factories.account(made, "K0042", person=factories.person(made, last_name="VALLIN", first_name="Odette"))
    return made


def bank(office, data: str | bytes):
    return _import(office, "bank", data if isinstance(data, bytes) else data.encode())


def listed(office, *rows: str):
    return _import(office, "movements", (HEADER + "\n".join(rows) + "\n").encode())


def _import(office, kind: str, data: bytes):
    report = import_list(office=office, list_kind=kind, data=data, filename="f", actor=None, today=TODAY)
    answer = report.as_json()
    told = answer["told"]
    places = ("accepted", "duplicates", "rejected", "waiting")
    assert told["rows"] == sum(answer[p] for p in places)
    assert told["told_cents"] == sum(told[f"{p}_cents"] for p in places)
    assert len(answer["pairings"]) == answer["duplicates"] + answer["waiting"]
    assert all(pair["reason"] for pair in answer["pairings"])
    return report


def paid(office, kind: EntryKind = EntryKind.ENCAISSEMENT) -> list[int]:
    rows = Entry.objects.filter(account__office=office, kind=kind)
    return sorted(rows.values_list("amount_cents", flat=True))


def as_052(data: bytes) -> bytes:
    """The same movements as an intraday report without balances."""
    text = data.decode().replace("camt.053", "camt.052").replace("BkToCstmrStmt", "BkToCstmrAcctRpt")
    text = text.replace("<Stmt>", "<Rpt>").replace("</Stmt>", "</Rpt>")
    while "<Bal>" in text:
        start, end = text.index("<Bal>"), text.index("</Bal>") + len("</Bal>")
        text = text[:start] + text[end:]
    return text.encode()


def figures(report) -> tuple[int, int, int]:
    return report.accepted, report.duplicates, report.waiting


def test_an_intraday_credit_and_the_same_one_at_the_end_of_the_day(office):
    entry = files.credit("312.40", "LOYER K0042", name="VALLIN ODETTE", reference="E-77")
    first = bank(office, as_052(files.camt053(entry)))
    second = bank(office, files.camt053(entry, closing="1312.40"))
    assert (figures(first), figures(second)) == ((1, 0, 0), (0, 1, 0))
    assert paid(office) == [-31240]


def test_the_same_day_by_cfonb_and_by_camt(office):
    cfonb = files.statement(
        files.cfonb("04", "201126", 31240, "VIR K0042"), files.detail("NPY", "VALLIN"), total=31240
    )
    camt = files.camt053(files.credit("312.40", "LOYER K0042", name="MME VALLIN"), closing="1312.40")
    same = camt.replace(b"FR0030002005500000157845Z00", b"FR7630002004470000888899085")
    bank(office, cfonb)
    report = bank(office, same)
    assert figures(report) == (0, 1, 0)
    assert "soldes" in report.pairings[0]["reason"]
    assert paid(office) == [-31240]
    # Another account of the office received another payment.
    assert figures(bank(office, camt)) == (1, 0, 0)


def test_two_equal_payments_then_the_list_of_both_in_any_order(office):
    entry = files.credit("150.00", "K0042", name="VALLIN")
    rows = [f"K0042;{day}/11/2026;;;encaissement;VIR;Virement;;150,00;N{day}" for day in (20, 21)]
    bank(office, files.camt053(entry, entry, closing="1300.00"))
    assert figures(listed(office, *rows)) == (0, 2, 0)
    assert figures(listed(office, rows[1], rows[0], rows[0].replace("N20", "N22"))) == (1, 2, 0)
    assert paid(office) == [-15000] * 3


def test_a_rejet_by_the_bank_and_by_the_list(office):
    listed(office, "K0042;06/11/2026;;;encaissement;PRLV;Prlv;;350,00;D11")
    bank(office, files.camt053(files.returned("350.00", "D11"), closing="650.00"))
    assert figures(listed(office, "K0042;21/11/2026;;;rejet;PRLV;Rejet AM04;350,00;;R-900")) == (0, 1, 0)
    # A second one without number, on another day: it may be the same; an officer says.
    assert figures(listed(office, "K0042;19/11/2026;;;rejet;PRLV;Rejet AM04;350,00;;")) == (0, 0, 1)
    assert paid(office, EntryKind.REJET) == [35000]


def test_a_rejet_by_the_list_then_by_the_bank(office):
    listed(
        office,
        "K0042;06/11/2026;;;encaissement;PRLV;Prlv;;350,00;D11",
        "K0042;21/11/2026;;;rejet;PRLV;Rejet AM04;350,00;;R-900",
    )
    report = bank(office, files.camt053(files.returned("350.00", "D11"), closing="650.00"))
    assert figures(report) == (0, 1, 0)
    assert paid(office, EntryKind.REJET) == [35000]


@pytest.mark.parametrize("day", ["26/11/2026", "02/10/2026"])
def test_an_equal_reference_wins_over_any_window(office, day):
    bank(
        office,
        files.camt053(files.credit("280.00", "K0042", name="VALLIN", reference="QX-5501"), closing="1280.00"),
    )
    row = f"K0042;{day};;;encaissement;VIR;Virement;;280,00;QX-5501"
    assert figures(listed(office, row)) == (0, 1, 0)
    assert paid(office) == [-28000]


def test_twins_of_two_statements_that_follow_each_other_are_two(office):
    line = files.cfonb("04", "201126", 15000, "VIR RECU K0042")
    bank(office, files.statement(line, opening=0, total=15000))
    assert figures(bank(office, files.statement(line, opening=15000, total=15000))) == (1, 0, 0)
    # The whole day in one statement tells both again.
    assert figures(bank(office, files.statement(line, line, opening=0, total=30000))) == (0, 2, 0)
    assert paid(office) == [-15000] * 2


def test_a_statement_present_twice_in_one_file_is_one(office):
    one = files.statement(files.cfonb("04", "201126", 15000, "VIR RECU K0042"), opening=0, total=15000)
    assert figures(bank(office, one + one)) == (1, 1, 0)
    assert paid(office) == [-15000]


def test_statements_that_cannot_be_placed_wait_and_an_officer_says(office):
    line = files.cfonb("04", "201126", 15000, "VIR RECU K0042")
    officer = factories.user(office)
    bank(office, files.statement(line, opening=0, total=15000))
    assert figures(bank(office, files.statement(line, opening=900_00, total=15000))) == (0, 0, 1)
    row = BankTransaction.objects.get(status="to_match")
    confirm.same(row=row, actor=officer)
    assert paid(office) == [-15000]
    row.refresh_from_db()
    confirm.put_back(row=row, actor=officer, today=TODAY)
    row.refresh_from_db()
    assert row.status == "to_match" and row.same_as_id
    confirm.another(row=row, actor=officer, today=TODAY)
    assert paid(office) == [-15000] * 2


def test_of_two_officers_who_answer_the_second_finds_it_decided(office):
    line = files.cfonb("04", "201126", 15000, "VIR RECU K0042")
    officer = factories.user(office)
    bank(office, files.statement(line, opening=0, total=15000))
    bank(office, files.statement(line, opening=900_00, total=15000))
    row = BankTransaction.objects.get(status="to_match")
    seen_by_the_other = BankTransaction.objects.get(pk=row.pk)
    confirm.same(row=row, actor=officer)
    for answer in (confirm.same, partial(confirm.another, today=TODAY)):
        with pytest.raises(DomainError, match="déjà été traitée"):
            answer(row=seen_by_the_other, actor=officer)
    row.refresh_from_db()
    assert (row.status, paid(office)) == ("same", [-15000])
    assert row.same_as_id


def test_a_row_posted_apart_promises_new_positions_in_its_own_transaction(office):
    listed(office, "K0042;12/11/2026;;;encaissement;VIR;Virement;;280,00;N1")
    bank(office, files.camt053(files.credit("280.00", "K0042", name="VALLIN"), closing="1280.00"))
    confirm.another(row=BankTransaction.objects.get(), actor=factories.user(office), today=TODAY)
    listed(office, "K0042;28/11/2026;;;encaissement;VIR;Virement;;280,00;N2")
    StaleMark.objects.all().delete()
    deciding.another(row=ToldRow.objects.get(status="waits"), actor=factories.user(office))
    assert set(StaleMark.objects.values_list("account__ref", flat=True)) == {"K0042"}


def test_a_listed_payment_a_week_from_the_bank_waits_whichever_comes_first(office):
    officer = factories.user(office)
    listed(office, "K0042;12/11/2026;;;encaissement;VIR;Virement;;280,00;N1")
    report = bank(office, files.camt053(files.credit("280.00", "K0042", name="VALLIN"), closing="1280.00"))
    assert figures(report) == (0, 0, 1)
    confirm.another(row=BankTransaction.objects.get(), actor=officer, today=TODAY)
    assert paid(office) == [-28000] * 2
    # N2 is near the bank's own posting, which no list has told yet: it may be that one.
    assert figures(listed(office, "K0042;28/11/2026;;;encaissement;VIR;Virement;;280,00;N2")) == (0, 0, 1)
    row = ToldRow.objects.get(status="waits")
    deciding.another(row=row, actor=officer)
    assert paid(office) == [-28000] * 3
    again = "K0042;28/11/2026;;;encaissement;VIR;Virement;;280,00;N2"
    assert figures(listed(office, again, "K0042;01/11/2026;;;frais;F;Frais;3,00;;F1")) == (1, 1, 0)


def test_a_reference_on_every_row_identifies_none_and_is_said(office):
    months = [
        f"K0042;01/{m:02}/2026;01/{m:02}/2026;{m:02}/2026;quittance;LOY;Quittance;560,00;;BAIL-7"
        for m in range(1, 12)
    ]
    report = listed(office, *months)
    assert figures(report) == (11, 0, 0)
    assert any("BAIL-7" in warning for warning in report.warnings)
    # The next month alone, then everything again.
    extra = "K0042;01/12/2026;01/12/2026;12/2026;quittance;LOY;Quittance;560,00;;BAIL-7"
    assert figures(listed(office, extra)) == (1, 0, 0)
    assert figures(listed(office, *months, extra, "K0042;02/12/2026;;;frais;F;Frais;3,00;;")) == (1, 12, 0)
    assert Entry.objects.filter(kind=EntryKind.QUITTANCE).aggregate(s=Sum("amount_cents"))["s"] == 12 * 56000
