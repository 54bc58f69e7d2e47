"""One appointment: taken, moved, cancelled, kept or missed, each in as few clicks as it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.appointments import agenda as agendas
from amiable.appointments import messages as letters
from amiable.appointments.agenda import Offer
from amiable.appointments.models import Appointment
from amiable.core import clock
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.domain.contact.slots import PARIS
from amiable.procedures.in_force import policy_of
from amiable.web.appointments.actions import BOOK, CANCEL, KEPT, MOVE, NO_SHOW, WORK
from amiable.web.appointments.forms import SlotForm, code_of
from amiable.web.kit.accounts import read_account, the_fiche
from amiable.web.kit.action import Action, Outcome
from amiable.web.kit.perform import Frame, acts, perform
from amiable.web.kit.request import user_of, within_site
from amiable.web.kit.words import home_of, vocabulary

#: How far the whole list of free times goes; the three best offers look further.
LISTED_DAYS = 21


@acts(BOOK)
def new(request: HttpRequest, ref: str) -> HttpResponse:
    """An appointment for an account: three free times first, then all of them."""
    account = read_account(user_of(request, WORK), ref)
    return _choose(request, BOOK, account, account)


@acts(MOVE)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The same talk at another time; also where a card dropped on a free time posts."""
    appointment = _fetch(user_of(request, WORK), pk)
    return _choose(request, MOVE, appointment, appointment.account)


def _choose(request: HttpRequest, action: Action[Any], on: Any, account: Account) -> HttpResponse:
    def more(form: SlotForm) -> dict[str, Any]:
        now = clock.now()
        best = agendas.offers(account, now)
        return {
            "home": home_of(account),
            "words": vocabulary(account),
            "best": [(code_of(one), one, letters.hour_words(one.at)) for one in best],
            "others": _others(account, now, best),
            "chosen": request.POST.get("slot", code_of(best[0]) if best else ""),
            "back": request.POST.get("retour") or request.GET.get("retour", ""),
        }

    return perform(request, action, on, _around(account, "appointments/choose.html", more), leave=_leave)


def _around(account: Account, template: str = "kit/action.html", more: Any = None) -> Frame:
    frame = the_fiche(account, "agenda", template=template, more=more or {})
    return replace(frame, area="agenda", draft="")


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


@acts(CANCEL)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """No talk any more, with its reason."""
    appointment = _fetch(user_of(request, WORK), pk)
    more = {
        "words": vocabulary(appointment.account),
        "appointment": appointment,
        "hour": letters.hour_words(appointment.starts_at),
        "back": request.POST.get("retour") or request.GET.get("retour", ""),
    }
    frame = _around(appointment.account, "appointments/cancel.html", more)
    return perform(request, CANCEL, appointment, frame, leave=_leave)


@acts(NO_SHOW)
def no_show(request: HttpRequest, pk: int) -> HttpResponse:
    """One click; « finalement venu » undoes it."""
    appointment = _fetch(user_of(request, WORK), pk)
    return perform(request, NO_SHOW, appointment, _around(appointment.account), leave=_leave)


@acts(KEPT)
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """The person came: on to the interview."""
    appointment = _fetch(user_of(request, WORK), pk)
    return perform(request, KEPT, appointment, _around(appointment.account), leave=_to_the_talk)


def _to_the_talk(request: HttpRequest, appointment: Appointment, outcome: Outcome) -> HttpResponse:
    return redirect("interview", ref=appointment.account.ref)


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


def _leave(request: HttpRequest, on: Account | Appointment, outcome: Outcome) -> HttpResponse:
    """The page the act was begun from, only within this site; else the fiche."""
    if wanted := within_site(request, request.POST.get("retour", "")):
        return redirect(wanted)
    account = on if isinstance(on, Account) else on.account
    return redirect(reverse("account", args=[account.ref]))
