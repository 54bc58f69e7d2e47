"""Imports and À rapprocher, as an officer goes through them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake import tasks
from amiable.intake.models import Import, ImportSource
from amiable.jobs import worker
from amiable.ledger.models import Entry
from tests import factories

MOVEMENTS = (
    "Loc;Le;Quoi;Eur;Clef\nL1;05/10/2026;LOY;450,00;Z1\nL1;31/02/2026;LOY;5;Z2\nL1;06/10/2026;LOY;x;Z3\n"
)


def drop(client, text, kind="movements", source=""):
    file = SimpleUploadedFile("liste.csv", text.encode())
    return client.post(reverse("imports"), {"list_kind": kind, "source": source, "file": file}, follow=True)


@pytest.fixture
def l1(house):
    return factories.account(house.office, "L1", agency=house.north)


def test_the_list_proposed_first_is_the_one_the_office_lacks_whoever_imported_the_others(house, log_in):
    for kind, who in (("accounts", "service_head"), ("movements", "officer_south")):
        Import.objects.create(
            office=house.office, list_kind=kind, status="committed", sha256=kind, created_by=house[who]
        )
    for name in ("officer", "officer_south", "service_head"):
        page = log_in(name).get(reverse("imports"))
        assert page.context["form"].initial["list_kind"] == "bank", name
    assert "Aucun import de votre agence" in log_in("officer").get(reverse("imports")).content.decode()
    assert len(log_in("officer_south").get(reverse("imports")).context["rows"]) == 1


def test_a_list_of_unknown_layout_is_matched_by_hand_and_imported(house, l1, log_in):
    client = log_in("officer")
    page = drop(client, MOVEMENTS, source="gsi")
    batch = Import.objects.get()
    assert "rapprochez-les ci-dessous" in page.content.decode()
    # Proposed by what the columns hold.
    assert '<option value="Le" selected>' in page.content.decode()
    chosen = {
        "col-compte": "Loc", "col-date_piece": "Le", "col-type": "Quoi", "col-montant": "Eur",
        "col-reference": "Clef",
        "code-type=LOY": "quittance", "amount_sign": "debit", "quittances_net": "on",
    }  # fmt: skip
    page = client.post(reverse("import_mapping", args=[batch.pk]), chosen, follow=True)
    assert "Importer 1 ligne" in page.content.decode()
    assert not Entry.objects.exists()
    client.post(reverse("import_commit", args=[batch.pk]))
    assert "En attente" in client.get(reverse("import", args=[batch.pk])).content.decode()
    worker.run_until_idle()
    page = client.get(reverse("import", args=[batch.pk])).content.decode()
    assert "date impossible « 31/02/2026 »" in page
    entry = Entry.objects.get()
    assert (entry.amount_cents, entry.is_net) == (45000, True)
    assert ImportSource.objects.get(name="gsi").mapping["columns"]["compte"] == "Loc"
    rejects = client.get(reverse("import_rejects", args=[batch.pk])).content.decode("utf-8-sig")
    assert rejects.splitlines()[1] == "L1;31/02/2026;LOY;5;Z2;3;date impossible « 31/02/2026 »"
    # Fixed and imported alone, with the source's own mapping.
    fixed = rejects.replace("31/02/2026;LOY", "28/02/2026;LOY").replace(";x;", ";7;")
    drop(client, fixed, source="gsi")
    again = Import.objects.latest("pk")
    client.post(reverse("import_commit", args=[again.pk]))
    worker.run_until_idle()
    again.refresh_from_db()
    assert (again.status, again.accepted, again.rejected) == ("committed", 2, 0)


def test_a_preview_is_worked_out_when_posted_and_its_page_reads_nothing_again(house, l1, log_in, monkeypatch):
    client = log_in("officer")
    head = "compte;date_piece;type;debit;credit;libelle\n"
    drop(client, head + "L1;13/10/2026;AVOIR;;5,00;x\nL1;14/10/2026;VIR;;50,00;x\nL1;x;VIR;;5,00;x\n")
    batch = Import.objects.get()
    tasks.path_of(batch).unlink()
    report = batch.report
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("import", args=[batch.pk])).content.decode()
    assert not [
        q for q in asked if q["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and "import" in q["sql"]
    ]
    batch.refresh_from_db()
    assert batch.report == report
    assert (batch.status, "Importer 1 ligne" in page) == ("preview", True)
    # The alarm of a list of credits, what a code may mean, and whose rejected row it is.
    assert "vérifiez le sens des montants" in page
    assert "<option selected>regularisation</option>" in page
    assert f"<td>L1</td><td>{l1.person}</td><td>date illisible « x »</td>" in page


@pytest.mark.parametrize(
    "text", ["Loc;Le;Quoi;Eur\nL1;05/10/2026;LOY;450,00\n", "compte;date_piece;libelle\nL1;13/10/2026;x\n",
             "compte;date_piece;type;debit\nL1;25/12/2026;loyer;5\nL1;12/25/2026;loyer;5\n"],
)  # fmt: skip
def test_a_readable_file_is_asked_about_not_refused_in_red(house, l1, log_in, text):
    page = drop(log_in("officer"), text).content.decode()
    assert "notice-error" not in page
    assert "Enregistrer les colonnes et vérifier" in page
    assert 'data-key="i"' not in page


def test_what_the_person_says_of_the_dates_is_kept(house, l1, log_in):
    client = log_in("officer")
    drop(client, "compte;date_piece;type;debit\nL1;25/12/2026;loyer;5\nL1;12/25/2026;loyer;5\n")
    batch = Import.objects.get()
    chosen = {
        "col-compte": "compte",
        "col-date_piece": "date_piece",
        "col-type": "type",
        "col-debit": "debit",
    }
    url = reverse("import_mapping", args=[batch.pk])
    page = client.post(url, chosen | {"date_order": "month"}, follow=True).content.decode()
    assert "Importer 1 ligne" in page
    assert "date impossible « 25/12/2026 »" in page


def test_the_author_is_told_of_accounts_they_may_not_see(house, log_in):
    south = factories.account(house.office, "S1", agency=house.south)
    factories.account(house.office, "N1", agency=house.north)
    page = drop(
        log_in("officer"),
        "compte;date_piece;type;debit\nN1;25/12/2026;loyer;5\nS1;26/12/2026;loyer;5\n",
    ).content.decode()  # fmt: skip
    assert "1 compte(s) de cette liste sont dans une agence qui n" in page
    assert south.ref


def test_the_same_file_is_refused_with_its_reason(house, l1, log_in):
    client = log_in("officer")
    text = "compte;date_piece;type;debit\nL1;05/10/2026;quittance;5\n"
    for _ in range(2):
        drop(client, text)
        batch = Import.objects.latest("pk")
        if batch.pk and Import.objects.filter(status="committed").exists():
            break
        client.post(reverse("import_commit", args=[batch.pk]))
        worker.run_until_idle()
    page = client.get(reverse("import", args=[batch.pk])).content.decode()
    assert "déjà été importé" in page
    assert "Importer 1" not in page
    client.post(reverse("import_abandon", args=[batch.pk]))
    assert Import.objects.count() == 1


def test_the_download_holds_no_formula(house, l1, log_in):
    client = log_in("officer")
    drop(client, 'compte;date_piece;type;debit\nL1;05/10/2026;quittance;5\n"=1+1";-x;+33;=cmd|A0\n')
    batch = Import.objects.get()
    client.post(reverse("import_commit", args=[batch.pk]))
    worker.run_until_idle()
    text = client.get(reverse("import_rejects", args=[batch.pk])).content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("'=1+1;'-x;+33;'=cmd|A0;3;")


def test_who_may_import_and_who_sees_what(house, l1, log_in):
    auditor = log_in("auditor")
    assert auditor.get(reverse("imports")).status_code == 200
    assert drop(auditor, MOVEMENTS).status_code == 403
    drop(log_in("officer"), MOVEMENTS)
    batch = Import.objects.get()
    assert log_in("stranger").get(reverse("import", args=[batch.pk])).status_code == 404
    assert auditor.get(reverse("import_rejects", args=[batch.pk])).status_code == 403


@pytest.fixture
def waiting(house, l1):
    batch = Import.objects.create(
        office=house.office, list_kind="bank", filename="b", sha256="0", status="committed"
    )
    row = BankTransaction.objects.create(
        office=house.office, batch=batch, key="k", booked_on=date(2026, 11, 20), amount_cents=45000,
        party_name="MME X", iban="FR7630002005500000157845Z02",
    )  # fmt: skip
    MatchSuggestion.objects.create(transaction=row, account=l1, score=85, reason_fr="même nom")
    return row


def test_money_is_matched_and_the_decision_undone(house, l1, waiting, log_in):
    client = log_in("officer")
    page = client.get(reverse("matching")).content.decode()
    assert "même nom" in page
    client.post(reverse("match_confirm", args=[waiting.pk]), {"compte": "L1"})
    assert Entry.objects.get().amount_cents == -45000
    assert "Rapprochés" in client.get(reverse("matching") + "?etat=matched").content.decode()
    client.post(reverse("match_back", args=[waiting.pk]))
    assert Entry.objects.filter(kind=EntryKind.ANNULATION).count() == 1
    client.post(reverse("match_aside", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert waiting.status == "set_aside"


def test_only_ones_own_accounts_are_offered_and_accepted(house, l1, waiting, log_in):
    client = log_in("officer_south")
    assert "même nom" not in client.get(reverse("matching")).content.decode()
    page = client.get(reverse("match", args=[waiting.pk]) + "?q=L1").content.decode()
    assert "Aucun compte ne répond" in page
    client.post(reverse("match_confirm", args=[waiting.pk]), {"compte": "L1"})
    assert not Entry.objects.exists()
    assert log_in("auditor").post(reverse("match_aside", args=[waiting.pk])).status_code == 403
    assert log_in("stranger").get(reverse("match", args=[waiting.pk])).status_code == 404


def test_pages_ask_a_constant_number_of_queries(house, l1, log_in, django_assert_max_num_queries):
    batch = Import.objects.create(
        office=house.office, list_kind="bank", filename="b", sha256="0", status="committed"
    )
    for n in range(40):
        row = BankTransaction.objects.create(
            office=house.office, batch=batch, key=f"k{n}", booked_on=date(2026, 11, 20), amount_cents=100 + n
        )
        MatchSuggestion.objects.create(transaction=row, account=l1, score=50, reason_fr="x")
        Import.objects.create(office=house.office, list_kind="movements", filename=f"f{n}", sha256=str(n))
    client = log_in("officer")
    for url in (reverse("matching"), reverse("imports")):
        with django_assert_max_num_queries(16):
            assert client.get(url).status_code == 200
