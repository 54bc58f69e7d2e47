"""The agenda and its acts: take, move, cancel, say who came."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from amiable.appointments import agenda as agendas
from amiable.appointments import messages as letters
from amiable.appointments import services
from amiable.appointments.lifecycle import State
from amiable.appointments.models import Appointment
from amiable.core import clock
from amiable.core.access import fetch, may, require, scope
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.slots import PARIS
from amiable.ledger.models import Account
from amiable.web.appointments.forms import CancelForm, SlotForm

_SHOWN = ("account__person", "account__office", "person", "agency", "office", "officer", "hold")
_ACCOUNT = ("person", "office", "agency", "officer")
#: Free times offered when one is taken or moved: the first three are the best.
OFFERED = 24


def _user(request: HttpRequest, capability: str) -> User:
    user = request.user
    assert isinstance(user, User)
    require(user, capability)
    return user


def agenda(request: HttpRequest) -> HttpResponse:
    """A week: mine, or everybody's of my agencies."""
    asked = _day(request.GET.get("semaine", "")) or clock.today()
    monday = asked - timedelta(days=asked.weekday())
    return _agenda(request, monday, 7)


def agenda_day(request: HttpRequest, day: str) -> HttpResponse:
    """One day, as printed for the desk."""
    asked = _day(day)
    if asked is None:
        raise Http404
    return _agenda(request, asked, 1)


def _agenda(request: HttpRequest, first: date, length: int) -> HttpResponse:
    user, today = _user(request, "read_accounts"), clock.today()
    everybody = request.GET.get("de") == "agence"
    low = datetime.combine(first, time.min, PARIS)
    high = datetime.combine(first + timedelta(days=length), time.min, PARIS)
    rows = scope(agendas.between(user.office, low, high), user).exclude(state=State.MOVED)
    if not everybody:
        rows = rows.filter(officer=user)
    days: dict[date, list[Appointment]] = {first + timedelta(days=n): [] for n in range(length)}
    for row in rows:
        days[row.starts_at.astimezone(PARIS).date()].append(row)
    context = {
        "area": "agenda",
        "days": [(day, found) for day, found in days.items() if found or day.weekday() < 5 or length == 1],
        "first": first,
        "is_day": length == 1,
        "before": (first - timedelta(days=length)).isoformat(),
        "after": (first + timedelta(days=length)).isoformat(),
        "everybody": everybody,
        "today": today,
        "may_work": may(user, "work_accounts"),
    }
    return render(request, "appointments/agenda.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def new(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an appointment: the best times first."""
    user, now = _user(request, "work_accounts"), clock.now()
    account = fetch(Account, user, related=_ACCOUNT, ref=ref)
    form = _slot_form(request, account, user, now)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.book(
                account=account,
                officer=form.chosen.officer,
                starts_at=form.at,
                actor=user,
                now=now,
                version=form.cleaned_data["version"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Rendez-vous pris.")
            _tell(request, made, "rdv_confirmation", form.cleaned_data["channel"], user, now)
            return redirect("account", account.ref)
    return _form_page(request, account, form, "Prendre un rendez-vous", "Réserver")


def _slot_form(request: HttpRequest, account: Account, user: User, now: datetime) -> SlotForm:
    offers = agendas.offers(account, now, count=OFFERED)
    return SlotForm(
        request.POST or None, account=account, user=user, today=services.today_of(now), offers=offers
    )


def _form_page(request: HttpRequest, account: Account, form: Any, title: str, act: str) -> HttpResponse:
    context = {"area": "agenda", "account": account, "form": form, "title": title, "act": act}
    status = 422 if form.errors else 200
    return render(request, "appointments/form.html", context, status=status)


def _tell(request: HttpRequest, one: Appointment, what: str, channel: str, user: User, now: datetime) -> None:
    """The act stands even when nobody could be written to: the officer is told so."""
    if not channel:
        return
    try:
        with transaction.atomic():
            letters.tell_person(one, what, channel=channel, actor=user, now=now)
    except DomainError as refusal:
        messages.warning(request, f"La personne n’a pas été prévenue : {refusal.message_fr}")


def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment and its acts."""
    user = _user(request, "read_accounts")
    one = fetch(Appointment, user, related=_SHOWN, pk=pk)
    today = clock.today()
    context = {
        "area": "agenda",
        "one": one,
        "has_begun": one.starts_at.astimezone(PARIS).date() <= today,
        "may_work": may(user, "work_accounts"),
    }
    return render(request, "appointments/appointment.html", context)


def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another time, with the same officer or another."""
    user, now = _user(request, "work_accounts"), clock.now()
    one = fetch(Appointment, user, related=_SHOWN, pk=pk)
    form = _slot_form(request, one.account, user, now)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.move(
                appointment=one,
                starts_at=form.at,
                officer=form.chosen.officer,
                actor=user,
                now=now,
                version=form.cleaned_data["version"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Rendez-vous déplacé.")
            _tell(request, made, "rdv_deplace", form.cleaned_data["channel"], user, now)
            return redirect("appointment", made.pk)
    return _form_page(request, one.account, form, "Déplacer le rendez-vous", "Déplacer")


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """No talk any more, and why."""
    user, now = _user(request, "work_accounts"), clock.now()
    one = fetch(Appointment, user, related=_SHOWN, pk=pk)
    form = CancelForm(request.POST or None, account=one.account, user=user, today=services.today_of(now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.cancel(
                appointment=one,
                by_tenant=given["by_tenant"],
                reason=given["reason"],
                actor=user,
                now=now,
                version=given["version"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Rendez-vous annulé.")
            _tell(request, one, "rdv_annule", given["channel"], user, now)
            return redirect("appointment", one.pk)
    return _form_page(request, one.account, form, "Annuler le rendez-vous", "Annuler le rendez-vous")


@require_POST
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """The person came, or came after all: the interview follows."""
    one = _mark(request, pk, services.mark_kept, "Venue notée : l’entretien peut commencer.")
    return redirect("interview", one.account.ref) if one.state == State.KEPT else redirect("appointment", pk)


@require_POST
def no_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody came: one click, undone by « Finalement venu »."""
    _mark(request, pk, services.mark_no_show, "Absence notée. « Finalement venu » revient dessus.")
    return redirect("appointment", pk)


def _mark(request: HttpRequest, pk: int, act: Any, done_fr: str) -> Appointment:
    user = _user(request, "work_accounts")
    one = fetch(Appointment, user, related=_SHOWN, pk=pk)
    version = request.POST.get("version", "")
    try:
        act(
            appointment=one,
            actor=user,
            today=clock.today(),
            version=int(version) if version.isdecimal() else None,
        )
    except DomainError as refusal:
        messages.error(request, refusal.message_fr)
    else:
        messages.success(request, done_fr)
    return one
