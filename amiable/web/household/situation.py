"""One situation on its page: its figures, the one before, its documents, its orientation; and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import CHARGES, DEBTS, RESOURCES, Situation
from amiable.domain.household.orientation import CAUSES, LEADS, ORIENTATIONS, STANCES
from amiable.domain.household.people import ROLES
from amiable.household import letters, queries, services, tasks
from amiable.household import rights as rights_of
from amiable.household.models import Assessment
from amiable.web.household.views import account_of
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary

#: What is worth comparing from one talk to the next.
COMPARED = ("resources", "net_rent", "charges", "debts", "effort_rate", "living_rest", "capacity", "months")
_RELATED = ("account__person", "account__office", "account__position", "account__agency", "account__officer")


def _read(request: HttpRequest, pk: int, capability: str = "read_accounts") -> Assessment:
    require(request.user, capability)
    related = (*_RELATED, "person", "office", "made_by", "letter", "sheet", "entry")
    return fetch(Assessment, request.user, related=related, pk=pk)


@dataclass(frozen=True)
class Compared:
    """One figure now and before, in words."""

    label: str
    now: str
    before: str


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one situation, beside the one it followed."""
    made = _read(request, pk)
    account, situation = made.account, queries.situation_of(made)
    before = queries.before(made)
    context: dict[str, Any] = {
        "area": "portfolio",
        "made": made,
        "account": account,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "situation": situation,
        "people": [(ROLES[member.role].capitalize(), member) for member in situation.members],
        "lists": _lists(situation),
        "cause": CAUSES.get(made.cause, ""),
        "stance": STANCES.get(made.stance, ""),
        "orientations": ORIENTATIONS.items(),
        "leads": LEADS[made.orientation_decided or made.orientation_proposed],
        "before": before,
        "compared": _compared(made, before) if before else [],
        **rights_context(made, user_of(request)),
        "may_erase": may(user_of(request), "erase_situations"),
    }
    return render(request, "household/situation.html", context)


def _lists(situation: Situation) -> list[tuple[str, list[tuple[str, Any]]]]:
    parts = (
        ("Ressources", RESOURCES, situation.resources),
        ("Charges", CHARGES, situation.charges),
        ("Autres dettes", DEBTS, situation.debts),
    )
    return [(title, [(labels[line.kind], line) for line in lines]) for title, labels, lines in parts]


def _compared(made: Assessment, before: Assessment) -> list[Compared]:
    found = []
    for code in COMPARED:
        now, then = made.result(code), before.result(code)
        if now and then and now["said"] != then["said"]:
            found.append(Compared(now["label"], now["said"], then["said"]))
    return found


def history(request: HttpRequest, ref: str) -> HttpResponse:
    """Every situation of the account's person."""
    account = account_of(request, ref, "read_accounts")
    context = {
        "area": "portfolio",
        "account": account,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "rows": queries.seen_by(account, user_of(request))[:100],
        "may_work": may(user_of(request), "work_accounts"),
    }
    return render(request, "household/history.html", context)


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as a PDF, made the first time it is asked for."""
    made = _read(request, pk)
    document = letters.sheet_of(assessment=made, actor=user_of(request))
    return redirect("document", document.pk)


def rights(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an estimate (POST, done by the worker: it takes some seconds), or the section as it stands."""
    if request.method != "POST":
        return render(request, "household/_rights.html", rights_context(_read(request, pk), user_of(request)))
    made = _read(request, pk, "work_accounts")
    tasks.ask_rights(assessment=made, actor=user_of(request), today=clock.today())
    return redirect(f"{reverse('assessment', args=[pk])}#rights-title")


def rights_context(made: Assessment, user: User) -> dict[str, Any]:
    """The estimate kept, or where the request for one is."""
    return {
        "made": made,
        "rights": rights_of.told(made),
        "scales_on": date.fromisoformat(made.rights["scales_on"]) if made.rights else None,
        "rights_available": rights_of.available(),
        "rights_job": None if made.rights else tasks.rights_job(made),
        "may_work": may(user, "work_accounts"),
    }


@require_POST
def orient(request: HttpRequest, pk: int) -> HttpResponse:
    """The officer's decision after the talk."""
    made = _read(request, pk, "work_accounts")
    try:
        services.decide_orientation(
            assessment=made,
            orientation=request.POST.get("orientation", ""),
            actor=user_of(request),
            today=clock.today(),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message_fr)
    else:
        messages.success(request, f"Orientation décidée : {ORIENTATIONS[made.orientation_decided].lower()}.")
    return redirect("assessment", pk)


@require_POST
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a situation for good."""
    made = _read(request, pk, "erase_situations")
    ref = made.account.ref
    services.erase(assessment=made, actor=user_of(request))
    messages.success(request, "Situation effacée. Le fil garde seulement qu’un entretien a eu lieu.")
    return redirect("account", ref=ref)
