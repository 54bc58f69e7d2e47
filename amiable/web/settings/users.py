"""Users of the office: add, role and agencies, access closed or reopened, provisional password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, require
from amiable.core.models import User
from amiable.core.offices import change_user, open_or_close, provisional_password
from amiable.core.users import Newcomer, add_user
from amiable.domain.errors import DomainError
from amiable.domain.text.french import plural
from amiable.domain.text.typed import whole_or_none
from amiable.positions.assignment import hand_over as hand_over_accounts
from amiable.web.kit.people import officers_of
from amiable.web.settings.confirming import until
from amiable.web.settings.forms import NewUserForm, UserForm
from amiable.web.settings.views import ask


def index(request: HttpRequest) -> HttpResponse:
    """Those who log in, and the officers the lists name."""
    user: User = request.user
    require(user, "manage_users")
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
def add(request: HttpRequest) -> HttpResponse:
    """A new user, or an access for an officer the lists know; the provisional password is shown once."""
    user: User = request.user
    require(user, "manage_users")
    assert user.office is not None
    first = {"name": request.GET.get("code", ""), "full_name": request.GET.get("nom", "")}
    form = NewUserForm(user.office, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            added, password = add_user(
                office=user.office,
                newcomer=Newcomer(
                    name=values["name"],
                    role=values["role"],
                    agency_codes=[agency.code for agency in values["agencies"]],
                    full_name=values["full_name"],
                    email=values["email"],
                ),
                password=None,
                actor=user,
                now=clock.now(),
            )
        except DomainError as error:
            form.add_error("name", error.message_fr)
        else:
            return _given(request, added, password or "")
    return ask(request, form, "Nouvel utilisateur", "", back="settings_users")


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, role and agencies."""
    user: User = request.user
    require(user, "manage_users")
    assert user.office is not None
    found = fetch(User, user, pk=pk)
    first = {
        "full_name": found.get_full_name() or found.username,
        "email": found.email,
        "role": found.role,
        "agencies": list(found.agencies.values_list("pk", flat=True)),
    }
    form = UserForm(user.office, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            waits = change_user(user=found, actor=user, now=clock.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error("role", error.message_fr)
        else:
            messages.success(request, f"{found} est enregistré.")
            if waits is not None:
                messages.info(request, f"Le nouveau rôle attend : {until(waits)}")
            return redirect("settings_users")
    colleagues = [one for one in officers_of(user) if one.pk != found.pk]
    context = {
        "area": "settings",
        "form": form,
        "one": found,
        "accounts": Account.objects.filter(officer=found).count(),
        "colleagues": colleagues,
    }
    return render(request, "settings/user.html", context, status=422 if form.errors else 200)


@require_POST
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """Close or reopen an access."""
    user: User = request.user
    require(user, "manage_users")
    found = fetch(User, user, pk=pk)
    open_or_close(user=found, is_active=not found.is_active, actor=user)
    messages.success(request, f"L’accès de {found} est {'fermé' if found.is_active else 'rouvert'}.")
    return redirect("settings_users")


@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Every account of this officer goes to a colleague."""
    user: User = request.user
    require(user, "manage_users")
    found = fetch(User, user, pk=pk)
    chosen = whole_or_none(request.POST.get("to", ""))
    if chosen is None:
        raise DomainError("nobody_chosen", "Choisissez le collègue qui reprend ces comptes.")
    to = fetch(User, user, pk=chosen)
    moved = hand_over_accounts(officer=found, to=to, actor=user)
    messages.success(request, f"{plural(moved, 'compte')} de {found} sont maintenant suivis par {to}.")
    return redirect("settings_user", found.pk)


@never_cache
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A provisional password, shown once."""
    user: User = request.user
    require(user, "manage_users")
    found = fetch(User, user, pk=pk)
    return _given(request, found, provisional_password(user=found, actor=user))


def _given(request: HttpRequest, user: User, password: str) -> HttpResponse:
    context = {"area": "settings", "one": user, "password": password}
    return render(request, "settings/password_given.html", context)
