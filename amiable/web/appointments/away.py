"""Who receives when: an officer's week, their absences, and what an absence moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from amiable.appointments import absences as away
from amiable.appointments import messages as letters
from amiable.appointments.agenda import Offer
from amiable.appointments.models import Absence, Hours
from amiable.core import clock
from amiable.core.access import may, require, scope
from amiable.core.journal import record
from amiable.core.models import Agency, User
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.domain.text.typed import whole, whole_or_none
from amiable.web.appointments.forms import AbsenceForm, HoursForm, SlotForm, code_of
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name

AREA = {"area": "agenda"}


def _officer(request: HttpRequest, user: User) -> User:
    """Oneself; a head may set the hours of somebody else (`?qui=`)."""
    asked = whole_or_none(request.GET.get("qui", ""))
    if asked is not None and asked != user.pk:
        require(user, "give_instructions")
        return get_object_or_404(User, pk=asked, office_id=user.office_id, is_active=True)
    return user


def hours(request: HttpRequest) -> HttpResponse:
    """The hours of a week, day by day."""
    user = user_of(request, "work_accounts")
    officer = _officer(request, user)
    agencies = [(str(one.pk), one.name) for one in scope(Agency.objects.all(), user)]
    forms = [_day_form(request, officer, weekday, agencies) for weekday in range(5)]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        _save(officer, forms, user)
        messages.success(request, "Plages de réception enregistrées.")
        return redirect("agenda")
    people = User.objects.filter(office_id=user.office_id, is_active=True, role__in=_RECEIVE)
    context = {
        **AREA,
        "officer": officer,
        "days": list(zip(french.DAYS[:5], forms, strict=True)),
        "people": people.order_by("last_name", "pk") if may(user, "give_instructions") else [],
        "has_agencies": bool(agencies),
    }
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, "appointments/hours.html", context, status=status)


_RECEIVE = (User.Role.OFFICER, User.Role.AGENCY_HEAD, User.Role.SERVICE_HEAD, User.Role.LITIGATION)


def _day_form(
    request: HttpRequest, officer: User, weekday: int, agencies: list[tuple[str, str]]
) -> HoursForm:
    rows = [one for one in officer.hours.all() if one.weekday == weekday]
    initial: dict[str, Any] = {"agency": rows[0].agency_id if rows else None}
    morning = next((one for one in rows if one.starts.hour < 12), None)
    afternoon = next((one for one in rows if one is not morning), None)
    for half, row in (("morning", morning), ("afternoon", afternoon)):
        if row is not None:
            initial |= {f"{half}_starts": row.starts, f"{half}_ends": row.ends}
    return HoursForm(request.POST or None, prefix=f"d{weekday}", agencies=agencies, initial=initial)


@transaction.atomic
def _save(officer: User, forms: list[HoursForm], actor: User) -> None:
    officer.hours.all().delete()
    for weekday, form in enumerate(forms):
        for starts, ends in form.ranges():
            agency_id = whole(form.cleaned_data["agency"])
            Hours.objects.create(
                officer=officer, agency_id=agency_id, weekday=weekday, starts=starts, ends=ends
            )
    record("hours.saved", office=officer.office, actor=actor, target=officer)


def absences(request: HttpRequest) -> HttpResponse:
    """Absences to come, and a new one; what it touches is shown next."""
    user, today = user_of(request, "work_accounts"), clock.today()
    form = AbsenceForm(request.POST or None, user=user, today=today)
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data
        if value["officer"].pk != user.pk:
            require(user, "give_instructions")
        try:
            made = away.declare(
                officer=value["officer"],
                from_on=value["from_on"],
                to_on=value["to_on"],
                label=value["label"],
                actor=user,
                today=today,
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Absence notée.")
            return redirect("agenda_absence", pk=made.pk)
    rows = Absence.objects.filter(officer__office_id=user.office_id, to_on__gte=today)
    context = {**AREA, "form": form, "rows": rows.select_related("officer")}
    return render(request, "appointments/absences.html", context, status=422 if form.errors else 200)


def absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Each appointment an absence touches, with the times that could take its place; one confirmation."""
    user, now = user_of(request, "work_accounts"), clock.now()
    one = get_object_or_404(
        Absence.objects.select_related("officer__office"), pk=pk, officer__office_id=user.office_id
    )
    if request.method == "POST":
        moved, refused = away.replan(
            absence=one,
            choices=_choices(request, user),
            channel=request.POST.get("channel", ""),
            actor=user,
            now=now,
        )
        messages.success(
            request, f"{french.plural(len(moved), 'rendez-vous', 'rendez-vous')} à une autre place."
        )
        for why in refused:
            messages.warning(request, why)
        return redirect("agenda_absence", pk=one.pk)
    lines = [
        {
            "appointment": plan.appointment,
            "name": person_name(plan.appointment.person),
            "hour": letters.hour_words(plan.appointment.starts_at),
            "offers": [(code_of(o), o, letters.hour_words(o.at)) for o in plan.offers],
        }
        for plan in away.to_replan(one, now)
    ]
    return render(request, "appointments/absence.html", {**AREA, "absence": one, "lines": lines})


def _choices(request: HttpRequest, user: User) -> dict[int, Offer]:
    found = {}
    for name, value in request.POST.items():
        if name.startswith("rdv-") and value:
            form = SlotForm({"slot": value}, office_id=user.office_id)
            if form.is_valid():
                officer, at = form.cleaned_data["slot"]
                found[whole(name.removeprefix("rdv-"))] = Offer(at, officer, None)
    return found


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request, "work_accounts")
    one = get_object_or_404(Absence, pk=pk, officer__office_id=user.office_id)
    away.withdraw(absence=one, actor=user)
    messages.success(request, "Absence retirée : les créneaux sont de nouveau libres.")
    return redirect("agenda_absences")
