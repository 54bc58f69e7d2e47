"""The screens of reminders and wordings: who sees, approves, edits; a constant number of queries."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from amiable.core.clock import PARIS
from amiable.correspondence.models import Document, OutboxItem, TemplateVersion
from amiable.diary.models import DiaryEntry
from amiable.intake.models import Import
from amiable.jobs import worker
from amiable.outreach.models import Batch, BatchLine
from amiable.outreach.services import prepare
from amiable.positions import services as positions
from amiable.procedures import services as procedures
from tests import factories
from tests.web.conftest import TODAY

NOW = datetime(2026, 11, 22, 10, tzinfo=PARIS)


@pytest.fixture
def lot(house):
    """A batch of relance 1 of the north agency, with the real engine."""
    office = house.office
    office.phone, office.address, office.email = "01 99 00 00 00", "1 rue A\n69001 Lyon", "c@exemple.fr"
    office.save()
    procedures.install_defaults(office=office, today=date(2026, 1, 1))
    Import.objects.create(
        office=office,
        list_kind="bank",
        filename="r",
        sha256="0" * 64,
        status="committed",
        dated_on=TODAY,
        committed_at=NOW,
    )

    def make(count=3):
        for number in range(count):
            person = factories.person(office, f"Durand{number}", "Samira")
            account = factories.account(office, agency=house.north, person=person)
            factories.terms(account)
            factories.debit(account, TODAY - timedelta(days=12), 30000)
        positions.refresh(office=office, as_of=TODAY)
        prepare(office=office, today=TODAY, now=NOW)
        return Batch.objects.get(step="relance_1")

    return make


def test_approve_send_and_see_the_proof(lot, log_in):
    batch = lot()
    officer = log_in("officer")
    page = officer.get(reverse("outreach"))
    assert "Envoyer la relance 1" in page.content.decode()
    page = officer.get(reverse("outreach_batch", args=[batch.pk])).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    officer.post(reverse("outreach_approve", args=[batch.pk]), {"seen": seen})
    assert "tout peut être annulé" in officer.get(reverse("outreach_batch", args=[batch.pk])).content.decode()
    officer.post(reverse("outreach_send", args=[batch.pk]))
    worker.run_until_idle("test", NOW)
    page = officer.get(reverse("outreach_batch", args=[batch.pk])).content.decode()
    assert page.count("preuve</a>") == 3
    item = OutboxItem.objects.first()
    assert item.idempotency_key in officer.get(reverse("outreach_item", args=[item.pk])).content.decode()
    pdf = officer.get(reverse("document", args=[item.document_id]))
    text = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert "DURAND" in text and "300,00" in text
    assert DiaryEntry.objects.filter(step="relance_1").count() == 3


def test_preview_before_anything_is_kept(lot, log_in):
    batch = lot()
    officer = log_in("officer")
    line = batch.lines.first()
    answer = officer.get(reverse("outreach_preview", args=[line.pk]))
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    everything = officer.get(reverse("outreach_letters", args=[batch.pk]))
    assert len(PdfReader(io.BytesIO(everything.content)).pages) == 3
    assert not Document.objects.exists() and not OutboxItem.objects.exists()


def test_another_agency_sees_nothing(lot, log_in):
    batch = lot()
    south = log_in("officer_south")
    assert "relance 1" not in south.get(reverse("outreach")).content.decode()
    assert south.get(reverse("outreach_batch", args=[batch.pk])).status_code == 404
    assert south.get(reverse("outreach_preview", args=[batch.lines.first().pk])).status_code == 404
    assert south.post(reverse("outreach_approve", args=[batch.pk])).status_code == 404


def test_the_merged_letters_of_an_agency_stay_there(lot, log_in):
    batch = lot()
    officer = log_in("officer")
    officer.post(reverse("outreach_approve", args=[batch.pk]))
    officer.post(reverse("outreach_send", args=[batch.pk]))
    worker.run_until_idle("test", NOW)
    whole = Document.objects.get(code="lot")
    assert officer.get(reverse("document", args=[whole.pk])).status_code == 200
    assert log_in("officer_south").get(reverse("document", args=[whole.pk])).status_code == 404
    assert log_in("stranger").get(reverse("document", args=[whole.pk])).status_code == 404


def test_an_auditor_reads_and_approves_nothing(lot, log_in):
    batch = lot()
    auditor = log_in("auditor")
    page = auditor.get(reverse("outreach_batch", args=[batch.pk])).content.decode()
    assert "Approuver" not in page
    assert auditor.post(reverse("outreach_approve", args=[batch.pk])).status_code == 403
    batch.refresh_from_db()
    assert batch.status == "proposed"


def test_a_colleague_sees_no_reminder(lot, log_in):
    assert log_in("colleague").get(reverse("outreach")).status_code == 403


def test_ticked_lines_are_left_out(lot, log_in):
    batch = lot()
    officer = log_in("officer")
    line = batch.lines.first()
    officer.post(reverse("outreach_remove", args=[batch.pk]), {"ids": [line.pk]})
    line.refresh_from_db()
    assert line.status == "removed"
    officer.post(reverse("outreach_restore", args=[line.pk]))
    line.refresh_from_db()
    assert line.status == "proposed"


def test_queries_do_not_grow_with_the_batch(lot, log_in):
    batch = lot(3)
    officer = log_in("officer")
    counts = []
    for extra in (0, 30):
        for _ in range(extra):
            account = factories.account(batch.office, agency_id=batch.agency_id)
            BatchLine.objects.create(batch=batch, account=account, person=account.person, channel="post")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            officer.get(reverse("outreach_batch", args=[batch.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_wording_is_edited_with_its_mentions_checked(lot, log_in):
    lot()
    head = log_in("service_head")
    address = reverse("letters_edit", args=["relance_1"])
    form = head.get(address).context["form"]
    sent = {"subject": form["subject"].value(), "body": form["body"].value(), "base_version": 0}
    refused = head.post(address, sent | {"body": "Bonjour {{ montant }}"})
    assert "« montant »" in refused.content.decode() and not TemplateVersion.objects.exists()
    head.post(address, sent | {"body": sent["body"].replace("un oubli", "un simple oubli")})
    assert "simple oubli" in TemplateVersion.objects.get().body
    assert "version 1" in head.get(reverse("letters")).content.decode()


def test_a_wording_is_previewed_on_a_real_account_before_it_is_saved(lot, log_in):
    account = lot().lines.first().account
    head = log_in("service_head")
    body = "Essai {{ montant_du }}.\n\n{{ tableau_des_sommes }}"
    answer = head.post(
        reverse("letters_preview", args=["relance_1"]),
        {"subject": "essai", "body": body, "account": account.ref},
    )
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Essai 300,00" in text and not TemplateVersion.objects.exists()
    long = {"subject": "essai", "body": "Essai. " * 5_000, "account": account.ref}
    assert head.post(reverse("letters_preview", args=["relance_1"]), long).status_code == 422


def test_an_officer_reads_the_wordings_only(lot, log_in):
    lot()
    officer = log_in("officer")
    address = reverse("letters_edit", args=["relance_1"])
    assert "Enregistrer" not in officer.get(address).content.decode()
    assert officer.post(address, {"subject": "a", "body": "b", "base_version": 0}).status_code == 403
    preview = reverse("letters_preview", args=["relance_1"])
    assert preview not in officer.get(address).content.decode()
    assert officer.post(preview, {"subject": "a", "body": "b"}).status_code == 403


def test_the_statement_of_an_account(lot, log_in):
    account = lot().lines.first().account
    answer = log_in("officer").get(reverse("statement", args=[account.ref]))
    assert "décompte" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
