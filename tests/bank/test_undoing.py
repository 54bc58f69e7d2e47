"""What an officer decides about the bank's money, and that undoing it undoes all it did."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Sum

from amiable.bank import confirm, facts
from amiable.bank.accounts import candidates
from amiable.bank.models import BankTransaction
from amiable.bank.splitting import Share, fitting, split
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake import deciding
from amiable.intake.models import ToldRow
from amiable.intake.services import import_list
from amiable.ledger.models import Entry
from amiable.parties.models import PersonIban
from amiable.positions.models import StaleMark
from tests import factories

from . import bank_files as files

TODAY = date(2026, 11, 29)
IBAN = "FR7630002005500000157845Z02"
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference\n"


@pytest.fixture
def office(db):
    return factories.office()


@pytest.fixture
def officer(office):
    return factories.user(office)


@pytest.fixture
def two(office):
    """Two tenants who owe a month each: 560 and 450."""
    made = []
    for ref, last, first, cents in (
        ("K0001", "VALLIN", "Odette", 56_000),
        ("K0002", "MORET", "Ines", 45_000),
    ):
        account = factories.account(
            office, ref, person=factories.person(office, last_name=last, first_name=first)
        )
        factories.debit(account, date(2026, 11, 1), cents)
        made.append(account)
    return made


def bank(office, *entries: str, total: int):
    """One statement after another: each begins with the balance that ended the last."""
    rows = BankTransaction.objects.filter(part_of=None)
    begins = rows.aggregate(s=Sum("amount_cents"))["s"] or 0
    opening, closing = (f"{cents / 100:.2f}" for cents in (begins, begins + total))
    return bring(office, "bank", files.camt053(*entries, opening=opening, closing=closing))


def bring(office, kind: str, data: bytes):
    return import_list(office=office, list_kind=kind, data=data, filename="f", actor=None, today=TODAY)


def held(account) -> int:
    return account.entries.aggregate(s=Sum("amount_cents"))["s"] or 0


def learned(office) -> list[str]:
    rows = PersonIban.objects.filter(person__office=office).order_by("person_id")
    return list(rows.values_list("person__last_name", flat=True))


# --- a learned IBAN


def teach(office, account, officer, cents: int = 56_000) -> BankTransaction:
    bank(office, files.credit(f"{cents / 100:.2f}", "x", name="UDAF GESTION", iban=IBAN), total=cents)
    row = BankTransaction.objects.get(status="to_match")
    confirm.confirm(row=row, account=account, actor=officer, today=TODAY)
    return row


@pytest.mark.parametrize(
    ("name", "text", "cents"),
    [
        ("UDAF GESTION", "MORET INES LOYER", 45_000),
        ("UDAF GESTION", "LOYER", 56_000),
        ("", "LOYER MORET INES", 56_000),
        ("", "MORET", 56_000),
        ("", "LOYER", 45_000),
        ("MORET INES", "LOYER", 56_000),
        ("", "LOYER", 12_345),
    ],
)
def test_a_learned_iban_decides_nothing_against_name_amount_or_label(office, two, officer, name, text, cents):
    teach(office, two[0], officer)
    factories.debit(two[0], date(2026, 11, 2), 56_000)
    report = bank(office, files.credit(f"{cents / 100:.2f}", text, name=name, iban=IBAN), total=cents)
    waits = BankTransaction.objects.filter(status="to_match")
    decided = cents == 56_000 and name == "" and "MORET" not in text
    assert (report.details["matched"], waits.count()) == ((1, 0) if decided else (0, 1))
    if "MORET INES" in f"{name} {text}" and cents == 45_000:
        assert waits.get().suggestions.first().account == two[1]


@pytest.mark.parametrize(("name", "text", "cents"), [("VALLIN", "x", 9_900), ("", "LOYER", 56_000)])
def test_it_decides_where_name_or_amount_agrees(office, two, officer, name, text, cents):
    teach(office, two[0], officer)
    factories.debit(two[0], date(2026, 11, 2), 56_000)
    report = bank(office, files.credit(f"{cents / 100:.2f}", text, name=name, iban=IBAN), total=cents)
    assert report.details["matched"] == 1


def test_an_iban_that_pays_for_several_only_suggests(office, two, officer):
    teach(office, two[0], officer)
    bank(office, files.credit("450.00", "K0002 MORET", name="UDAF GESTION", iban=IBAN), total=45_000)
    factories.debit(two[0], date(2026, 11, 2), 56_000)
    report = bank(office, files.credit("560.00", "VALLIN", name="VALLIN", iban=IBAN), total=56_000)
    assert report.details["to_match"] == 1


def test_undoing_a_match_forgets_what_it_taught_unless_another_says_so(office, two, officer):
    first = teach(office, two[0], officer)
    second = teach(office, two[0], officer, cents=5_000)
    assert learned(office) == ["VALLIN"]
    confirm.put_back(row=second, actor=officer, today=TODAY)
    assert learned(office) == ["VALLIN"]
    confirm.put_back(row=first, actor=officer, today=TODAY)
    assert learned(office) == []


# --- every undo


def test_undoing_a_match_gives_back_the_row_of_a_list_recognised_in_it(office, two, officer):
    row = teach(office, two[0], officer)
    listed = "K0001;20/11/2026;;;encaissement;VIR;Virement;;560,00;N1\n"
    assert bring(office, "movements", (HEADER + listed).encode()).duplicates == 1
    confirm.put_back(row=row, actor=officer, today=TODAY)
    told = ToldRow.objects.get()
    assert (told.status, held(two[0])) == ("waits", 56_000)
    with pytest.raises(DomainError, match="annulée depuis"):
        deciding.same(row=told, actor=officer)
    deciding.another(row=ToldRow.objects.get(), actor=officer)
    assert held(two[0]) == 0


def test_undoing_a_rejet_silences_what_it_said(office, two, officer):
    bank(office, files.credit("560.00", "K0001"), total=56_000)
    back = files.entry("560.00", inner=files.family("IDDT", "UPDD") + files.reason("AM04"))
    bring(office, "bank", files.camt053(back, opening="560.00", closing="0.00"))
    row = BankTransaction.objects.get(is_return=True)
    confirm.confirm(row=row, account=two[0], actor=officer, today=TODAY)
    assert facts.bank([two[0].pk], office.pk, TODAY)["rejected_debits_12m"].to_list() == [1]
    row.refresh_from_db()
    confirm.put_back(row=row, actor=officer, today=TODAY)
    assert facts.bank([two[0].pk], office.pk, TODAY)["rejected_debit_reason"].to_list() == [None]
    assert held(two[0]) == 0


@pytest.mark.parametrize("answer", ["same", "another", "recognised"])
def test_an_answer_about_a_row_of_a_list_is_undone(office, two, officer, answer):
    bank(office, files.credit("560.00", "K0001"), total=56_000)
    day = "20/11/2026" if answer == "recognised" else "28/11/2026"
    bring(office, "movements", (HEADER + f"K0001;{day};;;encaissement;VIR;V;;560,00;N1\n").encode())
    row = ToldRow.objects.get()
    if answer != "recognised":
        getattr(deciding, answer)(row=row, actor=officer)
    before = -56_000 if answer == "another" else 0
    assert held(two[0]) == before
    for _ in range(2):
        StaleMark.objects.all().delete()
        deciding.put_back(row=ToldRow.objects.get(), actor=officer)
        assert (ToldRow.objects.get().status, held(two[0])) == ("waits", 0)
        assert StaleMark.objects.exists() == (before < 0)
        deciding.another(row=ToldRow.objects.get(), actor=officer)
        before = -56_000
        assert held(two[0]) == before
    # The same row in a later list is the one posted.
    again = HEADER + f"K0001;{day};;;encaissement;VIR;V;;560,00;N1\nK0001;03/11/2026;;;frais;F;F;3,00;;F\n"
    assert bring(office, "movements", again.encode()).duplicates == 1


# --- one transfer for several


def test_a_transfer_is_split_and_the_split_is_undone(office, two, officer):
    bank(office, files.credit("1013.00", "K0001 K0002", name="UDAF GESTION", iban=IBAN), total=101_300)
    row = BankTransaction.objects.get()
    shares = [Share(two[0], 56_000), Share(two[1], 45_000)]
    with pytest.raises(DomainError, match="Les parts font"):
        split(row=row, shares=shares, actor=officer, today=TODAY)
    for _ in range(2):
        StaleMark.objects.all().delete()
        split(row=row, shares=shares, actor=officer, today=TODAY, aside_cents=300)
        assert [held(account) for account in two] == [0, 0]
        assert learned(office) == ["VALLIN", "MORET"]
        assert StaleMark.objects.count() == 2
        with pytest.raises(DomainError, match="déjà été traitée"):
            split(row=row, shares=shares, actor=officer, today=TODAY, aside_cents=300)
        part = row.parts.first()
        with pytest.raises(DomainError, match="annulez la répartition"):
            confirm.put_back(row=part, actor=officer, today=TODAY)
        confirm.put_back(row=row, actor=officer, today=TODAY)
        assert [held(account) for account in two] == [56_000, 45_000]
        assert learned(office) == [] and not row.parts.exists()


def test_a_split_transfer_told_again_is_known_whole_and_in_a_list_by_its_parts(office, two, officer):
    entry = files.credit("1010.00", "K0001 K0002", name="UDAF")
    bank(office, entry, total=101_000)
    shares = [Share(two[0], 56_000), Share(two[1], 45_000)]
    split(row=BankTransaction.objects.get(), shares=shares, actor=officer, today=TODAY)
    again = bring(office, "bank", files.camt053(entry, opening="0.00", closing="1010.00", version="08"))
    assert (again.accepted, again.duplicates) == (0, 1)
    rows = "".join(
        f"{account.ref};20/11/2026;;;encaissement;VIR;V;;{cents // 100},00;N{account.ref}\n"
        for account, cents in zip(two, (56_000, 45_000), strict=True)
    )
    assert bring(office, "movements", (HEADER + rows).encode()).duplicates == 2
    assert [held(account) for account in two] == [0, 0]


def test_a_return_of_two_debits_is_split(office, two, officer):
    for account, cents in zip(two, (56_000, 45_000), strict=True):
        factories.payment(account, date(2026, 11, 5), cents)
    back = files.entry("1010.00", text="2 PRLV IMPAYES")
    bring(office, "bank", files.camt053(back, opening="1010.00", closing="0.00"))
    shares = [Share(two[0], 56_000), Share(two[1], 45_000)]
    split(row=BankTransaction.objects.get(), shares=shares, actor=officer, today=TODAY)
    assert [held(account) for account in two] == [56_000, 45_000]
    assert not Entry.objects.filter(kind=EntryKind.REJET, reverses=None).exists()


def test_a_confirmed_return_with_a_fee_undoes_the_payment_and_no_more(office, two, officer):
    payment = factories.payment(two[0], date(2026, 11, 5), 56_000, reference="P11")
    back = files.entry("563.50", refs="<EndToEndId>P11</EndToEndId>", inner=files.reason("AM04"))
    bring(office, "bank", files.camt053(back, opening="563.50", closing="0.00"))
    confirm.confirm(row=BankTransaction.objects.get(), account=two[0], actor=officer, today=TODAY)
    rejet = Entry.objects.get(kind=EntryKind.REJET)
    assert (rejet.reverses, rejet.amount_cents) == (payment, 56_000)
    assert BankTransaction.objects.get(status="set_aside").amount_cents == -350


def test_the_split_that_fits_is_found_when_there_is_one(two):
    known = candidates([account.pk for account in two])
    ids = [account.pk for account in two]
    assert fitting(101_000, known) == ((ids[0], 56_000), (ids[1], 45_000))
    assert fitting(101_001, known) == fitting(56_000, known) == ()


def test_nothing_is_said_to_be_a_posting_that_was_taken_back(office, two, officer):
    listed = "K0001;12/11/2026;;;encaissement;VIR;V;;560,00;N1\n"
    bring(office, "movements", (HEADER + listed).encode())
    bank(office, files.credit("560.00", "K0001"), total=56_000)
    row = BankTransaction.objects.get(status="to_match")
    undone = "K0001;13/11/2026;;;annulation;VIR;V;560,00;;N1\n"
    assert bring(office, "movements", (HEADER + undone).encode()).accepted == 1
    with pytest.raises(DomainError, match="annulée depuis"):
        confirm.same(row=row, actor=officer)
    confirm.another(row=row, actor=officer, today=TODAY)
    assert held(two[0]) == 0
