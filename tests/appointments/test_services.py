"""Booking, moving, coming or not: once, within hours, and what it does to reminders."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection
from icalendar import Calendar

from amiable.appointments import absences, agenda, messages, services, tasks
from amiable.appointments.models import Appointment
from amiable.correspondence import store
from amiable.correspondence.models import OutboxItem
from amiable.diary.models import DiaryEntry
from amiable.domain.errors import DomainError
from amiable.positions.models import AccountPosition
from tests import factories
from tests.appointments.conftest import NOW, TODAY, Desk, at


def booked(desk: Desk, day: int = 25, hour: int = 9, minute: int = 0, **more) -> Appointment:
    return services.book(
        account=more.pop("account", desk.account),
        officer=more.pop("officer", desk.officer),
        starts_at=at(day, hour, minute),
        actor=desk.officer,
        now=NOW,
        **more,
    )


def position(desk: Desk) -> AccountPosition:
    return AccountPosition.objects.get(pk=desk.account.pk)


def test_a_booked_appointment_holds_reminders_until_its_day(desk: Desk):
    booked(desk)
    assert position(desk).held_by == "pause"
    hold = desk.account.holds.get()
    assert (hold.starts_on, hold.ends_on) == (TODAY, date(2026, 11, 25))


@pytest.mark.parametrize(
    ("day", "hour", "minute", "said"),
    [
        (23, 9, 0, "déjà passé"),
        (25, 14, 0, "ne reçoit pas à cette heure"),
        (25, 10, 45, "ne reçoit pas à cette heure"),
        (28, 9, 0, "ne reçoit pas à cette heure"),
    ],
)
def test_only_free_times_within_hours(desk: Desk, day, hour, minute, said):
    with pytest.raises(DomainError, match=said):
        booked(desk, day, hour, minute)
    assert not Appointment.objects.exists()


def test_a_time_is_taken_once_even_half_over(desk: Desk):
    booked(desk)
    other = factories.account(desk.office, "C2", agency=desk.agency)
    with pytest.raises(DomainError, match="vient d’être pris"):
        booked(desk, account=other)
    with pytest.raises(DomainError, match="vient d’être pris"):
        booked(desk, minute=15, account=other)
    assert booked(desk, officer=desk.colleague, account=other).officer == desk.colleague


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_take_one_time_once(desk: Desk):
    if connection.vendor != "postgresql":
        pytest.skip("several writers at once need PostgreSQL")
    others = [factories.account(desk.office, f"P{n}", agency=desk.agency) for n in range(4)]
    said: list[str] = []

    def take(account) -> None:
        try:
            booked(desk, account=account)
            said.append("pris")
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["pris", "slot_taken", "slot_taken", "slot_taken"]


def test_moved_it_frees_its_time_and_the_wait_follows(desk: Desk):
    first = booked(desk)
    second = services.move(appointment=first, starts_at=at(26, 10), actor=desk.officer, now=NOW)
    first.refresh_from_db()
    assert (first.state, first.moved_to) == ("moved", second)
    assert desk.account.holds.get(lifted_on=None).ends_on == date(2026, 11, 26)
    assert booked(desk, account=factories.account(desk.office, "C2", agency=desk.agency)).pk


def test_a_no_show_is_one_line_and_dunning_goes_on(desk: Desk):
    one = booked(desk, 24)
    with pytest.raises(DomainError, match="pas encore eu lieu"):
        services.mark_no_show(appointment=one, actor=desk.officer, today=TODAY)
    services.mark_no_show(appointment=one, actor=desk.officer, today=date(2026, 11, 24))
    assert DiaryEntry.objects.filter(account=desk.account, kind="no_show").count() == 1
    assert position(desk).held_by is None
    with pytest.raises(DomainError):
        services.mark_no_show(appointment=one, actor=desk.officer, today=date(2026, 11, 24))
    # Said absent by mistake: the line no longer counts.
    services.mark_kept(appointment=one, actor=desk.officer, today=date(2026, 11, 24))
    line = DiaryEntry.objects.get(account=desk.account, kind="no_show")
    assert DiaryEntry.objects.filter(corrects=line).exists()


def test_an_interview_ends_the_appointment_of_the_day(desk: Desk):
    one = booked(desk, 24)
    assert services.end_with_interview(account=desk.account, actor=desk.officer, today=TODAY) is None
    ended = services.end_with_interview(account=desk.account, actor=desk.officer, today=date(2026, 11, 24))
    assert ended.pk == one.pk and ended.state == "kept"


def test_offers_are_the_officers_first_free_times_then_the_agencys(desk: Desk):
    found = agenda.offers(desk.account, NOW)
    assert [one.at for one in found] == [at(23, 10, 30), at(24, 9), at(24, 9, 30)]
    assert {one.officer for one in found} == {desk.officer}
    desk.officer.hours.all().delete()
    assert {one.officer for one in agenda.offers(desk.account, NOW)} == {desk.colleague}


def test_the_confirmation_by_email_carries_a_calendar_file_without_the_debt(desk: Desk):
    one = booked(desk)
    item = messages.tell_person(one, "rdv_confirmation", channel="email", actor=desk.officer, now=NOW)
    content = store.read(item.document)
    event = Calendar.from_ical(content).walk("VEVENT")[0]
    assert event["dtstart"].dt == at(25, 9) and item.document.media_type == "text/calendar"
    assert b"600" not in content and "600" not in item.body
    assert "mercredi 25 novembre 2026" in item.body


def test_the_reminder_of_the_day_before_is_once_and_is_taken_back(desk: Desk):
    one = booked(desk, 24)
    assert tasks.remind_tomorrow(office=desk.office, today=TODAY, now=NOW) == 1
    assert tasks.remind_tomorrow(office=desk.office, today=TODAY, now=NOW) == 0
    item = OutboxItem.objects.get()
    assert item.channel == "sms" and "mardi 24 novembre" in item.body
    services.cancel(appointment=one, by_tenant=True, reason="Au travail", actor=desk.officer, now=NOW)
    item.refresh_from_db()
    assert item.status == "cancelled"


def test_an_absence_gives_its_appointments_to_a_colleague_or_another_day(desk: Desk):
    one = booked(desk, 25)
    away = absences.declare(
        officer=desk.officer, from_on=date(2026, 11, 25), to_on=date(2026, 11, 26), label="Formation",
        actor=desk.officer, today=TODAY,
    )  # fmt: skip
    with pytest.raises(DomainError, match="ne reçoit pas le 26/11/2026"):
        booked(desk, 26)
    (plan,) = absences.to_replan(away, NOW)
    assert (plan.offers[0].at, plan.offers[0].officer) == (at(25, 9), desk.colleague)
    moved, refused = absences.replan(
        absence=away, choices={one.pk: plan.offers[0]}, channel="sms", actor=desk.officer, now=NOW
    )
    assert refused == [] and moved[0].officer == desk.colleague
    # The same hour with somebody else: nothing to tell the tenant.
    assert not OutboxItem.objects.exists()
    again, _ = absences.replan(
        absence=away, choices={one.pk: plan.offers[0]}, channel="sms", actor=desk.officer, now=NOW
    )
    assert again == []
