"""One visit: its reports and photos; a report typed at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import User
from amiable.domain.contact import visit_findings as findings
from amiable.domain.errors import DomainError
from amiable.visits import notices, services
from amiable.visits.lifecycle import OPEN
from amiable.visits.models import Report, Visit
from amiable.visits.reporting import told
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name
from amiable.web.visits.forms import ReportForm
from amiable.web.visits.tours import pdf
from amiable.web.visits.views import AREA, act_page


def _visit(user: User, pk: int) -> Visit:
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


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    visit = _visit(user, pk)
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


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """A report without a telephone."""
    user, now = user_of(request), clock.now()
    require(user, "work_accounts")
    visit = _visit(user, pk)
    form = ReportForm(
        request.POST or None, request.FILES or None, account=visit.account, user=user, today=now.date()
    )
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data
        at = datetime.combine(value["visited_on"], value["visited_time"], clock.PARIS)
        found = services.Findings(
            outcome=value["outcome"],
            occupancy=tuple(value["occupancy"]),
            dwelling=tuple(value["dwelling"]),
            commitments=tuple(value["commitments"]),
            said=value["said"],
            notice_left=value["notice_left"],
            promise_cents=value["promise"],
            promise_on=value["promise_on"],
        )
        pictures = {uuid4(): content for content in value["photos"]}
        try:
            services.report(
                visit=visit, uuid=uuid4(), found=found, visited_at=at, actor=user, now=now, pictures=pictures
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Rapport enregistré.")
            return redirect("visit", pk=visit.pk)
    lead = "Des faits observés et des paroles : ni jugement, ni supposition."
    return act_page(request, visit.account, form, "Rapport de visite", "Enregistrer le rapport", lead=lead)


@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One avis de passage, day and hour to fill in by hand."""
    user = user_of(request)
    require(user, "work_accounts")
    visit = _visit(user, pk)
    agency = visit.account.agency or (visit.round.agency if visit.round else None)
    if agency is None:
        raise DomainError("no_agency", "Ce compte n’a pas d’agence : l’avis ne peut pas dire où venir.")
    return pdf(notices.of_visit(visit, agency), f"avis-de-passage-{visit.pk}")
