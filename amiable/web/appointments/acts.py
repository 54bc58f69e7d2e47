"""One appointment: taken, moved, cancelled, kept or missed, each in as few clicks as it can be."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.appointments import agenda as agendas
from amiable.appointments import messages as letters
from amiable.appointments import services
from amiable.appointments.agenda import Offer
from amiable.appointments.models import Appointment
from amiable.core import clock
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.domain.contact.slots import PARIS
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole_or_none
from amiable.procedures.in_force import policy_of
from amiable.web.appointments.forms import CancelForm, SlotForm, code_of
from amiable.web.kit.accounts import read_account
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name, vocabulary

#: How far the whole list of free times goes; the three best offers look further.
LISTED_DAYS = 21


def new(request: HttpRequest, ref: str) -> HttpResponse:
    """An appointment for an account: three free times first, then all of them."""
    user = user_of(request, "work_accounts")
    account = read_account(user, ref)

    def take(officer: User, at: datetime, version: int | None) -> Appointment:
        return services.book(
            account=account, officer=officer, starts_at=at, actor=user, now=clock.now(), version=version
        )

    return _choose(
        request, account, take, "Prendre un rendez-vous", "Prendre ce rendez-vous", "rdv_confirmation"
    )


def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The same talk at another time; also where a card dropped on a free time posts."""
    user = user_of(request, "work_accounts")
    appointment = _fetch(user, pk)

    def take(officer: User, at: datetime, version: int | None) -> Appointment:
        return services.move(
            appointment=appointment,
            starts_at=at,
            officer=officer,
            actor=user,
            now=clock.now(),
            version=version,
        )

    here = appointment.starts_at.astimezone(PARIS)
    lead = f"Aujourd’hui fixé au {here:%d/%m/%Y} à {letters.hour_words(appointment.starts_at)}."
    return _choose(
        request, appointment.account, take, "Déplacer le rendez-vous", "Déplacer", "rdv_deplace", lead
    )


def _choose(
    request: HttpRequest, account: Account, take: Any, title: str, button: str, what: str, lead: str = ""
) -> HttpResponse:
    form = SlotForm(request.POST or None, office_id=account.office_id, initial=_first_channel(account))
    if request.method == "POST" and form.is_valid():
        officer, at = form.cleaned_data["slot"]
        try:
            made = take(officer, at, form.cleaned_data["version"])
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            _said(request, made, what, form.cleaned_data["channel"])
            return redirect(_back(request, account))
    now = clock.now()
    best = agendas.offers(account, now)
    context = {
        "area": "agenda",
        "account": account,
        "name": person_name(account.person),
        "home": home_of(account),
        "words": vocabulary(account),
        "form": form,
        "title": title,
        "button": button,
        "lead": lead,
        "best": [(code_of(one), one, letters.hour_words(one.at)) for one in best],
        "others": _others(account, now, best),
        "chosen": request.POST.get("slot", code_of(best[0]) if best else ""),
        "back": request.POST.get("retour") or request.GET.get("retour", ""),
        "version": Account.objects.values_list("version", flat=True).get(pk=account.pk),
    }
    return render(request, "appointments/choose.html", context, status=422 if form.errors else 200)


def _first_channel(account: Account) -> dict[str, str]:
    """What the person prefers, else what reaches them fastest."""
    person = account.person
    points = [one for one in person.contact_points.all() if one.is_current and not one.problem]
    kinds = {("sms" if one.is_mobile else "") if one.kind == "phone" else one.kind for one in points}
    able = [
        code
        for code, is_able in (
            ("sms", "sms" in kinds and not person.sms_opt_out),
            ("email", "email" in kinds and not person.email_opt_out),
            ("post", True),
        )
        if is_able
    ]
    return {"channel": person.preferred_channel if person.preferred_channel in able else able[0]}


