"""Who receives when: an officer's week, their absences, and what an absence moves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from amiable.appointments import messages as letters
from amiable.appointments.models import Absence
from amiable.core import clock
from amiable.core.access import fetch, may, require, scope
from amiable.core.models import User
from amiable.domain.text import french
from amiable.domain.text.typed import whole_or_none
from amiable.web.appointments.actions import DECLARE, REPLAN, SAVE_HOURS, WORK
from amiable.web.appointments.forms import ReplanForm, WeekForm, code_of
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name


def _officer(request: HttpRequest, user: User) -> User:
    """Oneself; a head may set the hours of somebody else (`?qui=`)."""
    asked = whole_or_none(request.GET.get("qui", ""))
    if asked is not None and asked != user.pk:
        require(user, "give_instructions")
        return get_object_or_404(User, pk=asked, office_id=user.office_id, is_active=True)
    return user


@acts(SAVE_HOURS)
def hours(request: HttpRequest) -> HttpResponse:
    """The hours of a week, day by day."""
    user = user_of(request, WORK)
    officer = _officer(request, user)
    people = User.objects.filter(office_id=user.office_id, is_active=True, role__in=_RECEIVE)

    def more(form: WeekForm) -> dict[str, Any]:
        return {
            "officer": officer,
            "days": list(zip(french.DAYS[:5], form.days, strict=True)),
            "people": people.order_by("last_name", "pk") if may(user, "give_instructions") else [],
            "has_agencies": bool(form.days[0].fields["agency"].choices),
        }

    frame = Frame("agenda", reverse("agenda"), "", template="appointments/hours.html", more=more)
    return perform(request, SAVE_HOURS, officer, frame)


_RECEIVE = (User.Role.OFFICER, User.Role.AGENCY_HEAD, User.Role.SERVICE_HEAD, User.Role.LITIGATION)


@acts(DECLARE)
def absences(request: HttpRequest) -> HttpResponse:
    """Absences to come, and a new one; what it touches is shown next."""
    user = user_of(request, WORK)
    rows = scope(Absence.objects.filter(to_on__gte=clock.today()), user)
    more = {"rows": rows.select_related("officer")}
    frame = Frame("agenda", reverse("agenda"), "", template="appointments/absences.html", more=more)
    return perform(request, DECLARE, user, frame, leave=_to_what_it_touches)


def _to_what_it_touches(request: HttpRequest, user: User, outcome: Outcome) -> HttpResponse:
    return redirect("agenda_absence", pk=outcome.made.pk)


def find(user: User, pk: int) -> Absence:
    return fetch(Absence, user, related=("officer__office",), pk=pk)


def around(one: Absence) -> Frame:
    """The page of an absence withdrawn: back to the others."""
    back = reverse("agenda_absences")
    return Frame("agenda", back, "Revenir aux absences", ((back, "Absences"),), str(one.officer))


@acts(REPLAN)
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Each appointment an absence touches, with the times that could take its place; one confirmation."""
    one = find(user_of(request, WORK), pk)

    def more(form: ReplanForm) -> dict[str, Any]:
        lines = [
            {
                "appointment": plan.appointment,
                "name": person_name(plan.appointment.person),
                "hour": letters.hour_words(plan.appointment.starts_at),
                "offers": [(code_of(o), o, letters.hour_words(o.at)) for o in plan.offers],
            }
            for plan in form.plans
        ]
        return {"absence": one, "lines": lines}

    here = reverse("agenda_absence", args=[pk])
    return perform(
        request, REPLAN, one, Frame("agenda", here, "", template="appointments/absence.html", more=more)
    )
