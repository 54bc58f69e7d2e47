"""An officer's appointments in their own agenda, at a private address."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from amiable.appointments import messages as letters
from amiable.appointments.lifecycle import State
from amiable.appointments.models import Appointment
from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import User
from amiable.core.private_links import user_of as owner_of
from amiable.web.kit.perform import Frame

PURPOSE = "agenda"
#: How far back a feed goes: an agenda keeps the rest.
_PAST = timedelta(days=31)


def find_purpose(user: User) -> str:
    return PURPOSE


def around(purpose: str) -> Frame:
    back = reverse("agenda")
    return Frame("agenda", back, "Revenir à l’agenda", ((back, "Agenda"),))


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed, under the rights its user has today."""
    user = owner_of(token, PURPOSE)
    if user is None or not may(user, "work_accounts"):
        raise Http404
    shown = (State.PROPOSED, State.BOOKED, State.KEPT, State.NO_SHOW)
    rows = Appointment.objects.filter(
        officer=user, state__in=shown, starts_at__gte=clock.now() - _PAST
    ).select_related("person", "account", "agency", "office")
    content = letters.calendar(list(scope(rows, user)), f"Rendez-vous de {user}", for_officer=True)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
