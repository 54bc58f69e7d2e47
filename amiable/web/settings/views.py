"""Réglages: the office's letterhead and ways to pay, its agencies, one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import fetch, may
from amiable.core.models import Agency, SensitiveChange, User
from amiable.domain.creditors import kind
from amiable.outreach.readiness import gaps
from amiable.parties.models import MergeProposal
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.settings.actions import MANAGE, OFFICE, PASSWORD, Card


@reads("")
def index(request: HttpRequest) -> HttpResponse:
    """What may be set, by whom; everybody finds their own password here."""
    user: User = request.user
    office = user.office
    context: dict[str, Any] = {
        "area": "settings",
        "may_manage": office is not None and may(user, "manage_users"),
    }
    if office is not None:
        people = User.objects.filter(office=office)
        context |= {
            "office": office,
            "office_kind": kind(office.kind).label,
            "gaps": gaps(office, clock.today()),
            "agencies": office.agencies.count(),
            "people": people.aggregate(
                open=Count("pk", filter=Q(is_active=True)), known=Count("pk", filter=Q(is_active=False))
            ),
            "merges": MergeProposal.objects.filter(office=office, status="proposed").count(),
            "may_merge": may(user, "import_lists"),
            "to_confirm": SensitiveChange.objects.filter(office=office, status="waiting").count(),
        }
    return render(request, "settings/index.html", context)


@acts(OFFICE)
def office(request: HttpRequest) -> HttpResponse:
    """The letterhead and the ways to pay."""
    user = user_of(request, MANAGE)
    assert user.office is not None
    note = "Ce que portent les lettres, les courriels et les décomptes."
    return perform(request, OFFICE, user.office, asked("settings", note))


@reads(MANAGE)
def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency, with how many accounts and users it has."""
    user = user_of(request)
    found = Agency.objects.filter(office_id=user.office_id)
    rows = found.annotate(users_count=Count("users", distinct=True))
    return render(request, "settings/agencies.html", {"area": "settings", "agencies": rows})


def card(user: User, pk: int | None = None) -> Card:
    """The card of an agency of the office, or of the one being added."""
    assert user.office is not None
    return Card(user.office, fetch(Agency, user, pk=pk) if pk else None)


@acts(PASSWORD)
def password(request: HttpRequest) -> HttpResponse:
    """One's own password."""
    user = user_of(request)
    note = "Un collègue vous a donné ce mot de passe : choisissez le vôtre pour continuer."
    frame = asked("settings", note if user.must_change_password else "")
    return perform(request, PASSWORD, user, frame, leave=_still_logged_in)


def _still_logged_in(request: HttpRequest, user: User, outcome: Outcome) -> HttpResponse:
    update_session_auth_hash(request, user)
    return redirect("settings")


def asked(back: str, note: str = "") -> Frame:
    """A form on its own page; back: the name of the address it comes from."""
    more = {"note": note, "back": back}
    return Frame("settings", reverse(back), "Annuler", template="settings/form.html", more=more)
