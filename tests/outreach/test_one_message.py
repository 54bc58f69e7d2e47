"""One message for all the accounts of a person, and the gap before the next, with the real engine."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from amiable.correspondence import store
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.models import Import
from amiable.jobs import worker
from amiable.outreach import dispatch, queries, services
from amiable.outreach.models import BatchLine
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from amiable.procedures import services as procedures
from tests.factories import account, agency, debit, office, person, terms, user
from tests.outreach.conftest import NOW, TODAY


class Desk:
    """An office that sends all it may, day after day."""

    def __init__(self, kind: str, monkeypatch: pytest.MonkeyPatch):
        self.office = office(
            f"un-{kind}",
            kind=kind,
            address="1 place de la Mairie\n69001 Lyon",
            phone="01 99 00 00 00",
            email="contact@exemple.fr",
            signatory="Nadine Garnier, comptable publique",
            payment_means="par virement",
            payment_iban="FR0000000000000000000000000",
        )
        procedures.install_defaults(office=self.office, today=date(2026, 1, 1))
        self.agency = agency(self.office)
        self.officer = user(self.office, "officer", self.agency)
        self.patch = monkeypatch

    def owes(self, holder, nature: str, cents: int, due: date, **fields):
        found = account(self.office, person=holder, agency=self.agency, nature=nature, **fields)
        if nature == "loyer":
            terms(found)
        debit(found, due, cents, kind=EntryKind.QUITTANCE if nature == "loyer" else EntryKind.TITRE)
        return found

    def propose(self, days: int = 0):
        """The batches of the day that comes `days` after TODAY, with a statement of that day."""
        self.now = NOW + timedelta(days=days)
        self.patch.setattr(dispatch.clock, "now", lambda: self.now)
        Import.objects.update_or_create(
            office=self.office,
            list_kind="bank",
            defaults={"status": "committed", "dated_on": self.now.date(), "sha256": "0" * 64},
        )
        positions.refresh(office=self.office, as_of=self.now.date())
        return services.prepare(office=self.office, today=self.now.date(), now=self.now)

    def approve(self, batches) -> None:
        for batch in batches:
            if batch.lines.filter(status="proposed").exists():
                services.approve(batch=batch, actor=self.officer, now=self.now)
                services.send_now(batch=batch, actor=self.officer, now=self.now)

    def live(self, days: int) -> list[tuple[int, list[str]]]:
        """Each letter sent: its day, the accounts of its diary lines."""
        told = []
        for day in range(days + 1):
            self.approve(self.propose(day))
            worker.run_until_idle("test", self.now)
            left = OutboxItem.objects.filter(status="sent", sent_at__date=self.now.date()).order_by("pk")
            told += [(day, refs(outbox_item_id=item.pk)) for item in left]
        return told


def refs(**wanted) -> list[str]:
    """The accounts whose diary tells it."""
    return sorted(DiaryEntry.objects.filter(**wanted).values_list("account__ref", flat=True))


@pytest.fixture
def treasury(db, monkeypatch):
    return Desk("local_accountant", monkeypatch)


@pytest.fixture
def landlord(db, monkeypatch):
    return Desk("landlord", monkeypatch)


def text_of(document) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(store.read(document))).pages)


def test_a_family_over_days(treasury):
    """Typed by hand: two canteen titres in one letter; the hospital's, never beside them, three days later;
    a titre claimed since a recevabilité, never beside what is not, three days after that."""
    family, alone = person(treasury.office, "Morin", "Famille"), person(treasury.office, "Petit", "Jean")
    due = TODAY - timedelta(days=40)
    for ref, nature, cents in (("C1", "cantine", 4200), ("C2", "cantine", 3100), ("H1", "hopital", 2500)):
        treasury.owes(family, nature, cents, due, ref=ref)
    treasury.owes(family, "cantine", 1900, due, ref="S1", split_on=due - timedelta(days=20))
    treasury.owes(alone, "hopital", 5000, due, ref="P1")
    assert treasury.live(7) == [
        (0, ["P1"]),
        (0, ["C1", "C2"]),
        (3, ["H1"]),
        (6, ["S1"]),
    ]
    first = OutboxItem.objects.get(account__ref="C1")
    text = text_of(first.document)
    assert "C1" in text and "C2" in text and "73,00" in text and "H1" not in text
    assert BatchLine.objects.filter(reason_code="spaced").exists()


def test_one_account_left_out_leaves_the_letter_and_the_counts_stay_true(treasury):
    family = person(treasury.office, "Morin", "Famille")
    due = TODAY - timedelta(days=40)
    for ref in ("C1", "C2", "C3"):
        treasury.owes(family, "cantine", 4200, due, ref=ref)
    (batch,) = treasury.propose()
    going = batch.lines.filter(status="proposed")
    assert {line.together for line in queries.together(going)} == {3} and queries.message_count(going) == 1
    services.remove_line(line=batch.lines.get(account__ref="C1"), actor=treasury.officer)
    going = batch.lines.filter(status="proposed")
    assert {line.together for line in queries.together(going)} == {2} and queries.message_count(going) == 1
    assert [(b.messages, b.proposed) for b in queries.batches_of_day(treasury.officer, TODAY)] == [(1, 2)]
    # Prepared again, it stays out and takes nobody's place.
    (batch,) = treasury.propose()
    treasury.approve([batch])
    worker.run_until_idle("test", treasury.now)
    text = text_of(OutboxItem.objects.get().document)
    assert "C1" not in text and "C2" in text and "84,00" in text
    assert refs(step="relance") == ["C2", "C3"]


def test_two_accounts_at_two_steps_get_one_letter_that_day(landlord):
    tenant = person(landlord.office, "Morin", "Alix")
    early = landlord.owes(tenant, "loyer", 30000, TODAY - timedelta(days=10), ref="A1")
    late = landlord.owes(tenant, "loyer", 50000, TODAY - timedelta(days=20), ref="A2")
    diary.mark_step_done(account=late, step="relance_1", actor=None, today=TODAY - timedelta(days=9))
    batches = landlord.propose()
    assert {batch.step for batch in batches} == {"relance_1", "relance_2"}
    lines = dict(BatchLine.objects.values_list("account__ref", "status"))
    assert lines == {"A1": "excluded", "A2": "proposed"}
    landlord.approve(batches)
    worker.run_until_idle("test", landlord.now)
    assert OutboxItem.objects.get().account == late
    # Its position says so at once, without waiting for the night.
    waits = AccountPosition.objects.get(pk=early.pk)
    assert (waits.next_step, waits.next_step_on) == ("relance_1", TODAY + timedelta(days=3))


def test_a_call_made_meanwhile_keeps_the_letter(landlord):
    tenant = person(landlord.office, "Morin", "Alix")
    landlord.owes(tenant, "loyer", 30000, TODAY - timedelta(days=10), ref="A1")
    other = landlord.owes(tenant, "loyer", 30000, TODAY - timedelta(days=9), ref="A2")
    landlord.approve(landlord.propose())
    diary.log_call(account=other, outcome="reached", actor=None, today=TODAY, step="appel")
    worker.run_until_idle("test", landlord.now)
    assert not OutboxItem.objects.exists()
    assert set(BatchLine.objects.values_list("reason_code", flat=True)) == {"spaced"}