def _others(account: Account, now: datetime, best: list[Offer]) -> list[tuple[Any, list[Any]]]:
    """Free times of the agency's officers over the next weeks, by day."""
    first = now.astimezone(PARIS).date()
    minutes = int(policy_of(account.office, first)["appointment_minutes"])
    known = agendas.agendas(agendas.receivers(account), first)
    found = [
        Offer(at, agenda.officer, agenda.agency_at(at))
        for agenda in known.values()
        for at in agendas.free(agenda, account.office, first, first + timedelta(days=LISTED_DAYS), minutes)
        if at > now
    ]
    rest = sorted((one for one in found if one not in best), key=lambda one: (one.at, one.officer.pk))
    return [
        (day, [(code_of(one), one, letters.hour_words(one.at)) for one in rows])
        for day, rows in groupby(rest, key=lambda one: one.at.astimezone(PARIS).date())
    ]


def _said(request: HttpRequest, made: Appointment, what: str, channel: str) -> None:
    """What was done; what prevents the message is said, and never undoes the appointment."""
    here = made.starts_at.astimezone(PARIS)
    when = f"{here:%d/%m/%Y} à {letters.hour_words(made.starts_at)}"
    messages.success(request, f"{person_name(made.person)} : {when}, avec {made.officer}.")
    if not channel:
        return
    try:
        letters.tell_person(
            made, what, channel=channel, actor=user_of(request, "work_accounts"), now=clock.now()
        )
    except DomainError as refusal:
        messages.warning(request, f"La personne n’a pas été prévenue. {refusal.message_fr}")


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """No talk any more, with its reason."""
    user = user_of(request, "work_accounts")
    appointment = _fetch(user, pk)
    account = appointment.account
    form = CancelForm(request.POST or None, initial={"by_tenant": "1"})
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data
        try:
            services.cancel(
                appointment=appointment,
                by_tenant=bool(value["by_tenant"]),
                reason=value["reason"],
                actor=user,
                now=clock.now(),
                version=value["version"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            _said_cancelled(request, appointment, value["channel"])
            return redirect(_back(request, account))
    context = {
        "area": "agenda",
        "account": account,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "form": form,
        "appointment": appointment,
        "hour": letters.hour_words(appointment.starts_at),
        "back": request.POST.get("retour") or request.GET.get("retour", ""),
        "version": account.version,
    }
    return render(request, "appointments/cancel.html", context, status=422 if form.errors else 200)


def _said_cancelled(request: HttpRequest, appointment: Appointment, channel: str) -> None:
    messages.success(request, "Rendez-vous annulé : le créneau est libre, le suivi reprend.")
    if channel:
        try:
            letters.tell_person(
                appointment,
                "rdv_annule",
                channel=channel,
                actor=user_of(request, "work_accounts"),
                now=clock.now(),
            )
        except DomainError as refusal:
            messages.warning(request, f"La personne n’a pas été prévenue. {refusal.message_fr}")


@require_POST
def no_show(request: HttpRequest, pk: int) -> HttpResponse:
    """One click; « finalement venu » undoes it."""
    user = user_of(request, "work_accounts")
    appointment = _fetch(user, pk)
    services.mark_no_show(appointment=appointment, actor=user, today=clock.today(), version=_version(request))
    messages.success(request, f"{person_name(appointment.person)} : absence notée, la procédure reprend.")
    return redirect(_back(request, appointment.account))


@require_POST
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """The person came: on to the interview."""
    user = user_of(request, "work_accounts")
    appointment = _fetch(user, pk)
    services.mark_kept(appointment=appointment, actor=user, today=clock.today(), version=_version(request))
    messages.success(request, f"{person_name(appointment.person)} est venu·e : voici l’entretien.")
    return redirect("interview", ref=appointment.account.ref)


def _version(request: HttpRequest) -> int | None:
    return whole_or_none(request.POST.get("version", ""))


def _fetch(user: User, pk: int) -> Appointment:
    related = (
        "account__person",
        "account__office",
        "account__agency",
        "account__officer",
        "person",
        "agency",
    )
    return fetch(Appointment, user, related=(*related, "officer", "office", "hold"), pk=pk)


def _back(request: HttpRequest, account: Account) -> str:
    wanted = request.POST.get("retour", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("account", args=[account.ref])
