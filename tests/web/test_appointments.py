"""The screens of the agenda: take, move, cancel, say who came, each within one's agencies."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from amiable.appointments.models import Appointment, Hours
from amiable.domain.slots import PARIS
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY


@pytest.fixture
def account(house):
    install_defaults(office=house.office, today=TODAY.replace(month=1, day=1))
    found = factories.account(house.office, "C0012345", agency=house.north, officer=house["officer"])
    factories.terms(found)
    for weekday in range(5):
        Hours.objects.create(
            officer=house["officer"], agency=house.north, weekday=weekday, starts=time(9), ends=time(11)
        )
    positions.refresh(office=house.office, as_of=TODAY)
    return found


def slots_of(page) -> list[str]:
    return [code for code, _ in page.context["form"].fields["slot"].choices]


def booked(client, account) -> Appointment:
    page = client.get(f"/agenda/compte/{account.ref}/")
    given = {"slot": slots_of(page)[0], "version": account.version, "channel": ""}
    answer = client.post(f"/agenda/compte/{account.ref}/", given)
    assert answer.status_code == 302
    account.refresh_from_db()
    return Appointment.objects.get(account=account)


def test_an_appointment_is_taken_and_shown(account, log_in):
    client = log_in("officer")
    one = booked(client, account)
    assert one.starts_at == datetime(2026, 11, 23, 9, 0, tzinfo=PARIS)
    assert str(one.person) in client.get("/agenda/?semaine=2026-11-23").content.decode()
    assert client.get(f"/agenda/rendez-vous/{one.pk}/").status_code == 200
    assert "Rendez-vous pris" in client.get(f"/comptes/{account.ref}/").content.decode()


def test_a_stale_page_takes_nothing(account, log_in):
    client = log_in("officer")
    page = client.get(f"/agenda/compte/{account.ref}/")
    given = {"slot": slots_of(page)[0], "version": account.version + 1, "channel": ""}
    assert client.post(f"/agenda/compte/{account.ref}/", given).status_code == 422
    assert not Appointment.objects.exists()


def test_moved_then_cancelled(account, log_in):
    client = log_in("officer")
    one = booked(client, account)
    page = client.get(f"/agenda/rendez-vous/{one.pk}/deplacer/")
    given = {"slot": slots_of(page)[1], "version": account.version, "channel": ""}
    client.post(f"/agenda/rendez-vous/{one.pk}/deplacer/", given)
    one.refresh_from_db()
    account.refresh_from_db()
    assert one.state == "moved"
    given = {"by_tenant": "1", "reason": "Travaille ce jour", "version": account.version, "channel": ""}
    client.post(f"/agenda/rendez-vous/{one.moved_to_id}/annuler/", given)
    assert Appointment.objects.get(pk=one.moved_to_id).state == "cancelled"


def test_absent_in_one_click_then_came_after_all(account, log_in, monkeypatch):
    one = booked(log_in("officer"), account)
    monkeypatch.setenv("AMIABLE_TODAY", "2026-11-23")
    client = log_in("officer")
    client.post(f"/agenda/rendez-vous/{one.pk}/absent/", {"version": account.version})
    one.refresh_from_db()
    account.refresh_from_db()
    assert one.state == "no_show"
    answer = client.post(f"/agenda/rendez-vous/{one.pk}/venu/", {"version": account.version})
    assert answer["Location"].startswith("/entretiens/compte/")
    one.refresh_from_db()
    assert one.state == "kept"


@pytest.mark.parametrize("name", ["officer_south", "stranger"])
def test_another_agency_sees_nothing(name, account, log_in):
    one = booked(log_in("officer"), account)
    assert log_in(name).get(f"/agenda/rendez-vous/{one.pk}/").status_code == 404


def test_an_auditor_takes_nothing(account, log_in):
    assert log_in("auditor").get(f"/agenda/compte/{account.ref}/").status_code == 403
