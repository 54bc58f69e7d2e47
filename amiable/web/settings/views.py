"""Réglages: the office's letterhead and ways to pay, its agencies, one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import Agency, Office, SensitiveChange, User
from amiable.core.offices import change_office, change_own_password, save_agency
from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.parties.models import MergeProposal
from amiable.web.settings.confirming import until
from amiable.web.settings.forms import AgencyForm, OfficeForm, PasswordForm


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
            "missing": missing_of_letterhead(office),
            "agencies": office.agencies.count(),
            "people": people.aggregate(
                open=Count("pk", filter=Q(is_active=True)), known=Count("pk", filter=Q(is_active=False))
            ),
            "merges": MergeProposal.objects.filter(office=office, status="proposed").count(),
            "may_merge": may(user, "import_lists"),
            "to_confirm": SensitiveChange.objects.filter(office=office, status="waiting").count(),
        }
    return render(request, "settings/index.html", context)


def missing_of_letterhead(office: Office) -> list[str]:
    """What letters will lack, in words."""
    wanted = {
        "address": "l’adresse",
        "phone": "le téléphone",
        "signatory": "le signataire",
        "payment_means": "les moyens de paiement",
    }
    return [words for name, words in wanted.items() if not getattr(office, name)]


def office(request: HttpRequest) -> HttpResponse:
    """The letterhead and the ways to pay."""
    user: User = request.user
    require(user, "manage_users")
    assert user.office is not None
    # A copy to bind the form to: it must not change the office before the service does.
    form = OfficeForm(request.POST or None, instance=Office.objects.get(pk=user.office.pk))
    if request.method == "POST" and form.is_valid():
        waits = change_office(office=user.office, values=form.cleaned_data, actor=user, now=clock.now())
        if waits is None:
            messages.success(request, "L’office est enregistré : les prochaines lettres en tiennent compte.")
        else:
            messages.info(request, f"Le nouveau compte d’encaissement attend : {until(waits)}")
        return redirect("settings")
    return ask(request, form, "Office", "Ce que portent les lettres, les courriels et les décomptes.")


def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency, with how many accounts and users it has."""
    user: User = request.user
    require(user, "manage_users")
    found = Agency.objects.filter(office_id=user.office_id)
    rows = found.annotate(users_count=Count("users", distinct=True))
    return render(request, "settings/agencies.html", {"area": "settings", "agencies": rows})


def agency(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add an agency, or change its card."""
    user: User = request.user
    require(user, "manage_users")
    assert user.office is not None
    found = fetch(Agency, user, pk=pk) if pk else None
    form = AgencyForm(request.POST or None, instance=fetch(Agency, user, pk=pk) if pk else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_agency(office=user.office, agency=found, actor=user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("code", error.message_fr)
        else:
            messages.success(request, "L’agence est enregistrée.")
            return redirect("settings_agencies")
    title = f"Agence {found.name}" if found else "Nouvelle agence"
    return ask(request, form, title, "", back="settings_agencies")


def password(request: HttpRequest) -> HttpResponse:
    """One's own password."""
    user: User = request.user
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            change_own_password(user=user, present=values["present"], chosen=values["chosen"])
        except DomainError as error:
            form.add_error("present" if error.code == "wrong_password" else "chosen", error.message_fr)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Votre mot de passe est changé.")
            return redirect("settings")
    note = "Un collègue vous a donné ce mot de passe : choisissez le vôtre pour continuer."
    return ask(request, form, "Mon mot de passe", note if user.must_change_password else "")


def ask(request: HttpRequest, form: Any, title: str, note: str, back: str = "settings") -> HttpResponse:
    """A form on its own page."""
    context = {"area": "settings", "form": form, "title": title, "note": note, "back": back}
    return render(request, "settings/form.html", context, status=422 if form.errors else 200)
