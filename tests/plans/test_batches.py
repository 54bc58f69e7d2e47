"""A missed instalment is told by the day's batch, like any letter: read first, sent once."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from amiable.correspondence import store
from amiable.diary import services as diary
from amiable.intake.models import Import
from amiable.jobs import worker
from amiable.outreach import dispatch, services
from amiable.outreach.models import Batch, BatchLine
from amiable.plans import services as plans
from amiable.positions.models import AccountPosition
from tests.plans.conftest import Desk, noon

#: Six days after the first instalment, of 100,00 €, which nobody paid; the rents are.
LATE = date(2026, 12, 16)


def late(desk: Desk, monkeypatch: pytest.MonkeyPatch, *, is_signed: bool = False) -> None:
    monkeypatch.setattr(dispatch.clock, "now", lambda: noon(LATE))
    if not is_signed:
        desk.signed()
    for month in (date(2026, 11, 1), date(2026, 12, 1)):
        desk.rent(month)
        desk.pay(month, 30_000)
    Import.objects.create(
        office=desk.office,
        list_kind="bank",
        filename="releve.xml",
        sha256="0" * 64,
        status="committed",
        dated_on=LATE,
    )
    desk.night(LATE)


def test_the_letter_of_the_batch_tells_the_instalment_and_leaves_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(desk, monkeypatch)
    line = BatchLine.objects.select_related("batch").get(account=desk.account)
    assert (line.batch.step, line.status) == ("plan_avertir", "proposed"), line.reason_fr
    services.approve(batch=line.batch, actor=desk.officer, now=noon(LATE))
    services.send_now(batch=line.batch, actor=desk.officer, now=noon(LATE))
    worker.run_until_idle("test", noon(LATE))
    line.refresh_from_db()
    assert line.status == "sent", line.reason_fr
    assert line.document is not None
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(store.read(line.document))).pages)
    assert "100,00" in words and "10 décembre 2026" in words
    # Told: the step is done, the plan may be ended if nothing comes, and nobody is told twice.
    assert AccountPosition.objects.get(pk=desk.account.pk).next_step != "plan_avertir"
    assert dispatch.prepare_day(office=desk.office, today=LATE, now=noon(LATE))["batches"] == 0


def test_a_plan_that_ended_meanwhile_sends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    late(desk, monkeypatch)
    batch = Batch.objects.get(step="plan_avertir")
    services.approve(batch=batch, actor=desk.officer, now=noon(LATE))
    version = desk.account.led_plans.get().versions.get()
    plans.cancel(version=version, reason="Erreur de saisie", actor=desk.officer, today=LATE)
    services.send_now(batch=batch, actor=desk.officer, now=noon(LATE))
    worker.run_until_idle("test", noon(LATE))
    assert BatchLine.objects.get(batch=batch).status == "suppressed"


def test_a_pause_beside_the_plan_still_stops_the_letter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.signed()
    diary.start_hold(
        account=desk.account,
        kind="pause",
        reason="Hospitalisation",
        starts_on=LATE,
        ends_on=date(2027, 1, 10),
        actor=desk.officer,
        today=LATE,
    )
    late(desk, monkeypatch, is_signed=True)
    line = BatchLine.objects.get(account=desk.account, batch__step="plan_avertir")
    assert (line.status, line.reason_code) == ("excluded", "held")
