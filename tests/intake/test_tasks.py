"""Files that wait for an agreement."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from amiable.domain.errors import DomainError
from amiable.intake import tasks
from amiable.intake.models import Import
from amiable.jobs import services as jobs
from amiable.jobs import worker
from amiable.ledger.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = b"compte;date_piece;type;debit\nL1;05/10/2026;quittance;5\n"


@pytest.fixture
def office():
    made = factories.office()
    factories.account(made, "L1")
    return made


def wait(office, data=ROWS):
    user = factories.user(office)
    return tasks.prepare(
        office=office, list_kind="movements", data=data, filename="m", source="", actor=user
    ), user


def test_a_waiting_file_is_private_and_forgotten_once_imported(office):
    batch, user = wait(office)
    path = tasks.path_of(batch)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    tasks.ask(batch=batch, actor=user, result_url="/x/")
    assert worker.run_until_idle() == 1
    assert Entry.objects.count() == 1
    assert not path.exists()


def test_a_lost_commit_starts_over_and_a_done_one_does_nothing(office):
    batch, user = wait(office)
    job = tasks.ask(batch=batch, actor=user, result_url="")
    tasks.commit_task(job, batch.pk)
    tasks.commit_task(job, batch.pk)
    assert Entry.objects.count() == 1
    with pytest.raises(DomainError):
        tasks.ask(batch=Import.objects.get(), actor=user, result_url="")


def test_a_refused_file_keeps_its_reasons(office):
    batch, user = wait(office, ROWS.replace(b"L1", b"L9"))
    tasks.commit_task(tasks.ask(batch=batch, actor=user, result_url=""), batch.pk)
    batch.refresh_from_db()
    assert batch.status == "refused"
    assert batch.report["errors"] == [[2, "compte inconnu « L9 »"]]


def test_a_file_nobody_agreed_to_is_forgotten(office):
    old, _ = wait(office)
    Import.objects.update(created_at=timezone.now() - timedelta(days=9))
    recent, _ = wait(office, ROWS + b"\n")
    today = timezone.localdate().isoformat()
    jobs.enqueue(tasks.FORGET, {"office_id": office.pk, "as_of": today})
    worker.run_until_idle()
    assert list(Import.objects.values_list("pk", flat=True)) == [recent.pk]
    assert not tasks.path_of(old).exists()
