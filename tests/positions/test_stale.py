"""What is marked inside a transaction is refreshed, whoever survives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from amiable.books.projecting import project
from amiable.core import clock
from amiable.jobs import worker
from amiable.operations import doctor
from amiable.positions import services, stale
from amiable.positions.models import StaleMark
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    made = factories.office()
    install_defaults(office=made, today=date(2024, 1, 1))
    return made


def _owes(office, ref="L001"):
    account = factories.account(office, ref)
    today = clock.today()
    factories.terms(account)
    services.refresh(office=office, as_of=today)
    factories.debit(account, today - timedelta(days=40), 30000, due_on=today - timedelta(days=35))
    stale.mark(office.pk, [account.pk])
    return account


def _is_behind(office) -> bool:
    return any(services.differences(office, clock.today()))


def test_the_worker_takes_up_the_mark_of_a_process_that_died(office):
    _owes(office)
    project()
    assert worker.run_until_idle("w", clock.now()) == 0, "left to whoever wrote it"
    StaleMark.objects.update(not_before_at=timezone.now() - timedelta(seconds=1))
    assert _is_behind(office)
    worker.run_until_idle("w", clock.now())
    assert not _is_behind(office) and not StaleMark.objects.exists()


def test_the_process_that_wrote_it_refreshes_at_once(office):
    account = _owes(office)
    stale.refresh_now(office=office, account_ids=[account.pk], today=clock.today())
    assert not _is_behind(office) and not StaleMark.objects.exists()


def test_a_mark_undone_with_its_transaction_promises_nothing(office):
    with transaction.atomic():
        stale.mark(office.pk, [factories.account(office, "L009").pk])
        transaction.set_rollback(True)
    assert not StaleMark.objects.exists()


def test_many_accounts_are_one_mark(office, monkeypatch):
    monkeypatch.setattr(stale, "AT_ONCE", 2)
    accounts = [_owes(office, f"L{n}") for n in range(3)]
    StaleMark.objects.all().delete()
    stale.mark(office.pk, [account.pk for account in accounts])
    assert list(StaleMark.objects.values_list("account", flat=True)) == [None]
    stale.refresh_now(office=office, account_ids=[a.pk for a in accounts], today=clock.today())
    assert not _is_behind(office) and not StaleMark.objects.exists()


def test_an_office_that_cannot_be_refreshed_keeps_its_marks_and_stops_nobody(office):
    other = factories.office(code="autre")
    account = factories.account(other, "X1")
    factories.terms(account)
    factories.debit(account, clock.today() - timedelta(days=40), 30000)
    stale.mark(other.pk, [account.pk])
    _owes(office)
    StaleMark.objects.update(not_before_at=timezone.now() - timedelta(seconds=1))
    worker.run_until_idle("w", clock.now())
    assert not _is_behind(office)
    assert list(StaleMark.objects.values_list("office", flat=True)) == [other.pk]
    StaleMark.objects.update(not_before_at=timezone.now() - 2 * stale.LEASE)
    told = {check["name"]: check for check in doctor.checks()}
    assert not told["positions"]["ok"] and "worker" in told["positions"]["detail"]
