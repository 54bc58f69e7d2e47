"""One visit: its reports and photos; a report typed at the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.core import clock
from amiable.core.access import fetch, may
from amiable.core.models import User
from amiable.domain.contact import visit_findings as findings
from amiable.domain.errors import DomainError
from amiable.visits import notices, services
from amiable.visits.lifecycle import OPEN
from amiable.visits.models import Report, Visit
from amiable.visits.reporting import told
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name
from amiable.web.visits.actions import WORK
from amiable.web.visits.tours import pdf
from amiable.web.visits.views import AREA


def find_visit(user: User, pk: int) -> Visit:
    related = (
        "account__person",
        "account__office",
        "account__agency",
        "round__agent",
        "note",
        "reason",
        "decided_by",
    )
    return fetch(Visit, user, related=related, pk=pk)


def _told(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "outcome": findings.OUTCOMES[report.outcome],
        "facts": [
            (label, told(codes, labels))
            for label, codes, labels in (
                ("Signes d’occupation", report.occupancy, findings.OCCUPANCY),
                ("État du logement", report.dwelling, findings.DWELLING),
                ("Convenu", report.commitments, findings.COMMITMENTS),
            )
            if codes
        ],
    }


@reads("read_accounts")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    visit = find_visit(user, pk)
    reports = (
        visit.reports.select_related("agent", "said").prefetch_related("photos__document").order_by("pk")
    )
    context = {
        **AREA,
        "visit": visit,
        "account": visit.account,
        "name": person_name(visit.account.person),
        "home": home_of(visit.account),
        "flags": services.safety_flags(visit.account.person, clock.today()),
        "reports": [_told(report) for report in reports],
        "is_open": visit.state in OPEN,
        "may_work": may(user, "work_accounts"),
    }
    return render(request, "visits/visit.html", context)


def to_the_visit(request: HttpRequest, visit: Visit, outcome: Outcome) -> HttpResponse:
    return redirect("visit", pk=visit.pk)


@reads(WORK)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One avis de passage, day and hour to fill in by hand."""
    user = user_of(request)
    visit = find_visit(user, pk)
    agency = visit.account.agency or (visit.round.agency if visit.round else None)
    if agency is None:
        raise DomainError("no_agency", "Ce compte n’a pas d’agence : l’avis ne peut pas dire où venir.")
    return pdf(notices.of_visit(visit, agency), f"avis-de-passage-{visit.pk}")
