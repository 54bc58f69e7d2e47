"""The same road with the real engine: ledger -> positions -> batch -> last check -> diary -> next step."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.correspondence.models import OutboxItem
from amiable.diary.models import DiaryEntry
from amiable.intake.models import Import
from amiable.jobs import worker
from amiable.outreach import dispatch, services
from amiable.outreach.models import BatchLine
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from amiable.procedures import services as procedures
from tests.factories import account, agency, contact, debit, office, payment, terms, user
from tests.outreach.conftest import NOW, TODAY


@pytest.fixture
def real(db, monkeypatch):
    of = office(
        "reel",
        phone="01 99 00 00 00",
        address="1 place du Bailleur\n69001 Lyon",
        email="contact@exemple.fr",
    )
    procedures.install_defaults(office=of, today=date(2026, 1, 1))
    Import.objects.create(
        office=of,
        list_kind="bank",
        filename="releve.xml",
        sha256="0" * 64,
        status="committed",
        dated_on=TODAY,
    )
    monkeypatch.setattr(dispatch.clock, "now", lambda: NOW)
    return of


def tenant(of, days_late, cents=30000):
    """A tenant who paid every month and now owes the last rent, due `days_late` days ago."""
    found = account(of, agency=agency(of))
    terms(found)
    due = TODAY - timedelta(days=days_late)
    for months in (3, 2, 1):
        day = due - timedelta(days=31 * months)
        debit(found, day, cents)
        payment(found, day + timedelta(days=2), cents)
    debit(found, due, cents)
    return found


def approve_all(of, actor):
    batches = services.prepare(office=of, today=TODAY, now=NOW)
    for batch in batches:
        if batch.lines.filter(status="proposed").exists():
            services.approve(batch=batch, actor=actor, now=NOW)
            services.send_now(batch=batch, actor=actor, now=NOW)
    return batches


def test_the_whole_road(real):
    officer = user(real, "officer", agency(real))
    late, paid = tenant(real, 12), tenant(real, 12)
    positions.refresh(office=real, as_of=TODAY)
    assert AccountPosition.objects.get(pk=late.pk).next_step == "relance_1"
    approve_all(real, officer)
    payment(paid, TODAY, 30000)
    worker.run_until_idle("test", NOW)
    lines = dict(BatchLine.objects.values_list("account_id", "status"))
    assert lines == {late.pk: "sent", paid.pk: "suppressed"}
    assert [item.account_id for item in OutboxItem.objects.all()] == [late.pk]
    assert DiaryEntry.objects.get(account=late, step="relance_1").outcome == "sent"
    # Once done, the step is not asked again: the decision reads the diary.
    after = AccountPosition.objects.get(pk=late.pk)
    assert after.next_step != "relance_1" or after.next_step_on > TODAY
    assert services.prepare(office=real, today=TODAY, now=NOW) == []


def test_a_stale_bank_stops_everything(real):
    officer = user(real, "officer", agency(real))
    tenant(real, 12)
    Import.objects.update(dated_on=TODAY - timedelta(days=9))
    positions.refresh(office=real, as_of=TODAY)
    approve_all(real, officer)
    line = BatchLine.objects.get()
    assert (line.status, line.reason_code) == ("excluded", "bank_stale")


def test_an_automatic_step_leaves_by_itself(real):
    found = tenant(real, 4)
    contact(found.person)
    positions.refresh(office=real, as_of=TODAY)
    assert AccountPosition.objects.get(pk=found.pk).step_mode == "auto"
    assert dispatch.prepare_day(office=real, today=TODAY, now=NOW) == {"batches": 1, "approved": 1}
    worker.run_until_idle("test", NOW)
    item = OutboxItem.objects.get()
    assert (item.channel, item.status, item.created_by) == ("sms", "sent", None)
    assert "€" not in item.body and "dette" not in item.body


def test_preparing_twice_changes_nothing(real):
    tenant(real, 12)
    positions.refresh(office=real, as_of=TODAY)
    first = services.prepare(office=real, today=TODAY, now=NOW)
    again = services.prepare(office=real, today=TODAY, now=NOW)
    assert first == again and BatchLine.objects.count() == 1
