"""Two persons who look like one: a human compares them and decides."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core.access import agency_ids, scope
from amiable.core.models import User
from amiable.parties.models import MergeProposal, Person
from amiable.web.kit.perform import Frame, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name
from amiable.web.settings.actions import MERGE

_PAGE = 50


@reads(MERGE)
def index(request: HttpRequest) -> HttpResponse:
    """The proposals waiting, each person with what tells them apart. Four queries."""
    user = user_of(request)
    waiting = _waiting(user)
    found = waiting.select_related("first", "second").prefetch_related(
        "first__accounts", "second__accounts", "first__contact_points", "second__contact_points"
    )
    pairs = [(one, [_told(one.first), _told(one.second)]) for one in found.order_by("pk")[:_PAGE]]
    context = {"area": "settings", "pairs": pairs, "waiting": waiting.count()}
    return render(request, "settings/merges.html", context)


def find(user: User, pk: int) -> MergeProposal:
    return get_object_or_404(_waiting(user).select_related("office", "first", "second"), pk=pk)


def around(proposal: MergeProposal) -> Frame:
    back = reverse("settings_merges")
    return Frame("settings", back, "Revenir aux paires", ((back, "Personnes à réunir"),))


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
