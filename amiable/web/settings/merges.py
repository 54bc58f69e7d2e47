"""Two persons who look like one: a human compares them and decides."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import agency_ids, require, scope
from amiable.core.models import User
from amiable.parties.models import MergeProposal, Person
from amiable.parties.services import accept_merge, refuse_merge
from amiable.positions.stale import mark, refresh_now
from amiable.web.kit.words import person_name

_PAGE = 50


def index(request: HttpRequest) -> HttpResponse:
    """The proposals waiting, each person with what tells them apart. Four queries."""
    user: User = request.user
    require(user, "import_lists")
    waiting = _waiting(user)
    found = waiting.select_related("first", "second").prefetch_related(
        "first__accounts", "second__accounts", "first__contact_points", "second__contact_points"
    )
    pairs = [(one, [_told(one.first), _told(one.second)]) for one in found.order_by("pk")[:_PAGE]]
    context = {"area": "settings", "pairs": pairs, "waiting": waiting.count()}
    return render(request, "settings/merges.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge, keeping the first or the second, or refuse."""
    user: User = request.user
    require(user, "import_lists")
    proposal = get_object_or_404(_waiting(user).select_related("office", "first", "second"), pk=pk)
    choice = request.POST.get("choice")
    if choice == "refuse":
        refuse_merge(proposal=proposal, actor=user)
        messages.success(request, "Ces deux personnes restent distinctes.")
    elif choice in {"first", "second"}:
        with transaction.atomic():
            kept = accept_merge(proposal=proposal, actor=user, keep_second=choice == "second")
            ids = list(kept.accounts.values_list("pk", flat=True))
            mark(proposal.office_id, ids)
        refresh_now(office=proposal.office, account_ids=ids, today=clock.today())
        messages.success(request, f"{person_name(kept)} a maintenant {len(ids)} comptes.")
    return redirect("settings_merges")


def _waiting(user: User) -> QuerySet[MergeProposal]:
    """Proposals not decided yet; somebody bound to agencies sees those whose two persons are theirs."""
    waiting = scope(MergeProposal.objects.filter(status="proposed"), user)
    if agency_ids(user) is None:
        return waiting
    mine = scope(Account.objects.all(), user).order_by().values("person")
    return waiting.filter(first__in=mine, second__in=mine)


def _told(person: Person) -> dict[str, object]:
    return {
        "name": person_name(person),
        "born_on": person.born_on,
        "accounts": list(person.accounts.all()),
        "contacts": [point for point in person.contact_points.all() if point.is_current],
    }
