"""Users of the office: add, role and agencies, access closed or reopened, provisional password."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from amiable.accounts.models import Account
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.web.kit.action import Outcome
from amiable.web.kit.people import officers_of
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.settings.actions import ADD_USER, CHANGE_USER, MANAGE, Added
from amiable.web.settings.views import asked


@reads(MANAGE)
def index(request: HttpRequest) -> HttpResponse:
    """Those who log in, and the officers the lists name."""
    user = user_of(request)
    people = list(
        User.objects.filter(office_id=user.office_id)
        .prefetch_related("agencies")
        .order_by("last_name", "first_name", "username")
    )
    context = {
        "area": "settings",
        "open": [one for one in people if one.can_log_in],
        "closed": [one for one in people if not one.is_active and one.has_usable_password()],
        "known": [one for one in people if not one.has_usable_password()],
    }
    return render(request, "settings/users.html", context)


@never_cache
@acts(ADD_USER)
def add(request: HttpRequest) -> HttpResponse:
    """A new user, or an access for an officer the lists know; the provisional password is shown once."""
    user = user_of(request, MANAGE)
    assert user.office is not None
    new = Added(user.office, request.GET.get("code", ""), request.GET.get("nom", ""))
    return perform(request, ADD_USER, new, asked("settings_users"), leave=given)


@acts(CHANGE_USER)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, role and agencies."""
    user = user_of(request, MANAGE)
    found = find(user, pk)
    more = {
        "one": found,
        "accounts": Account.objects.filter(officer=found).count(),
        "colleagues": [one for one in officers_of(user) if one.pk != found.pk],
    }
    return perform(
        request, CHANGE_USER, found, replace(around(found), template="settings/user.html", more=more)
    )


def find(user: User, pk: int) -> User:
    return fetch(User, user, pk=pk)


def around(one: User) -> Frame:
    """What is done with somebody's access: back to the users."""
    back = reverse("settings_users")
    crumbs = ((back, "Utilisateurs"), (reverse("settings_user", args=[one.pk]), str(one)))
    return Frame("settings", back, "Revenir aux utilisateurs", crumbs, styles=("web/lists.css",))


def to_their_page(request: HttpRequest, one: User, outcome: Outcome) -> HttpResponse:
    return redirect("settings_user", one.pk)


def given(request: HttpRequest, target: object, outcome: Outcome) -> HttpResponse:
    """The provisional password, shown once."""
    one, password = outcome.made
    context = {"area": "settings", "one": one, "password": password}
    return render(request, "settings/password_given.html", context)
