"""A batch of convocations: each letter carries its own time, kept once it has left, freed when it stayed."""

from __future__ import annotations

import io

from pypdf import PdfReader

from amiable.appointments import convocations
from amiable.appointments.models import Appointment, Hours
from amiable.correspondence import store
from amiable.outreach import drafting
from amiable.outreach.compose import compose
from amiable.outreach.models import Batch, BatchLine
from amiable.procedures.in_force import load_book
from tests import factories
from tests.appointments.conftest import NOW, TODAY, Desk


def batch_of(desk: Desk, monkeypatch, count: int = 3) -> Batch:
    """An approved batch of convocations; the last check lets everybody through."""
    from amiable.outreach import checks

    monkeypatch.setattr(checks, "held_back", lambda *given: {})
    batch = Batch.objects.create(
        office=desk.office, agency_id=desk.agency.pk, procedure_code="standard", step="convocation",
        step_label="Convoquer à l’agence", template="convocation", on=TODAY, status="dispatching",
        approved_by=desk.officer,
    )  # fmt: skip
    for number in range(count):
        account = factories.account(desk.office, f"K{number}", agency=desk.agency, officer=desk.officer)
        factories.terms(account)
        factories.debit(account, TODAY.replace(day=1), 60_000)
        factories.position(account, TODAY, overdue=60_000)
        BatchLine.objects.create(
            batch=batch, account=account, person=account.person, status="approved", channel="post",
            template="convocation",
        )  # fmt: skip
    return batch


def write(batch: Batch, desk: Desk) -> None:
    compose(batch, book=load_book(desk.office, TODAY), actor=desk.officer, now=NOW)


def test_each_letter_says_its_own_time(desk: Desk, monkeypatch):
    batch = batch_of(desk, monkeypatch)
    write(batch, desk)
    times = Appointment.objects.order_by("starts_at")
    assert [one.state for one in times] == ["proposed"] * 3
    assert len({one.starts_at for one in times}) == 3
    for one in times:
        letter = store.read(one.line.document)
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(letter)).pages)
        text = text.replace("\u00a0", " ")
        said = f"{one.starts_at.astimezone(convocations.messages.PARIS):%d} décembre 2026"
        assert (
            said.lstrip("0") in text
            and convocations.messages.hour_words(one.starts_at).replace("\u00a0", " ") in text
        )


def test_written_again_after_a_kill_nothing_is_taken_twice(desk: Desk, monkeypatch):
    batch = batch_of(desk, monkeypatch)
    lines = list(batch.lines.select_related("account__office", "account__agency", "person", "batch"))
    first = convocations.offer(lines, NOW, reserve=True)
    assert convocations.offer(lines, NOW, reserve=True) == first
    assert Appointment.objects.count() == 3


def test_a_look_takes_nothing_and_shows_the_times_that_would_be(desk: Desk, monkeypatch):
    batch = batch_of(desk, monkeypatch)
    lines = list(batch.lines.select_related("account__office", "account__agency", "person", "batch"))
    seen = convocations.offer(lines, NOW, reserve=False)
    assert not Appointment.objects.exists()
    taken = convocations.offer(lines, NOW, reserve=True)
    assert [g.values["rdv_heure"] for g in seen.values()] == [g.values["rdv_heure"] for g in taken.values()]


def test_sent_the_time_is_kept_and_suppressed_it_is_free(desk: Desk, monkeypatch):
    batch = batch_of(desk, monkeypatch, 2)
    write(batch, desk)
    one, other = Appointment.objects.order_by("pk")
    BatchLine.objects.filter(pk=one.line_id).update(status="sent")
    BatchLine.objects.filter(pk=other.line_id).update(status="suppressed")
    assert convocations.settle(NOW) == 2
    assert convocations.settle(NOW) == 0
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("booked", "cancelled")
    assert one.hold.ends_on == one.starts_at.date()


def test_an_agency_without_hours_keeps_the_letter_that_asks_to_phone(desk: Desk, monkeypatch):
    Hours.objects.all().delete()
    batch = batch_of(desk, monkeypatch, 1)
    maker = drafting.composer(desk.office, list(batch.lines.all()), NOW, (), reserve=True)
    assert maker.given == {} and not Appointment.objects.exists()
