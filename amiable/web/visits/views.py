"""Visites: what is proposed, what waits for a round, the rounds, what was made; where homes are."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may
from amiable.core.models import Office, User
from amiable.parties import restrictions
from amiable.positions.models import AccountPosition
from amiable.procedures.in_force import policy_of
from amiable.visits import geocoding, queries, services
from amiable.visits.lifecycle import State
from amiable.visits.models import Place, Visit
from amiable.visits.proposals import proposals, reasons_of
from amiable.web.kit.accounts import read_account
from amiable.web.kit.action import Doer, Outcome
from amiable.web.kit.perform import Frame, acts, page, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name
from amiable.web.visits.actions import DECIDE, IMPORT_PLACES, WORK
from amiable.web.visits.forms import PlacesForm

AREA = {"area": "visits"}
PAGE = 30
TABS = {
    "decider": ("À décider", "Les visites que la procédure propose s’afficheront ici, avec leurs raisons."),
    "planifier": ("À planifier", "Les visites décidées attendront ici leur tournée."),
    "tournees": ("Tournées", "Préparez une tournée : elle donnera l’ordre et les heures des visites."),
    "passees": ("Tournées passées", "Les tournées des jours précédents s’afficheront ici."),
    "faites": ("Visites faites", "Les rapports de visite s’afficheront ici."),
}


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """One tab at a time; it opens on what waits for somebody."""
    user, today = user_of(request), clock.today()
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
    found = Paginator(lists[tab], PAGE).get_page(request.GET.get("page"))
    rows = list(found.object_list)
    persons = [row.account.person_id for row in rows] if tab in ("decider", "planifier") else []
    context = {
        **AREA,
        "tabs": [(code, label, counts[code]) for code, (label, _) in TABS.items()],
        "current": tab,
        "empty": TABS[tab][1],
        "page": found,
        "rows": rows,
        "reasons": reasons_of(rows, today) if tab == "decider" else {},
        "flags": restrictions.flags_of(persons, today),
        "unplaced": queries.unplaced(user) if tab == "planifier" else [],
        "may_work": may(user, "work_accounts"),
        "has_visits": "visit_minutes" in policy_of(user.office, today),
    }
    return render(request, "visits/index.html", context)


def around(on: Account | Visit, template: str = "visits/form.html", **more: Any) -> Frame:
    """The page of what is done about a visit: it comes from the visits, and goes back there."""
    account = on if isinstance(on, Account) else on.account
    back, name = reverse("visits"), person_name(account.person)
    crumbs = ((back, "Visites"), (reverse("account", args=[account.ref]), f"fiche de {name}"))
    more |= {
        "home": home_of(account),
        "flags": services.safety_flags(account.person, clock.today()),
    }
    styles = ("web/account.css", "web/visits.css")
    return Frame("visits", back, "Revenir aux visites", crumbs, name, styles, template=template, more=more)


@acts(DECIDE)
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """The reasons, what to know before going, and the form that accepts."""
    account, today = read_account(user_of(request, WORK), ref), clock.today()
    position = AccountPosition.objects.filter(pk=account.pk).select_related("account__office").first()
    reasons = reasons_of([position], today).get(account.pk, ()) if position else ()
    refuse = reverse("visit_refuse", args=[account.ref])
    return perform(request, DECIDE, account, around(account, reasons=reasons, refuse=refuse))


@acts(IMPORT_PLACES)
def places(request: HttpRequest) -> HttpResponse:
    """The office's list of coordinates, and the homes it does not know."""
    user = user_of(request, "read_accounts")
    return perform(
        request, IMPORT_PLACES, user.office, _places(user), leave=_imported, seen_by="read_accounts"
    )


def _places(user: User, found: Any = None) -> Frame:
    def more(form: PlacesForm) -> dict[str, Any]:
        return {
            "found": found,
            "count": Place.objects.filter(office=user.office).count(),
            "unplaced": queries.unplaced(user),
            "may_import": may(user, "import_lists"),
            "has_service": geocoding.has_service(),
        }

    return Frame("visits", reverse("visits"), "", template="visits/places.html", more=more)


def _imported(request: HttpRequest, office: Office, outcome: Outcome) -> HttpResponse:
    """What was read stays on screen: the lines left aside are to be mended."""
    user = user_of(request)
    form = IMPORT_PLACES.blank(office, Doer(user, clock.now()))
    return page(request, IMPORT_PLACES, office, _places(user, outcome.made), form)
