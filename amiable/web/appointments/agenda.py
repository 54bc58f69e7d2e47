"""Agenda: a week or a day of an officer or an agency, its appointments and its free times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.appointments import agenda as agendas
from amiable.appointments.lifecycle import TAKEN, State
from amiable.appointments.models import Appointment
from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import Agency, PrivateLink, User
from amiable.domain.contact.slots import PARIS
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import holidays
from amiable.domain.text.typed import day as typed_day
from amiable.procedures.in_force import policy_of
from amiable.web.kit.perform import reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name

AREA = {"area": "agenda"}
TONES = {
    State.PROPOSED: "accent",
    State.BOOKED: "accent",
    State.KEPT: "kept",
    State.NO_SHOW: "risk",
}
SHOWN = tuple(TONES)


@dataclass(frozen=True)
class Entry:
    """One line of a day: an appointment, or a free time (`appointment` is None)."""

    at: datetime
    appointment: Appointment | None = None
    officer: User | None = None

    @property
    def here(self) -> datetime:
        return self.at.astimezone(PARIS)

    @property
    def name(self) -> str:
        return person_name(self.appointment.person) if self.appointment else ""

    @property
    def tone(self) -> str:
        return TONES.get(State(self.appointment.state), "") if self.appointment else ""

    @property
    def slot(self) -> str:
        """What a form or a drop gives back: the officer and the time."""
        assert self.officer is not None
        return f"{self.officer.pk}|{self.at.isoformat()}"


@dataclass(frozen=True)
class Day:
    on: date
    entries: tuple[Entry, ...]
    holiday: str
    away: tuple[str, ...]
    is_today: bool


@dataclass(frozen=True)
class Whose:
    """Whose agenda is shown: some officers, under a name."""

    code: str
    label: str
    officers: tuple[User, ...]


def choices(user: User) -> list[Whose]:
    """Oneself first, then each agency, then each colleague who receives."""
    rows = User.objects.filter(office_id=user.office_id, is_active=True, hours__isnull=False).distinct()
    people = list(rows.order_by("last_name", "first_name", "pk"))
    by_agency: dict[int, list[User]] = {}
    for person_id, agency_id in (
        User.objects.filter(pk__in=[one.pk for one in people]).values_list("pk", "hours__agency").distinct()
    ):
        by_agency.setdefault(agency_id, []).append(next(one for one in people if one.pk == person_id))
    found = [Whose(f"p{one.pk}", str(one), (one,)) for one in people]
    mine = [one for one in found if one.officers[0].pk == user.pk]
    agencies = [
        Whose(f"a{agency.pk}", agency.name, tuple(by_agency[agency.pk]))
        for agency in scope(Agency.objects.filter(pk__in=by_agency), user)
    ]
    return [*mine, *agencies, *(one for one in found if one not in mine)]


def chosen(request: HttpRequest, user: User) -> tuple[list[Whose], Whose | None]:
    offered = choices(user)
    asked = request.GET.get("qui", "")
    return offered, next((one for one in offered if one.code == asked), offered[0] if offered else None)


def day_of(request: HttpRequest, today: date) -> date:
    try:
        return typed_day(request.GET.get("jour", ""))
    except DomainError:
        return today


def days(user: User, whose: Whose, first: date, count: int) -> list[Day]:
    """The days asked, each with its appointments and free times. A number of queries that does not grow."""
    assert user.office is not None
    low = datetime.combine(first, time.min, PARIS)
    rows = scope(agendas.between(user.office, low, low + timedelta(days=count)), user)
    booked = list(rows.filter(officer__in=whose.officers, state__in=SHOWN))
    known = agendas.agendas(whose.officers, first)
    minutes = int(policy_of(user.office, first)["appointment_minutes"])
    now, last = clock.now(), first + timedelta(days=count - 1)
    free = [
        Entry(at, officer=agenda.officer)
        for agenda in known.values()
        for at in agendas.free(agenda, user.office, first, last, minutes)
        if at > now
    ]
    entries = sorted(
        [*(Entry(one.starts_at, one, one.officer) for one in booked), *free],
        key=lambda one: (one.at, one.officer.pk if one.officer else 0),
    )
    found = []
    for number in range(count):
        on = first + timedelta(days=number)
        mine = tuple(one for one in entries if one.here.date() == on)
        away = tuple(
            str(agenda.officer)
            for agenda in known.values()
            if any(start <= on <= end for start, end in agenda.absences)
        )
        holiday = holidays(on.year, user.office.territory).get(on, "")
        if on.weekday() < 5 or mine:
            found.append(Day(on, mine, holiday, away, on == clock.today()))
    return found


@reads("read_accounts")
def week(request: HttpRequest) -> HttpResponse:
    """A week, Monday to Friday and whatever day has something."""
    user, today = user_of(request), clock.today()
    offered, whose = chosen(request, user)
    on = day_of(request, today)
    monday = on - timedelta(days=on.weekday())
    context = {
        **AREA,
        "offered": offered,
        "whose": whose,
        "days": days(user, whose, monday, 7) if whose else [],
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "to_close": to_close(user, today),
        "may_work": may(user, "work_accounts"),
        "feed": _feed_address(request, user),
    }
    return render(request, "appointments/week.html", context)


@reads("read_accounts")
def day(request: HttpRequest) -> HttpResponse:
    """One day, as a sheet to print for the reception desk."""
    user = user_of(request)
    offered, whose = chosen(request, user)
    on = day_of(request, clock.today())
    shown = days(user, whose, on, 1) if whose else []
    context = {
        **AREA,
        "offered": offered,
        "whose": whose,
        "on": on,
        "day": shown[0] if shown else None,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "may_work": may(user, "work_accounts"),
    }
    return render(request, "appointments/day.html", context)


def _reader(request: HttpRequest) -> User:
    user = user_of(request, "read_accounts")
    return user


def _feed_address(request: HttpRequest, user: User) -> str:
    link = PrivateLink.objects.filter(user=user, purpose="agenda", revoked_at=None).first()
    return request.build_absolute_uri(reverse("agenda_feed", args=[link.token])) if link else ""


def to_close(user: User, today: date) -> list[Appointment]:
    """Past appointments of the user nobody said anything about: came, or not?"""
    low = datetime.combine(today, time.min, PARIS)
    rows = Appointment.objects.filter(officer=user, state__in=TAKEN, starts_at__lt=low)
    return list(scope(rows, user).select_related("person", "account").order_by("starts_at")[:20])


def of_today(user: User, today: date) -> dict[str, Any] | None:
    """The user's appointments of the day and those still to conclude, for Ma journée. Two queries."""
    low = datetime.combine(today, time.min, PARIS)
    rows = scope(Appointment.objects.filter(officer=user, state__in=SHOWN), user)
    rows = rows.filter(starts_at__gte=low, starts_at__lt=low + timedelta(days=1))
    found = [
        Entry(one.starts_at, one, one.officer)
        for one in rows.select_related("person", "account", "officer", "agency").order_by("starts_at")
    ]
    waiting = to_close(user, today)
    return {"entries": found, "to_close": waiting} if found or waiting else None
