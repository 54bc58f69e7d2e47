"""Changes that wait for a second person: seen, confirmed, given up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.core.access import fetch, scope
from amiable.core.models import SensitiveChange, User
from amiable.web.kit.perform import Frame, reads
from amiable.web.kit.request import user_of
from amiable.web.settings.actions import MANAGE, until


@reads(MANAGE)
def index(request: HttpRequest) -> HttpResponse:
    """What waits, then the last ones decided."""
    user = user_of(request)
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


def find(user: User, pk: int) -> SensitiveChange:
    return fetch(SensitiveChange, user, pk=pk)


def around(change: SensitiveChange) -> Frame:
    """What is decided of a change: back to those that wait."""
    back = reverse("settings_to_confirm")
    return Frame("settings", back, "Revenir aux changements", ((back, "À confirmer"),))


def _said(change: SensitiveChange, value: str) -> str:
    if change.what == SensitiveChange.What.ROLE:
        return str(User.Role(value).label)
    return value or "aucun"
