"""Changes that wait for a second person: seen, confirmed, given up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from amiable.core import clock, second_look
from amiable.core.access import fetch, require, scope
from amiable.core.models import SensitiveChange, User


def until(change: SensitiveChange) -> str:
    """When the change happens, in words."""
    if change.effective_at is None:
        return "une autre personne doit le confirmer."
    return (
        f"il prendra effet le {localtime(change.effective_at):%d/%m/%Y à %H h %M}, annoncé d’ici là à tous."
    )


def index(request: HttpRequest) -> HttpResponse:
    """What waits, then the last ones decided."""
    user: User = request.user
    require(user, "manage_users")
    found = scope(SensitiveChange.objects.select_related("user", "asked_by", "decided_by"), user)
    rows = [
        {
            "one": one,
            "former": _said(one, one.former),
            "value": _said(one, one.value),
            "until": until(one),
            "may_confirm": user.pk not in (one.asked_by_id, one.user_id),
        }
        for one in found.filter(status="waiting")
    ]
    context = {"area": "settings", "rows": rows, "decided": found.exclude(status="waiting")[:20]}
    return render(request, "settings/to_confirm.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """`confirm` or `drop`."""
    user: User = request.user
    require(user, "manage_users")
    change = fetch(SensitiveChange, user, pk=pk)
    if request.POST.get("choice") == "confirm":
        second_look.confirm(change=change, actor=user, now=clock.now())
        messages.success(request, "Le changement est fait.")
    else:
        second_look.drop(change=change, actor=user, now=clock.now())
        messages.success(request, "Le changement est abandonné.")
    return redirect("settings_to_confirm")


def _said(change: SensitiveChange, value: str) -> str:
    if change.what == SensitiveChange.What.ROLE:
        return str(User.Role(value).label)
    return value or "aucun"
