"""One situation on its page: its figures, the one before, its documents, its orientation; and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.core.access import fetch, may
from amiable.core.models import User
from amiable.domain.household.budget import CHARGES, DEBTS, RESOURCES, Situation
from amiable.domain.household.orientation import CAUSES, LEADS, ORIENTATIONS, STANCES
from amiable.domain.household.people import ROLES
from amiable.household import letters, queries, tasks
from amiable.household import rights as rights_of
from amiable.household.models import Assessment
from amiable.web.household.actions import ASK_RIGHTS
from amiable.web.household.views import find
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary

#: What is worth comparing from one talk to the next.
COMPARED = ("resources", "net_rent", "charges", "debts", "effort_rate", "living_rest", "capacity", "months")
_RELATED = ("account__person", "account__office", "account__position", "account__agency", "account__officer")


def find_situation(user: User, pk: int) -> Assessment:
    related = (*_RELATED, "person", "office", "made_by", "letter", "sheet", "entry")
    return fetch(Assessment, user, related=related, pk=pk)


def around(made: Assessment) -> Frame:
    """The page of what is done on a situation: it goes back there."""
    back, name = reverse("assessment", args=[made.pk]), person_name(made.account.person)
    crumbs = ((reverse("account", args=[made.account.ref]), name), (back, "Situation"))
    return Frame("portfolio", back, "Revenir à la situation", crumbs, name)


def to_the_fiche(request: HttpRequest, made: Assessment, outcome: Outcome) -> HttpResponse:
    return redirect("account", ref=made.account.ref)


def to_its_rights(request: HttpRequest, made: Assessment, outcome: Outcome) -> HttpResponse:
    return redirect(f"{reverse('assessment', args=[made.pk])}#rights-title")


@dataclass(frozen=True)
class Compared:
    """One figure now and before, in words."""

    label: str
    now: str
    before: str


@reads("read_accounts")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one situation, beside the one it followed."""
    made = find_situation(user_of(request), pk)
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


@reads("read_accounts")
def history(request: HttpRequest, ref: str) -> HttpResponse:
    """Every situation of the account's person."""
    account = find(user_of(request), ref)
    context = {
        "area": "portfolio",
        "account": account,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "rows": queries.seen_by(account, user_of(request))[:100],
        "may_work": may(user_of(request), "work_accounts"),
    }
    return render(request, "household/history.html", context)


@reads("read_accounts")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as a PDF, made the first time it is asked for."""
    made = find_situation(user_of(request), pk)
    document = letters.sheet_of(assessment=made, actor=user_of(request))
    return redirect("document", document.pk)


@acts(ASK_RIGHTS)
def rights(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an estimate (POST, done by the worker: it takes some seconds), or the section as it stands."""
    user = user_of(request, "read_accounts")
    made = find_situation(user, pk)
    if request.method != "POST":
        return render(request, "household/_rights.html", rights_context(made, user))
    return perform(request, ASK_RIGHTS, made, around(made), leave=to_its_rights)


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
