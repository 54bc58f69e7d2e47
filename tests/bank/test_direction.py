"""Money's direction: what takes a payment back undoes it or waits, fees stand apart, nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Sum

from amiable.bank import confirm, facts
from amiable.bank.models import BankTransaction
from amiable.bank.reading import read_bank
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.services import RefusedFile, import_list
from amiable.ledger.models import Entry
from tests import factories

from . import bank_files as files

TODAY = date(2026, 11, 29)


@pytest.fixture
def office(db):
    return factories.office()


@pytest.fixture
def vallin(office):
    return factories.account(
        office, "K0042", person=factories.person(office, last_name="VALLIN", first_name="Odette")
    )


def load(office, data: bytes | str):
    text = data if isinstance(data, bytes) else data.encode()
    report = import_list(office=office, list_kind="bank", data=text, filename="f", actor=None, today=TODAY)
    told = report.as_json()["told"]
    assert told["rows"] == report.accepted + report.duplicates + report.rejected + report.waiting
    return report


def held(account) -> int:
    return account.entries.aggregate(s=Sum("amount_cents"))["s"] or 0


def waiting() -> BankTransaction:
    return BankTransaction.objects.get(status="to_match")


def paid(office, vallin, cents: int = 61_500, **more: str):
    amount = f"{cents // 100}.{cents % 100:02}"
    load(
        office,
        files.camt053(files.credit(amount, "LOYERS K0042", name="VALLIN ODETTE", **more), closing="1615.00"),
    )
    assert held(vallin) == -cents


REVERSED = "<RvslInd>true</RvslInd>"
#: Ways a bank tells that it takes a transfer back: marked, coded, in its text, or not at all.
RECALLS = {
    "marked": files.entry("615.00", marks=REVERSED, debtor="VALLIN ODETTE", text="K0042"),
    "coded": files.entry("615.00", inner=files.family("RCDT", "RRTN"), debtor="VALLIN ODETTE", text="K0042"),
    "with a reason": files.entry(
        "615.00", inner=files.family("RCDT", "ESCT") + files.reason("FRAD"), text="LOYERS K0042"
    ),
    "in its text": files.entry("615.00", text="RAPPEL VIREMENT K0042"),
    "a negative twin by name": files.entry("615.00", creditor="MME ODETTE VALLIN", text="VIR"),
    "a negative twin by account": files.entry("615.00", text="REGULARISATION K0042"),
    "a negative twin by its words": files.entry("615.00", text="VIR VALLIN ODETTE"),
}


@pytest.mark.parametrize("how", RECALLS)
def test_a_transfer_taken_back_waits_with_its_account_and_undoes_the_payment(office, vallin, how):
    paid(office, vallin)
    report = load(office, files.camt053(RECALLS[how], opening="1615.00", closing="1000.00"))
    assert (report.accepted, report.details["to_match"], held(vallin)) == (1, 1, -61_500)
    row = waiting()
    assert row.is_return and row.reversal
    assert [offer.account for offer in row.suggestions.all()] == [vallin]
    confirm.confirm(row=row, account=vallin, actor=factories.user(office), today=TODAY)
    assert held(vallin) == 0
    undone = Entry.objects.get(kind=EntryKind.REJET)
    assert undone.reverses.kind == EntryKind.ENCAISSEMENT
    # No direct debit was rejected: nobody is written to about one.
    assert facts.bank([vallin.pk], office.pk, TODAY)["rejected_debits_12m"].to_list() == [0]
    assert not vallin.diary.exists()


def test_a_recall_bearing_the_payments_own_reference_undoes_it(office, vallin):
    paid(office, vallin, reference="E-881")
    back = files.entry("615.00", marks=REVERSED, refs="<EndToEndId>E-881</EndToEndId>")
    load(office, files.camt053(back, opening="1615.00", closing="1000.00"))
    assert held(vallin) == 0


def test_a_recall_told_before_the_payment_it_takes_back(office, vallin):
    load(
        office,
        files.camt053(
            files.entry("615.00", text="VIR K0042", day="2026-11-23"), opening="615.00", closing="0.00"
        ),
    )
    assert BankTransaction.objects.get().status == "other"
    paid(office, vallin)
    row = waiting()
    assert (row.amount_cents, row.is_return) == (-61_500, True)


@pytest.mark.parametrize(
    "text", ["VIR SALAIRES", "PRLV EDF", "FRAIS REJET PRLV", "COMMISSION RAPPEL DE VIREMENT", ""]
)
def test_the_offices_own_payments_and_fees_concern_nobody_and_are_shown(office, vallin, text):
    paid(office, vallin)
    report = load(
        office, files.camt053(files.entry("88.00", text=text), opening="1615.00", closing="1527.00")
    )
    assert (report.accepted, report.details["to_match"]) == (1, 0)
    assert BankTransaction.objects.get(amount_cents=-8800).status == "other"


BACK = {
    "with a reason": files.entry("120.00", "CRDT", inner=files.reason("AC04"), text="K0042"),
    "coded": files.entry("120.00", "CRDT", inner=files.family("ICDT", "RRTN"), text="K0042"),
    "marked": files.entry("120.00", "CRDT", marks=REVERSED, text="REMB K0042"),
    "in its text": files.entry("120.00", "CRDT", text="RETOUR VIREMENT K0042"),
    "a twin": files.entry("120.00", "CRDT", refs="<EndToEndId>REMB-9</EndToEndId>", text="K0042"),
}


@pytest.mark.parametrize("how", BACK)
@pytest.mark.parametrize("listed", [True, False])
def test_the_offices_own_refund_coming_back_is_no_payment(office, vallin, how, listed):
    out = files.entry(
        "120.00", refs="<EndToEndId>REMB-9</EndToEndId>", creditor="MME VALLIN", day="2026-11-16"
    )
    load(office, files.camt053(out, opening="1000.00", closing="880.00"))
    if listed:
        factories.debit(vallin, date(2026, 11, 16), 12_000, kind=EntryKind.REMBOURSEMENT)
    load(office, files.camt053(BACK[how], opening="880.00", closing="1000.00"))
    assert not Entry.objects.filter(kind=EntryKind.ENCAISSEMENT).exists()
    row = waiting()
    assert row.reversal and not row.is_return
    confirm.confirm(row=row, account=vallin, actor=factories.user(office), today=TODAY)
    kinds = set(Entry.objects.filter(amount_cents__lt=0).values_list("kind", flat=True))
    assert kinds == {EntryKind.ANNULATION if listed else EntryKind.ENCAISSEMENT}
    row.refresh_from_db()
    confirm.put_back(row=row, actor=factories.user(office), today=TODAY)
    assert held(vallin) == (12_000 if listed else 0)


# --- fees


FEES = {
    "instructed and charged": "<AmtDtls><InstdAmt><Amt Ccy='EUR'>280.00</Amt></InstdAmt></AmtDtls>"
    "<Chrgs><Amt Ccy='EUR'>3.50</Amt></Chrgs>",
    "instructed, nothing said": "<AmtDtls><InstdAmt><Amt Ccy='EUR'>280.00</Amt></InstdAmt></AmtDtls>",
    "transaction and total": "<Amt Ccy='EUR'>280.00</Amt><Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>3.50"
    "</TtlChrgsAndTaxAmt></Chrgs>",
}


@pytest.mark.parametrize("how", FEES)
def test_a_fee_inside_a_return_stands_apart(office, vallin, how):
    payment = factories.payment(vallin, date(2026, 11, 6), 28_000, reference="P11")
    back = files.entry(
        "283.50", refs="<EndToEndId>P11</EndToEndId><MndtId>RUM1</MndtId>",
        inner=FEES[how] + files.family("IDDT", "UPDD") + files.reason("AM04"),
    )  # fmt: skip
    report = load(office, files.camt053(back, closing="716.50"))
    assert (report.accepted, report.details["returned_debits"], report.details["to_match"]) == (2, 1, 0)
    rejet = Entry.objects.get(kind=EntryKind.REJET)
    assert (rejet.amount_cents, rejet.reverses, rejet.reason_code) == (28_000, payment, "AM04")
    assert BankTransaction.objects.get(status="other").amount_cents == -350


def test_a_fee_inside_a_return_of_cfonb_120(office, vallin):
    payment = factories.payment(vallin, date(2026, 11, 6), 28_000, reference="P11")
    text = files.statement(
        files.cfonb("04", "201126", -28_350, "PRLV IMPAYE", reject="41"),
        files.detail("RCN", "P11"),
        files.detail("MMO", "EUR2" + "28000".rjust(14, "0")),
        total=-28_350,
    )
    load(office, text)
    assert Entry.objects.get(kind=EntryKind.REJET).reverses == payment
    assert BankTransaction.objects.get(status="other").amount_cents == -350


def test_a_transaction_in_another_currency_is_kept_whole():
    inner = "<AmtDtls><InstdAmt><Amt Ccy='USD'>300.00</Amt></InstdAmt></AmtDtls>"
    (line,) = (
        read_bank(files.camt053(files.entry("280.00", "CRDT", inner=inner), closing="1280.00"))
        .statements[0]
        .lines
    )
    assert line.amount_cents == 28_000


def test_a_reason_of_zeros_is_no_return():
    inner = "<RtrInf><Rsn><Prtry>0000</Prtry></Rsn></RtrInf>"
    (line,) = (
        read_bank(files.camt053(files.entry("80.00", inner=inner), closing="920.00")).statements[0].lines
    )
    assert not line.is_return
    (line,) = (
        read_bank(files.statement(files.cfonb("04", "201126", -500, "VIR", reject="00"), total=-500).encode())
        .statements[0]
        .lines
    )
    assert not line.is_return


# --- pages, and what is not booked


def test_a_long_statement_is_followed_page_by_page(office, vallin):
    one = files.entry("100.00", "CRDT", text="K0042", debtor="VALLIN")
    pages = [
        files.page(one, one, balances=(("OPBD", "0.00"), ("ITBD", "200.00"))),
        files.page(one, balances=(("ITBD", "200.00"), ("ITBD", "300.00"))),
        files.page(one, balances=(("ITBD", "300.00"), ("CLBD", "400.00"))),
    ]
    reports = [load(office, page) for page in (pages[1], pages[0], pages[2])]
    assert [r.accepted for r in reports] == [1, 2, 1]
    assert ["suite est attendue" in " ".join(r.warnings) for r in reports] == [True, True, False]
    assert held(vallin) == -40_000
    whole = files.page(one, one, one, one, balances=(("OPBD", "0.00"), ("CLBD", "400.00")))
    assert load(office, whole).duplicates == 4


@pytest.mark.parametrize(
    "balances",
    [
        (("ITBD", "100.00"),),
        (("OPBD", "0.00"),),
        (("CLBD", "100.00"),),
        (("OPBD", "0.00"), ("ITBD", "101.00")),
    ],
)
def test_a_page_that_does_not_add_up_is_refused(balances):
    one = files.entry("100.00", "CRDT", text="K0042")
    assert read_bank(files.page(one, balances=balances)).statements[0].refused


@pytest.mark.parametrize(
    ("status", "word"), [("PDNG", "en attente"), ("INFO", "pour information"), ("XYZ", "XYZ")]
)
def test_what_is_not_booked_is_listed_and_not_posted(office, vallin, status, word):
    entries = [
        files.entry("50.00", "CRDT", text="K0042"),
        files.entry("70.00", "CRDT", text="K0042", status=status),
    ]
    report = load(office, files.camt053(*entries, closing="1050.00"))
    assert (report.accepted, report.rejected, report.cents["rejected"]) == (1, 1, 7_000)
    ((_, reason),) = report.errors
    assert "non comptabilisé" in reason and word in reason
    assert held(vallin) == -5_000


# --- pain.002


GROUP = "<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>600.00</OrgnlCtrlSum><GrpSts>{}</GrpSts>"


def lines(data: bytes) -> list[str]:
    return [line.end_to_end for line in read_bank(data).statements[0].lines]


def test_the_nearest_status_decides():
    block = "<OrgnlPmtInfId>B{}</OrgnlPmtInfId><PmtInfSts>{}</PmtInfSts>{}"
    data = files.pain002(
        GROUP.format("PART"),
        block.format(
            1, "RJCT", files.status("A", "100.00", "", "") + files.status("B", "100.00", "ACSC", "")
        ),
        block.format(2, "ACCP", files.status("C", "100.00", "", "") + files.status("D", "100.00")),
        block.format(3, "", files.status("E", "100.00", "PDNG")),
    )
    assert lines(data) == ["A", "D"]
    assert lines(files.pain002(GROUP.format("RJCT"), files.status("F", "200.00", "", ""))) == ["F"]


def test_a_whole_batch_refused_is_said(office):
    for blocks in ((), ("<OrgnlPmtInfId>B1</OrgnlPmtInfId>",)):
        with pytest.raises(RefusedFile, match="Remise .* rejetée en entier") as refused:
            load(office, files.pain002(GROUP.format("RJCT"), *blocks))
        assert (
            "B1" in refused.value.message_fr
            if blocks
            else "3 prélèvements, 600,00" in refused.value.message_fr
        )


def test_a_block_refused_beside_lines_that_can_be_followed(office, vallin):
    factories.payment(vallin, date(2026, 11, 6), 10_000, reference="G")
    block = (
        "<OrgnlPmtInfId>B9</OrgnlPmtInfId><OrgnlNbOfTxs>40</OrgnlNbOfTxs><OrgnlCtrlSum>900.00</OrgnlCtrlSum>"
    )
    report = load(
        office,
        files.pain002(
            GROUP.format("PART"), block + "<PmtInfSts>RJCT</PmtInfSts>", files.status("G", "100.00")
        ),
    )
    assert (report.accepted, report.rejected, report.cents["rejected"]) == (1, 40, 90_000)
    assert "Remise B9 rejetée en entier : 40 prélèvements, 900,00" in report.errors[0][1]
    assert held(vallin) == 0


@pytest.mark.parametrize("said", ["ACCP", "ACSC", "PDNG", "PART"])
def test_an_accepted_batch_has_no_return(said):
    with pytest.raises(DomainError, match="sans aucun rejet"):
        read_bank(files.pain002(GROUP.format(said), files.status("A", "100.00", "", "")))


def test_zeros_and_the_offices_own_transfers_are_no_returns():
    read = read_bank(files.pain002(GROUP.format("PART"), files.status("A", "100.00", "RJCT", "0000")))
    assert "0000" in read.statements[0].refused
    own = "<OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>" + GROUP.format("PART")
    read = read_bank(files.pain002(own, files.status("A", "100.00")))
    assert "virement de l'office" in read.statements[0].refused
