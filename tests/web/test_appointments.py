"""Agenda: taking, moving, ending an appointment in the browser; hours, absences, the private feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amiable.accounts.models import Account
from amiable.appointments import agenda, services
from amiable.appointments.models import Absence, Appointment, Hours
from amiable.core import clock
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY, House

#: The clock of the tests stands on a Sunday: the next free time is on Monday.
MONDAY = "2026-11-23"


@dataclass
class Case:
    house: House
    account: Account
    client: Client

    def offer(self, number: int = 0) -> str:
        found = agenda.offers(self.account, clock.now())[number]
        return f"{found.officer.pk}|{found.at.isoformat()}"

    def book(self) -> Appointment:
        found = agenda.offers(self.account, clock.now())[0]
        return services.book(
            account=self.account,
            officer=found.officer,
            starts_at=found.at,
            actor=self.house["officer"],
            now=clock.now(),
        )


@pytest.fixture
def case(house: House, log_in: Callable[[str], Client]) -> Case:
    install_defaults(office=house.office, today=date(2026, 1, 1))
    house.office.phone, house.office.address = "01 99 00 00 00", "1 place du Bailleur\n69001 Lyon"
    house.office.save()
    for weekday in range(5):
        Hours.objects.create(
            officer=house["officer"], agency=house.north, weekday=weekday, starts=time(9), ends=time(12)
        )
    account = factories.account(house.office, "C0012345", agency=house.north, officer=house["officer"])
    factories.terms(account)
    factories.debit(account, date(2026, 11, 5), 60_000)
    factories.contact(account.person)
    positions.refresh(office=house.office, as_of=TODAY)
    return Case(house, account, log_in("officer"))


def test_an_appointment_is_taken_from_three_times_and_the_person_is_told(case: Case) -> None:
    page = case.client.get("/agenda/compte/C0012345/").content.decode()
    assert page.count('name="slot"') > 10 and "lundi 23 novembre" in page
    version = Account.objects.get(pk=case.account.pk).version
    answer = case.client.post(
        "/agenda/compte/C0012345/", {"slot": case.offer(), "channel": "sms", "version": version}
    )
    assert answer.status_code == 302
    made = Appointment.objects.get()
    assert made.state == "booked" and case.account.person.outboxitem_set.get().channel == "sms"
    fiche = case.client.get("/comptes/C0012345/").content.decode()
    assert "Rendez-vous pris" in fiche and "lundi 23 novembre" in fiche


def test_nothing_chosen_or_a_stale_page_takes_nothing(case: Case) -> None:
    assert case.client.post("/agenda/compte/C0012345/", {"slot": ""}).status_code == 422
    assert case.client.post("/agenda/compte/C0012345/", {"slot": "9|hier"}).status_code == 422
    stale = case.client.post("/agenda/compte/C0012345/", {"slot": case.offer(), "version": "99"})
    assert stale.status_code == 422 and "Rien n’a été écrasé" in stale.content.decode()
    assert not Appointment.objects.exists()


def test_who_comes_second_is_told_of_the_appointment_the_first_one_took(case: Case) -> None:
    read = Account.objects.get(pk=case.account.pk).version
    case.book()
    second = case.client.post("/agenda/compte/C0012345/", {"slot": case.offer(), "version": read})
    assert second.status_code == 422 and "a pris un rendez-vous à" in second.content.decode()
    assert Appointment.objects.count() == 1


def test_the_week_shows_it_and_a_drop_moves_it(case: Case) -> None:
    made = case.book()
    week = case.client.get(f"/agenda/?jour={MONDAY}").content.decode()
    assert f"/agenda/{made.pk}/deplacer/" in week and "libre" in week
    answer = case.client.post(
        f"/agenda/{made.pk}/deplacer/", {"slot": case.offer(2), "retour": f"/agenda/?jour={MONDAY}"}
    )
    assert answer["Location"] == f"/agenda/?jour={MONDAY}"
    assert sorted(Appointment.objects.values_list("state", flat=True)) == ["booked", "moved"]


def test_a_return_address_elsewhere_is_not_followed(case: Case) -> None:
    made = case.book()
    answer = case.client.post(
        f"/agenda/{made.pk}/deplacer/", {"slot": case.offer(2), "retour": "//ailleurs.example/"}
    )
    assert answer["Location"] == "/comptes/C0012345/"


def test_absent_in_one_click_and_come_after_all(case: Case, monkeypatch) -> None:
    made = case.book()
    monkeypatch.setenv("AMIABLE_TODAY", MONDAY)
    case.client.post(f"/agenda/{made.pk}/absent/")
    made.refresh_from_db()
    assert made.state == "no_show"
    week = case.client.get(f"/agenda/?jour={MONDAY}").content.decode()
    assert "finalement venu" in week
    answer = case.client.post(f"/agenda/{made.pk}/venu/")
    assert answer["Location"] == "/entretiens/compte/C0012345/"
    made.refresh_from_db()
    assert made.state == "kept"


def test_yesterdays_loose_ends_stand_on_top_of_the_day(case: Case, monkeypatch) -> None:
    case.book()
    monkeypatch.setenv("AMIABLE_TODAY", "2026-11-24")
    page = case.client.get("/").content.decode()
    assert "Rendez-vous du jour" in page and "à conclure" in page


def test_cancelling_needs_its_reason(case: Case) -> None:
    made = case.book()
    assert (
        case.client.post(f"/agenda/{made.pk}/annuler/", {"by_tenant": "1", "reason": ""}).status_code == 422
    )
    case.client.post(f"/agenda/{made.pk}/annuler/", {"by_tenant": "1", "reason": "Au travail"})
    made.refresh_from_db()
    assert made.state == "cancelled" and not case.account.holds.filter(lifted_on=None).exists()


def test_hours_are_set_and_a_wrong_range_keeps_the_former_ones(case: Case) -> None:
    agency = str(case.house.north.pk)
    wanted = {f"d{n}-agency": agency for n in range(5)}
    wrong = {**wanted, "d0-morning_starts": "12:00", "d0-morning_ends": "09:00"}
    assert case.client.post("/agenda/plages/", wrong).status_code == 422
    assert case.house["officer"].hours.count() == 5
    right = {**wanted, "d0-morning_starts": "09:00", "d0-morning_ends": "11:00"}
    right |= {"d0-afternoon_starts": "14:00", "d0-afternoon_ends": "16:00"}
    case.client.post("/agenda/plages/", right)
    assert case.house["officer"].hours.count() == 2


def test_an_absence_shows_what_it_touches_and_moves_it_at_once(case: Case) -> None:
    made = case.book()
    case.client.post(
        "/agenda/absences/",
        {"officer": case.house["officer"].pk, "from_on": MONDAY, "to_on": MONDAY, "label": "Formation"},
    )
    away = Absence.objects.get()
    page = case.client.get(f"/agenda/absences/{away.pk}/").content.decode()
    assert f"rdv-{made.pk}" in page
    case.client.post(f"/agenda/absences/{away.pk}/", {f"rdv-{made.pk}": case.offer(), "channel": ""})
    made.refresh_from_db()
    assert made.state == "moved" and made.moved_to.starts_at.date() == date(2026, 11, 24)


def test_the_private_feed_opens_without_log_in_until_it_is_renewed(case: Case) -> None:
    case.book()
    case.client.post("/agenda/adresse/")
    address = case.client.get("/agenda/").content.decode().split("/agenda/flux/")[1].split(".ics")[0]
    first = Client().get(f"/agenda/flux/{address}.ics")
    assert first.status_code == 200 and b"C0012345" in first.content and b"60000" not in first.content
    case.client.post("/agenda/adresse/", {"renew": "1"})
    assert Client().get(f"/agenda/flux/{address}.ics").status_code == 404


@pytest.mark.parametrize("who", ["auditor", "colleague", "officer_south", "stranger"])
def test_others_cannot_touch_it(case: Case, log_in: Callable[[str], Client], who: str) -> None:
    made = case.book()
    assert log_in(who).post(f"/agenda/{made.pk}/annuler/", {"reason": "x"}).status_code in (403, 404)


def test_the_week_asks_as_many_queries_whatever_it_holds(case: Case) -> None:
    seen = []
    for number in range(4):
        account = factories.account(
            case.house.office, f"Q{number}", agency=case.house.north, officer=case.house["officer"]
        )
        Case(case.house, account, case.client).book()
        with CaptureQueriesContext(connection) as queries:
            case.client.get(f"/agenda/?jour={MONDAY}")
        seen.append(len(queries))
    assert seen[0] == seen[-1]
