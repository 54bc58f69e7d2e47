"""The surendettement on screen: both parts, a late recevabilité, the erasure seen before it is done."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.diary.models import DiaryEntry, Hold
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.models import Entry
from amiable.positions import services as positions
from amiable.procedures import services as procedures
from tests.factories import account, debit, terms
from tests.web.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(log_in):
    return log_in("officer")


@pytest.fixture
def tenant(house):
    procedures.install_defaults(office=house.office, today=date(2026, 1, 1))
    made = account(house.office, "S0001", agency=house.north, officer=house["officer"])
    terms(made, rent=27000, charges=3000)
    for month in (7, 8, 11):
        debit(made, date(2026, month, 5), 30000)
    positions.refresh(office=house.office, as_of=TODAY, ids=[made.pk])
    return made


def post(client, tenant, path: str, **given):
    tenant.refresh_from_db()
    return client.post(f"/surendettement/S0001/{path}/", {"version": tenant.version, **given}, follow=True)


def test_a_late_recevabilite_splits_and_lists_what_should_not_have_left(client, tenant):
    DiaryEntry.objects.create(
        office=tenant.office, account=tenant, person=tenant.person, kind=DiaryEntry.Kind.SMS, outcome="sent",
        on=date(2026, 10, 9),
    )  # fmt: skip
    page = post(client, tenant, "recevabilite", on="2026-09-15").content.decode()
    assert "600,00" in page and "300,00" in page
    assert "Envois qui n’auraient pas dû partir" in page and "09/10/2026" in page
    assert Hold.objects.get().starts_on == date(2026, 9, 15)


def test_a_future_decision_is_refused_in_french(client, tenant):
    page = post(client, tenant, "recevabilite", on="2027-09-15").content.decode()
    assert "ne peut pas être dans l’avenir" in page and not Hold.objects.exists()


def test_an_erasure_is_seen_item_by_item_then_done_once(client, tenant):
    page = client.get("/surendettement/S0001/effacement/", {"on": "2026-10-01"}).content.decode()
    assert "Effacé à la décision du" in page and "600,00" in page and "Reste dû ensuite" in page
    assert not Entry.objects.filter(kind=EntryKind.EFFACEMENT).exists()
    post(client, tenant, "effacement", on="2026-10-01")
    assert Entry.objects.filter(kind=EntryKind.EFFACEMENT).count() == 2
    page = client.get("/surendettement/S0001/effacement/", {"on": "2026-10-01"}).content.decode()
    assert "déjà appliquée" in page


def test_a_page_read_before_another_act_erases_nothing(client, tenant):
    stale = tenant.version
    post(client, tenant, "recevabilite", on="2026-09-15")
    client.post("/surendettement/S0001/effacement/", {"version": stale, "on": "2026-10-01"})
    assert not Entry.objects.filter(kind=EntryKind.EFFACEMENT).exists()
