"""Several lines at once: the names are shown before anything changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import require, scope
from amiable.core.models import User
from amiable.diary.services import start_hold, together
from amiable.domain.errors import DomainError
from amiable.domain.text.french import plural
from amiable.domain.text.typed import wholes
from amiable.positions.assignment import entrust as entrust_accounts
from amiable.web.day.forms import EntrustForm, PauseForm
from amiable.web.kit.people import officers_of
from amiable.web.kit.words import person_name

#: More lines than this are a change of organisation, not a morning's work.
_MOST = 200


def pause(request: HttpRequest) -> HttpResponse:
    """Put the chosen accounts on hold until a day, with one reason."""
    user: User = request.user
    require(user, "work_accounts")
    accounts, today = _chosen(request, user), clock.today()
    form = PauseForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        with together():
            for account in accounts:
                start_hold(
                    account=account,
                    kind="pause",
                    reason=form.cleaned_data["reason"],
                    ends_on=form.cleaned_data["ends_on"],
                    actor=user,
                    today=today,
                )
        messages.success(
            request,
            f"{plural(len(accounts), 'compte')} en pause jusqu’au {form.cleaned_data['ends_on']:%d/%m/%Y}.",
        )
        return redirect(_back(request))
    return _ask(request, form, accounts, "Mettre en pause", "Personne ne sera relancé pendant la pause.")


def entrust(request: HttpRequest) -> HttpResponse:
    """Give the chosen accounts to a colleague."""
    user: User = request.user
    require(user, "work_accounts")
    accounts = _chosen(request, user)
    form = EntrustForm(officers_of(user), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        officer = next(o for o in officers_of(user) if str(o.pk) == form.cleaned_data["officer"])
        moved = entrust_accounts(accounts=accounts, officer=officer, actor=user)
        confided = "confié" if moved < 2 else "confiés"
        messages.success(request, f"{plural(moved, 'compte')} {confided} à {officer}.")
        return redirect(_back(request))
    note = "Ces comptes quitteront votre liste et viendront dans celle de votre collègue."
    return _ask(request, form, accounts, "Confier à un collègue", note)


def _chosen(request: HttpRequest, user: User) -> list[Account]:
    """The accounts named by `ids`, within the user's scope. DomainError when none or too many."""
    given = request.POST if request.method == "POST" else request.GET
    ids = wholes(given.getlist("ids"))
    if len(ids) > _MOST:
        raise DomainError("too_many", f"Choisissez {_MOST} lignes au plus.")
    found = scope(Account.objects.filter(pk__in=ids), user).select_related("person", "office")
    accounts = list(found.order_by("person__search_key", "pk"))
    if not accounts:
        raise DomainError("nothing_chosen", "Aucune ligne n’est cochée : cochez-en au moins une.")
    return accounts


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back") or request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return back if safe else reverse("day")


def _ask(request: HttpRequest, form: Form, accounts: list[Account], title: str, note: str) -> HttpResponse:
    context: dict[str, Any] = {
        "area": "day",
        "form": form,
        "title": title,
        "note": note,
        "accounts": [(account, person_name(account.person)) for account in accounts],
        "back": _back(request),
    }
    return render(request, "day/selection.html", context, status=422 if form.errors else 200)
