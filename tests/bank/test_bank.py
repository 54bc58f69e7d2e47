"""Bank files: read loudly, posted only when sure, never twice."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from amiable.bank import confirm, facts
from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.bank.reading import read_bank
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.models import Import
from amiable.intake.services import RefusedFile, import_list
from amiable.ledger.models import Entry
from amiable.parties.models import PersonIban
from tests import factories

from . import bank_files as files

SAMPLES = Path(os.environ.get("AMIABLE_SAMPLES") or "/nonexistent")
TODAY = date(2026, 11, 22)
IBAN = "FR7630002005500000157845Z02"


def one(text: str | bytes):
    data = text if isinstance(text, bytes) else text.encode()
    return read_bank(data).statements[0]


# --- readers
# -----------------------------------------------------------------------------------------------------


def test_cfonb120_signs_details_and_balance():
    read = one(
        files.statement(
            files.cfonb("04", "201126", 60000, "VIR SEPA"),
            files.detail("NPY", "DURAND SAMIRA"),
            files.detail("RCN", "E2E-1".ljust(35) + "LOYER"),
            files.cfonb("04", "201126", -1234, "F COMMISSION"),
            total=58766,
        )
    )
    assert (read.refused, read.opening_cents, read.closing_cents) == ("", 100000, 158766)
    first, second = read.lines
    assert (first.amount_cents, first.party_name, first.end_to_end) == (60000, "DURAND SAMIRA", "E2E-1")
    assert (second.amount_cents, second.is_return) == (-1234, False)
    assert read.ends_on == date(2026, 11, 20)


def test_cfonb120_without_line_ends_and_with_blank_lines():
    text = files.statement(files.cfonb("04", "201126", 5, "A"), total=5)
    assert len(one(text.replace("\r\n", "")).lines) == 1
    assert len(one(text.replace("\r\n", "\n\n")).lines) == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (files.statement(files.cfonb("04", "201126", 5, "A"), total=6), "ne tombe pas juste"),
        (files.statement(files.cfonb("04", "310226", 5, "A"), total=5), "date impossible"),
        (files.statement(files.cfonb("04", "201126", 5, "A")[:95] + "?" * 25, total=5), "illisible"),
        (files.cfonb("01", "191126", 5) + "\n" + files.cfonb("04", "201126", 5), "nouveau solde"),
    ],
)
def test_a_statement_that_cannot_be_trusted_is_refused_whole(text, word):
    assert word in one(text).refused


def test_orphans_are_listed_with_their_lines():
    read = read_bank((files.cfonb("04", "201126", 5) + "\n" + files.statement()).encode())
    assert read.orphans[0][0] == 1
    assert read.statements[0].refused == ""


def test_cfonb240_returns_and_total():
    read = one(files.returns240(("DURAND SAMIRA", 35000, "P11", "AM04 PROVISION INSUFFISANTE")))
    (line,) = read.lines
    assert (line.amount_cents, line.reason_code, line.end_to_end, line.is_return) == (
        -35000,
        "AM04",
        "P11",
        True,
    )
    assert line.iban == "30002005500000157845Z"
    assert "ne tombe pas juste" in one(files.returns240(("A", 5, "P", "x"), total=6)).refused


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_camt053_credits_returns_and_balance(version):
    read = one(
        files.camt053(
            files.credit("600.00", "LOYER L001", name="DURAND", iban=IBAN),
            files.returned("350.00", "P11"),
            closing="1250.00",
            version=version,
        )
    )
    assert read.refused == ""
    assert [(e.amount_cents, e.is_return, e.reason_code) for e in read.lines] == [
        (60000, False, ""),
        (-35000, True, "AM04"),
    ]
    assert read.lines[0].iban == IBAN
    assert "ne tombe pas juste" in one(files.camt053(closing="1.00")).refused
    assert "devise" in one(files.camt053().replace(b"'EUR'", b"'SEK'")).refused


def test_a_batch_is_split_only_when_its_parts_make_the_whole():
    part = (
        "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs><Amt Ccy='EUR'>{}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
    )
    entry = (
        "<Ntry><Amt Ccy='EUR'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
        "<BookgDt><Dt>2026-11-20</Dt></BookgDt>{}<NtryDtls>"
        + part.format("A", "100.00")
        + part.format("B", "50.00")
        + "</NtryDtls></Ntry>"
    )
    assert [
        e.amount_cents for e in one(files.camt053(entry.format("150.00", ""), closing="1150.00")).lines
    ] == [
        10000,
        5000,
    ]
    charged = entry.format("148.00", "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>2.00</TtlChrgsAndTaxAmt></Chrgs>")
    assert [e.amount_cents for e in one(files.camt053(charged, closing="1148.00")).lines] == [
        10000,
        5000,
        -200,
    ]
    (whole,) = one(files.camt053(entry.format("140.00", ""), closing="1140.00")).lines
    assert (whole.amount_cents, whole.end_to_end) == (14000, "")


@pytest.mark.parametrize(
    "data",
    [
        b"<a/>",
        b"<Document><BkToCstmrStmt/></Document>",
        b"<Document",
        b"hello",
        b"%PDF-1.4",
        b"",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Document><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>",
        b"05" + b" " * 118,
        b"\x00\x01",
    ],
)
def test_what_is_no_bank_file_is_refused_aloud(data):
    with pytest.raises(DomainError):
        read_bank(data)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="AMIABLE_SAMPLES is not set")
def test_real_files():
    read = read_bank((SAMPLES / "cfonb/pennylane/example.txt").read_bytes())
    assert [s.refused for s in read.statements] == ["", ""]
    assert [len(s.lines) for s in read.statements] == [3, 3]
    read = read_bank((SAMPLES / "camt/genkgo/camt053.v2.multi.statement.xml").read_bytes())
    assert [s.refused for s in read.statements] == ["", ""]
    for name in ("test-sepa-camt-053-unpaid.xml", "test-sepa-camt-unpaid-invalid.xml"):
        (line,) = read_bank((SAMPLES / "camt/oca" / name).read_bytes()).statements[0].lines
        assert (line.amount_cents, line.reason_code, line.mandate) == (-10000, "AC06", "MANDATEID2")
    read = read_bank((SAMPLES / "camt/oca/test-sepa-pain-unpaid.xml").read_bytes())
    assert [e.reason_code for e in read.statements[0].lines] == ["AC01", "MS02", "MD06", "AM04"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="AMIABLE_SAMPLES is not set")
@pytest.mark.parametrize(
    "name",
    [
        "cfonb/akretion_bank_statement.cfo",
        "cfonb/pennylane/invalid_date.txt",
        "cfonb/pennylane/new_statement_without_previous_ended.txt",
        "cfonb/pennylane/operation.txt",
        "cfonb/pennylane/operation_unstarted.txt",
        "camt/genkgo/camt053.v2.wrong.xml",
        "camt/genkgo/camt053.v3.xml",
        "camt/genkgo/camt053.v2.five.decimals.xml",
        "camt/genkgo/camt054.v2.xml",
    ],
)
def test_real_files_that_must_not_be_posted(name):
    try:
        read = read_bank((SAMPLES / name).read_bytes())
    except DomainError:
        return
    assert all(s.refused for s in read.statements)


# --- matching
# ----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    return factories.office()


@pytest.fixture
def durand(office):
    return factories.account(
        office, "L001", person=factories.person(office, last_name="DURAND", first_name="Samira")
    )


def load(office, text: str | bytes, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return import_list(
        office=office, list_kind="bank", data=data, filename="b.txt", actor=None, today=TODAY, **options
    )


def transfer(label: str, cents: int = 60000, name: str = "") -> str:
    lines = [files.cfonb("04", "201126", cents, "VIR SEPA"), files.detail("LIB", label)]
    return files.statement(*lines, *([files.detail("NPY", name)] if name else []), total=cents)


def test_a_reference_in_the_text_posts_the_credit(office, durand):
    report = load(office, transfer("LOYER L 001 OCTOBRE"))
    assert (report.accepted, report.credit_cents, report.details["matched"]) == (1, 60000, 1)
    entry = Entry.objects.get()
    assert (entry.account, entry.kind, entry.amount_cents) == (durand, EntryKind.ENCAISSEMENT, -60000)
    assert (entry.document_on, entry.due_on) == (date(2026, 11, 20), None)
    assert Import.objects.get().dated_on == date(2026, 11, 20)


def test_a_short_reference_is_believed_when_it_fills_its_zone_only(office):
    account = factories.account(office, ref="A09")
    alone = files.cfonb("04", "201126", 60000, "VIR", reference="A09")
    assert load(office, files.statement(alone, total=60000)).details["matched"] == 1
    assert Entry.objects.get().account == account
    by_chance = files.cfonb("04", "201126", 70000, "VIR BATIMENT A09 ESCALIER 2")
    assert load(office, files.statement(by_chance, total=70000)).details["to_match"] == 1
    assert MatchSuggestion.objects.get().account == account


def test_the_same_file_or_the_same_line_is_never_posted_twice(office, durand):
    text = transfer("LOYER L001")
    load(office, text)
    with pytest.raises(DomainError, match="déjà été importé"):
        load(office, text)
    again = files.statement(
        files.cfonb("04", "201126", 60000, "VIR SEPA"),
        files.detail("LIB", "LOYER L001"),
        files.cfonb("04", "201126", -7, "F COMMISSION"),
        total=59993,
    )
    report = load(office, again)
    assert (report.accepted, report.duplicates) == (1, 1)
    assert Entry.objects.count() == 1


def test_a_statement_that_does_not_balance_writes_nothing(office, durand):
    with pytest.raises(RefusedFile, match="ne tombe pas juste"):
        load(office, files.statement(files.cfonb("04", "201126", 5, "L001"), closing=1))
    assert Import.objects.count() == BankTransaction.objects.count() == 0


def test_a_known_iban_posts_and_a_confirmed_match_teaches_it(office, durand):
    load(office, files.camt053(files.credit("10.00", "x", name="MME D", iban=IBAN), closing="1010.00"))
    row = BankTransaction.objects.get()
    assert row.status == "to_match"
    confirm.confirm(row=row, account=durand, actor=factories.user(office), today=TODAY)
    assert PersonIban.objects.get().person == durand.person
    mine = files.credit("12.00", "y", name="DURAND SAMIRA", iban=IBAN)
    assert load(office, files.camt053(mine, closing="1012.00")).details["matched"] == 1
    assert Entry.objects.filter(account=durand).count() == 2


def test_name_and_amount_only_suggest(office, durand):
    factories.debit(durand, date(2026, 11, 5), 60000)
    other = factories.account(
        office, "L002", person=factories.person(office, last_name="DURAND", first_name="Paul")
    )
    report = load(office, transfer("LOYER", name="MME DURAND SAMIRA"))
    assert (report.details["matched"], report.details["to_match"]) == (0, 1)
    best = BankTransaction.objects.get().suggestions.first()
    assert (best.account, best.score) == (durand, 85)
    assert "montant exact" in best.reason_fr
    assert not BankTransaction.objects.get().suggestions.filter(account=other).exists()
    assert not Entry.objects.filter(kind=EntryKind.ENCAISSEMENT).exists()


def test_two_references_in_one_text_are_for_an_officer(office, durand):
    factories.account(office, "L002")
    load(office, transfer("L001 ET L002"))
    assert BankTransaction.objects.get().suggestions.count() == 2


def test_a_returned_debit_undoes_its_payment_with_its_reason(office, durand):
    payment = factories.payment(durand, date(2026, 11, 6), 35000, reference="P11")
    report = load(office, files.camt053(files.returned("350.00", "P11", "MD07"), closing="650.00"))
    assert report.details["returned_debits"] == 1
    rejet = Entry.objects.get(kind=EntryKind.REJET)
    assert (rejet.reverses, rejet.amount_cents, rejet.reason_code) == (payment, 35000, "MD07")
    assert durand.diary.get().data["reason_code"] == "MD07"
    # The same return by CFONB 240, and then by a list: recognised each time.
    report = load(office, files.returns240(("DURAND", 35000, "P11", "MD07")))
    assert report.duplicates == 1
    text = "compte;date_piece;type;debit;reference\nL001;20/11/2026;rejet;350,00;P11\n"
    listed = import_list(
        office=office, list_kind="movements", data=text.encode(), filename="m", actor=None, today=TODAY
    )
    assert listed.duplicates == 1
    assert Entry.objects.filter(kind=EntryKind.REJET).count() == 1


def test_a_return_by_account_and_amount_and_one_nobody_knows(office, durand):
    factories.payment(durand, date(2026, 11, 6), 35000)
    load(
        office, files.returns240(("DURAND SAMIRA", 35000, "ZZ", "LOYER L001 AM04"), ("X", 999, "ZY", "AM04"))
    )
    assert Entry.objects.get(kind=EntryKind.REJET).reverses is not None
    assert BankTransaction.objects.get(status="to_match").amount_cents == -999


def test_a_payment_known_by_a_list_is_not_doubled_by_the_bank_nor_the_other_way(office, durand):
    factories.payment(durand, date(2026, 11, 18), 60000, reference="P1")
    report = load(office, transfer("LOYER L001"))
    assert report.details["already_posted"] == 1
    assert Entry.objects.count() == 1
    load(office, transfer("L001", 700))
    twins = [f"L001;21/11/2026;encaissement;7,00;{reference}" for reference in ("P9", "P8")]
    text = "\n".join(["compte;date_piece;type;credit;reference", *twins, ""])
    listed = import_list(
        office=office, list_kind="movements", data=text.encode(), filename="m", actor=None, today=TODAY
    )
    assert (listed.accepted, listed.duplicates) == (1, 1)


def test_confirm_set_aside_and_put_back(office, durand):
    officer = factories.user(office)
    load(office, transfer("INCONNU"))
    row = BankTransaction.objects.get()
    confirm.confirm(row=row, account=durand, actor=officer, today=TODAY)
    with pytest.raises(DomainError, match="déjà été traitée"):
        confirm.set_aside(row=row, actor=officer)
    confirm.put_back(row=row, actor=officer, today=TODAY)
    assert sum(Entry.objects.values_list("amount_cents", flat=True)) == 0
    assert Entry.objects.get(kind=EntryKind.ANNULATION).reverses.kind == EntryKind.ENCAISSEMENT
    confirm.confirm(row=row, account=durand, actor=officer, today=TODAY)
    assert sum(Entry.objects.values_list("amount_cents", flat=True)) == -60000
    confirm.put_back(row=row, actor=officer, today=TODAY)
    confirm.set_aside(row=row, actor=officer)
    row.refresh_from_db()
    assert row.status == "set_aside"


def test_facts(office, durand):
    other = factories.account(
        office, "L002", person=factories.person(office, last_name="LEROY", first_name="Odile")
    )
    frame = facts.bank([durand.pk], office.pk, TODAY)
    assert frame.row(0, named=True) == {
        "account_id": durand.pk,
        "bank_age_days": None,
        "unmatched_credit": False,
        "rejected_debit_reason": None,
        "rejected_debits_12m": 0,
        "rejected_debit_unanswered": False,
    }
    factories.payment(durand, date(2026, 11, 6), 35000, reference="P11")
    load(
        office,
        files.camt053(
            files.returned("350.00", "P11"), files.credit("5.00", "x", name="SAMIRA DURAND"), closing="655.00"
        ),
    )
    frame = facts.bank(None, office.pk, TODAY)
    row = frame.filter(pl.col("account_id") == durand.pk).row(0, named=True)
    assert row == {
        "account_id": durand.pk,
        "bank_age_days": 2,
        "unmatched_credit": True,
        "rejected_debit_reason": "AM04",
        "rejected_debits_12m": 1,
        "rejected_debit_unanswered": False,
    }
    assert frame.filter(pl.col("account_id") == other.pk)["unmatched_credit"].to_list() == [False]
    assert facts.bank([durand.pk], office.pk, date(2026, 11, 19))["rejected_debits_12m"].to_list() == [0]
