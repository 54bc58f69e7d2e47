"""What left, what waits, and in the demo what would leave: each message with its proof."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.correspondence import outbox
from amiable.correspondence.models import OutboxItem
from amiable.outreach import queries, services

AREA = {"area": "outreach"}
PAGE = 50


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The outbox, newest first, by channel, state, person or account."""
    require(request.user, "read_accounts")
    asked = {name: request.GET.get(name, "") for name in ("channel", "status", "text")}
    found = queries.spool(request.user, **asked)
    context = {
        **AREA,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "channels": OutboxItem.Channel.choices,
        "statuses": OutboxItem.Status.choices,
        "is_demo": settings.AMIABLE_DEMO,
    }
    return render(request, "outreach/spool.html", context)


@require_GET
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: its words, its proof, what can still be noted about it."""
    require(request.user, "read_accounts")
    related = ("person", "account", "contact_point", "document", "created_by")
    found = fetch(OutboxItem, request.user, related=related, pk=pk)
    now = clock.now()
    waits = found.not_before_at if found.status == OutboxItem.Status.WAITING else None
    context = {
        **AREA,
        "item": found,
        "is_paper": found.channel in ("post", "lrar"),
        "leaves": queries.leaves_at(waits.astimezone(now.tzinfo), now) if waits else "",
        "may_work": may(request.user, "work_accounts"),
        "is_demo": settings.AMIABLE_DEMO,
    }
    return render(request, "outreach/item.html", context)


@require_POST
def returned(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter came back (NPAI)."""
    found = fetch(OutboxItem, request.user, related=("account", "person", "contact_point"), pk=pk)
    services.record_returned_letter(item=found, actor=request.user, now=clock.now())
    messages.success(request, "Retour noté : l’adresse est à vérifier, une demande a été créée.")
    return redirect("outreach_item", pk)


@require_POST
def tracking(request: HttpRequest, pk: int) -> HttpResponse:
    """The number of a registered letter."""
    found = fetch(OutboxItem, request.user, pk=pk)
    number = request.POST.get("number", "")
    services.set_tracking_number(item=found, number=number, actor=request.user, today=clock.today())
    messages.success(request, "Numéro de recommandé enregistré.")
    return redirect("outreach_item", pk)


@require_POST
def settle_doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody checked whether a doubtful message left."""
    require(request.user, "work_accounts")
    found = fetch(OutboxItem, request.user, related=("account", "person", "office", "contact_point"), pk=pk)
    outbox.resolve_doubt(found, left=request.POST.get("left") == "1", now=clock.now())
    messages.success(request, "Noté.")
    return redirect("outreach_item", pk)
