"""What left, what waits, and in the demo what would leave: each message with its proof."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import fetch, may
from amiable.core.models import User
from amiable.correspondence.models import OutboxItem
from amiable.outreach import queries
from amiable.web.kit.perform import Frame, reads

AREA = {"area": "outreach"}
PAGE = 50


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """The outbox, newest first, by channel, state, person or account."""
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


@reads("read_accounts")
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: its words, its proof, what can still be noted about it."""
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


def find(user: User, pk: int) -> OutboxItem:
    return fetch(OutboxItem, user, related=("account", "person", "office", "contact_point"), pk=pk)


def around(item: OutboxItem) -> Frame:
    """What is noted about a message: back to it."""
    back, name = reverse("outreach_item", args=[item.pk]), str(item.person)
    return Frame("outreach", back, "Revenir au message", ((back, f"Message à {name}"),), name)
