"""Whatever the rows, however cut into files: every cent is posted once, or said to be left out."""

from __future__ import annotations

from datetime import date

import phonenumbers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amiable.accounts.models import Account
from amiable.intake.models import Import
from amiable.intake.people import phone_numbers
from amiable.intake.services import RefusedFile, import_list
from amiable.ledger.models import Entry
from tests import factories
from tests.kept import rewritten

HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference"
DEBITS = ("quittance", "frais", "sls", "rejet")
CREDITS = ("encaissement", "apl", "rls", "remise")
ROW = st.tuples(
    st.sampled_from(["A", "B", "inconnu"]),
    st.sampled_from([*DEBITS, *CREDITS, "annulation", "truc"]),
    st.integers(1, 5).map(lambda n: n * 100),
    st.sampled_from(["", "R1", "R2", "R3"]),
    st.integers(1, 28),
)
PLAIN = ROW.filter(lambda row: row[1] != "annulation")
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def written(account: str, kind: str, cents: int, reference: str, day: int) -> str:
    euros = f"{cents // 100},00"
    debit, credit = ("", euros) if kind in CREDITS or kind == "annulation" else (euros, "")
    return f"{account};{day:02d}/10/2026;;;{kind};;;{debit};{credit};{reference}"


def load(office, rows):
    text = "\n".join([HEADER, *(written(*row) for row in rows), ""])
    options = {"office": office, "filename": "m", "actor": None, "today": date(2026, 11, 22)}
    try:
        return import_list(list_kind="movements", data=text.encode(), **options)
    except RefusedFile as refused:
        return refused.report


@pytest.fixture
def office(db):
    made = factories.office()
    factories.account(made, "A")
    factories.account(made, "B")
    return made


def forget(office) -> None:
    with rewritten():
        Entry.objects.filter(account__office=office).update(reverses=None)
        Entry.objects.filter(account__office=office).delete()
    Import.objects.filter(office=office).delete()


@SLOW
@given(rows=st.lists(ROW, min_size=1, max_size=25))
def test_each_row_is_taken_rejected_or_known_and_the_ledger_adds_up(office, rows):
    forget(office)
    report = load(office, rows)
    assert report.accepted + report.rejected + report.duplicates + report.waiting == len(rows)
    posted = sum(Entry.objects.values_list("amount_cents", flat=True))
    assert posted == report.debit_cents - report.credit_cents
    assert Entry.objects.count() == report.accepted
    again = load(office, [*rows, ("A", "truc", 100, "", 1)])
    assert again.accepted == 0
    assert sum(Entry.objects.values_list("amount_cents", flat=True)) == posted


@SLOW
@given(
    rows=st.lists(ROW.filter(lambda r: r[1] != "annulation"), min_size=2, max_size=25), cut=st.integers(1, 24)
)
def test_one_file_or_overlapping_files_give_the_same_ledger(office, rows, cut):
    def ledger():
        rows = Entry.objects.order_by("account", "kind", "amount_cents").values_list(
            "account_id", "kind", "amount_cents"
        )
        return list(rows)

    forget(office)
    load(office, rows)
    whole = ledger()
    forget(office)
    # Each list repeats the earlier one, as exports of a sliding period do.
    load(office, rows[:cut])
    load(office, [*rows, ("A", "truc", 100, "", 1)])
    assert ledger() == whole


@SLOW
@given(rows=st.lists(ROW, min_size=1, max_size=25), data=st.randoms(use_true_random=False))
def test_a_rejet_or_annulation_never_undoes_more_than_its_row_nor_another_account(office, rows, data):
    forget(office)
    load(office, rows)
    for entry in Entry.objects.exclude(reverses=None).select_related("reverses"):
        assert entry.account_id == entry.reverses.account_id
        assert (entry.amount_cents > 0) != (entry.reverses.amount_cents > 0)
    undone: dict[int, int] = {}
    for target, cents in Entry.objects.filter(kind=21).values_list("reverses_id", "amount_cents"):
        undone[target] = undone.get(target, 0) + abs(cents)
    for target, cents in undone.items():
        assert cents <= abs(Entry.objects.get(pk=target).amount_cents)
    assert Account.objects.count() == 2


@given(st.from_regex(r"0[1-9]\d{8}", fullmatch=True), st.sampled_from(["", " ", "."]))
def test_a_number_read_at_once_is_the_one_the_library_reads(number, between):
    cell = between.join(number[at : at + 2] for at in range(0, 10, 2))
    read = phonenumbers.parse(number, "FR")
    mobile = phonenumbers.number_type(read) == phonenumbers.PhoneNumberType.MOBILE or number[1] in "67"
    written = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    assert phone_numbers(cell) == [(written, mobile, "")]
