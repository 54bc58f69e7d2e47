"""What is written about a plan that is not kept: a warning first, the end after."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from amiable.correspondence import store
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.domain.errors import DomainError
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion
from tests import factories
from tests.plans.conftest import TODAY, Desk, noon

MISSED_ON = date(2026, 12, 10)
LATE = MISSED_ON + timedelta(days=40)


def broken(desk: Desk) -> PlanVersion:
    version = desk.signed()
    plans.follow_versions(desk.office, [version], LATE)
    version.refresh_from_db()
    assert version.status == "broken"
    return version


def end(desk: Desk, version: PlanVersion) -> None:
    plans.denounce_and_tell(version=version, reason="Aucun paiement", actor=desk.officer, now=noon(LATE))


@pytest.mark.parametrize("warned_on", [None, date(2026, 12, 1)])
def test_a_plan_is_not_ended_without_a_warning_about_this_delay(desk: Desk, warned_on: date | None) -> None:
    version = broken(desk)
    if warned_on is not None:  # that one was about something else: nothing was due yet
        diary.log_event(
            account=desk.account, kind="letter", step="plan_avertir", actor=desk.officer, today=warned_on
        )
    with pytest.raises(DomainError) as refusal:
        end(desk, version)
    assert refusal.value.code == "plan_not_warned"
    version.refresh_from_db()
    assert version.state == "active" and not OutboxItem.objects.exists()


def test_a_warning_that_was_noted_by_hand_is_enough(desk: Desk) -> None:
    version = broken(desk)
    day = MISSED_ON + timedelta(days=10)
    diary.log_event(account=desk.account, kind="letter", step="plan_avertir", actor=desk.officer, today=day)
    end(desk, version)
    version.refresh_from_db()
    assert version.state == "denounced"
    assert OutboxItem.objects.get().step == "plan_denoncer"


def test_a_caution_gets_one_copy_of_each_version(desk: Desk) -> None:
    version = desk.signed()
    caution = factories.person(desk.office, last_name="Bernard")
    factories.contact(caution, kind="address", value="3 rue du Bac\n69001 Lyon")
    for _ in range(2):
        plans.share(version=version, to=caution, actor=desk.officer, now=noon(TODAY))
    item = OutboxItem.objects.get()
    assert (item.person, item.channel) == (caution, "post") and item.document is not None
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(store.read(item.document))).pages)
    assert "BERNARD" in words.upper() and "600,00" in words and "ne vous demande pas de payer" in words


def test_a_plan_that_does_not_run_is_not_shared(desk: Desk) -> None:
    with pytest.raises(DomainError, match="pas en cours"):
        plans.share(version=desk.drawn(), to=desk.account.person, actor=desk.officer, now=noon(TODAY))
