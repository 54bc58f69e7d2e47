"""Visites: what is proposed, what waits for a round, the rounds, what was made; where homes are."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.domain.errors import DomainError
from amiable.domain.text.french import plural
from amiable.parties import restrictions
from amiable.positions.models import AccountPosition
from amiable.procedures.in_force import policy_of
from amiable.visits import geocoding, queries, services
from amiable.visits.lifecycle import State
from amiable.visits.models import Place, Visit
from amiable.visits.proposals import proposals, reasons_of
from amiable.web.kit.accounts import read_account
from amiable.web.kit.forms import ActForm
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name, vocabulary
from amiable.web.visits.forms import DecideForm, PlacesForm, ReasonForm, RefuseForm

AREA = {"area": "visits"}
PAGE = 30
TABS = {
    "decider": ("À décider", "Les visites que la procédure propose s’afficheront ici, avec leurs raisons."),
    "planifier": ("À planifier", "Les visites décidées attendront ici leur tournée."),
    "tournees": ("Tournées", "Préparez une tournée : elle donnera l’ordre et les heures des visites."),
    "passees": ("Tournées passées", "Les tournées des jours précédents s’afficheront ici."),
    "faites": ("Visites faites", "Les rapports de visite s’afficheront ici."),
}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """One tab at a time; it opens on what waits for somebody."""
    user, today = user_of(request, "read_accounts"), clock.today()
    lists = {
        "decider": proposals(user, today),
        "planifier": queries.visits(user, State.TO_PLAN),
        "tournees": queries.rounds(user, today, past=False),
        "passees": queries.rounds(user, today, past=True),
        "faites": queries.visits(user, State.DONE),
    }
    counts = {code: rows.count() for code, rows in lists.items()}
    tab = request.GET.get("liste", "")
    if tab not in TABS:
        tab = next((code for code in ("decider", "planifier", "tournees") if counts[code]), "decider")
    page = Paginator(lists[tab], PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    persons = [row.account.person_id for row in rows] if tab in ("decider", "planifier") else []
    context = {
        **AREA,
        "tabs": [(code, label, counts[code]) for code, (label, _) in TABS.items()],
        "current": tab,
        "empty": TABS[tab][1],
        "page": page,
        "rows": rows,
        "reasons": reasons_of(rows, today) if tab == "decider" else {},
        "flags": restrictions.flags_of(persons, today),
        "unplaced": queries.unplaced(user) if tab == "planifier" else [],
        "may_work": may(user, "work_accounts"),
        "has_visits": "visit_minutes" in policy_of(user.office, today),
    }
    return render(request, "visits/index.html", context)


def _account(request: HttpRequest, ref: str) -> Account:
    user = user_of(request, "read_accounts")
    require(user, "work_accounts")
    return read_account(user, ref)


def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """The reasons, what to know before going, and the form that accepts."""
    account, user, today = _account(request, ref), user_of(request, "read_accounts"), clock.today()
    form = DecideForm(request.POST or None, account=account, user=user, today=today)
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data
        try:
            services.accept(
                account=account,
                minutes=value["minutes"],
                from_at=value["from_at"],
                to_at=value["to_at"],
                needs_two=value["needs_two"],
                note=value["note"],
                actor=user,
                today=today,
                version=value["version"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Visite décidée : elle attend une tournée dans « À planifier ».")
            return redirect("visits")
    return act_page(request, account, form, "Décider d’une visite", "Accepter la visite", decide=True)


def refuse(request: HttpRequest, ref: str) -> HttpResponse:
    """No visit, and why."""
    account, user, today = _account(request, ref), user_of(request, "read_accounts"), clock.today()
    form = RefuseForm(request.POST or None, account=account, user=user, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.refuse(
                account=account,
                reason=form.reason,
                actor=user,
                today=today,
                version=form.cleaned_data["version"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Visite écartée avec son motif ; la procédure continue.")
            return redirect("visits")
    lead = "La visite proposée est écartée, son motif est gardé dans le fil."
    return act_page(request, account, form, "Écarter la visite", "Écarter", lead=lead)


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit decided will not take place."""
    user, today = user_of(request, "read_accounts"), clock.today()
    require(user, "work_accounts")
    visit = fetch(Visit, user, related=("account__person", "account__office"), pk=pk)
    form = ReasonForm(request.POST or None, account=visit.account, user=user, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel(visit=visit, reason=form.cleaned_data["reason"], actor=user, today=today)
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Visite annulée.")
            return redirect("visits")
    lead = "La procédure pourra la proposer de nouveau."
    return act_page(request, visit.account, form, "Annuler la visite", "Annuler la visite", lead=lead)


def act_page(
    request: HttpRequest,
    account: Account,
    form: ActForm,
    title: str,
    button: str,
    *,
    lead: str = "",
    decide: bool = False,
) -> HttpResponse:
    """The page of one act on one account."""
    today = clock.today()
    position = AccountPosition.objects.filter(pk=account.pk).select_related("account__office").first()
    context = {
        **AREA,
        "account": account,
        "name": person_name(account.person),
        "home": home_of(account),
        "words": vocabulary(account),
        "form": form,
        "title": title,
        "button": button,
        "lead": lead,
        "decide": decide,
        "flags": services.safety_flags(account.person, today),
        "reasons": reasons_of([position], today).get(account.pk, ()) if decide and position else (),
    }
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


def places(request: HttpRequest) -> HttpResponse:
    """The office's list of coordinates, and the homes it does not know."""
    user, today = user_of(request, "read_accounts"), clock.today()
    form, found = PlacesForm(request.POST or None, request.FILES or None), None
    if request.method == "POST":
        require(user, "import_lists")
        if form.is_valid():
            data = form.cleaned_data["file"].read()
            try:
                found = geocoding.import_places(office=user.office, data=data, actor=user, today=today)
            except DomainError as refusal:
                form.add_error("file", refusal.message_fr)
            else:
                said = f"{plural(found.new, 'lieu ajouté', 'lieux ajoutés')}, {found.changed} changés."
                messages.success(request, said)
    context = {
        **AREA,
        "form": form,
        "found": found,
        "count": Place.objects.filter(office=user.office).count(),
        "unplaced": queries.unplaced(user),
        "may_import": may(user, "import_lists"),
        "has_service": geocoding.has_service(),
    }
    return render(request, "visits/places.html", context, status=422 if form.errors else 200)
