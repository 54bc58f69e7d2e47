"""The calendar of legal limits, on screen and as a feed an agenda reads at a private address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import Agency, PrivateLink, User
from amiable.core.private_links import user_of as owner_of
from amiable.domain.text.typed import whole_or_none
from amiable.limits.calendar import LegalLimit, Wanted, figures, rows_for, told
from amiable.limits.feed import feed as feed_of
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name
from amiable.web.limits.actions import RENEW_LINK

PAGE = 50
#: What a private address may show: the user's own accounts, or every account they may see.
PURPOSES = {"mes-limites": "Mes comptes", "limites-office": "Tout ce que je vois"}
#: A century: no limit of the law is further.
_FARTHEST_DAYS = 36_525
#: A feed holds what an agenda can use; the screen shows the rest.
_FEED_DAYS, _FEED_MOST = 400, 2_000


def _wanted(request: HttpRequest, today: date) -> Wanted:
    get = request.GET.get

    def number(name: str) -> int | None:
        return whole_or_none(get(name, ""))

    days = whole_or_none(get("jours", ""), most=_FARTHEST_DAYS)
    return Wanted(
        rule=get("regle", ""),
        agency_id=number("agence"),
        officer_id=number("agent"),
        until=today + timedelta(days=days) if days else None,
        late=get("retard") == "1",
    )


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """Every legal limit the user may see, nearest first."""
    user, today = user_of(request), clock.today()
    wanted = _wanted(request, today)
    page = Paginator(rows_for(user, today, wanted), PAGE).get_page(request.GET.get("page"))
    lines = [_line(one, today) for one in told(page.object_list)]
    said = figures(user, today, Wanted())
    context = {
        "area": "limits",
        "page": page,
        "lines": lines,
        "wanted": wanted,
        "days": request.GET.get("jours", ""),
        "late_count": said.late,
        "soon_count": said.pressing,
        "agencies": scope(Agency.objects.all(), user),
        "officers": scope(User.objects.filter(accounts__isnull=False).distinct(), user).order_by("last_name"),
        "feeds": _feeds(request, user),
    }
    return render(request, "limits/index.html", context)


def _line(limit: LegalLimit, today: date) -> dict[str, Any]:
    left = limit.days_left(today)
    return {
        "limit": limit,
        "name": person_name(limit.account.person),
        "tone": "legal" if left <= 1 else "risk" if left <= 14 else "",
    }


def _feeds(request: HttpRequest, user: User) -> list[tuple[str, str, str]]:
    links = {one.purpose: one for one in PrivateLink.objects.filter(user=user, revoked_at=None)}
    return [
        (purpose, label, _address(request, links[purpose]) if purpose in links else "")
        for purpose, label in PURPOSES.items()
    ]


def _address(request: HttpRequest, link: PrivateLink) -> str:
    return request.build_absolute_uri(reverse("limits_feed", args=[link.purpose, link.token]))


@acts(RENEW_LINK)
def renew_link(request: HttpRequest, purpose: str) -> HttpResponse:
    """Make the private address, or another one: the former stops working."""
    if purpose not in PURPOSES:
        raise Http404
    back = reverse("limits")
    frame = Frame("limits", back, "Revenir aux limites", ((back, "Limites légales"),))
    return perform(request, RENEW_LINK, purpose, frame, leave=_told)


def _told(request: HttpRequest, purpose: str, outcome: Outcome) -> HttpResponse:
    messages.success(request, f"Adresse d’agenda prête : {_address(request, outcome.made)}")
    return redirect("limits")


@login_not_required
@require_GET
def feed(request: HttpRequest, purpose: str, token: str) -> HttpResponse:
    """The feed, under the rights its user has today. No debt, no name: the account's reference only."""
    user = owner_of(token, purpose) if purpose in PURPOSES else None
    if user is None or not may(user, "read_accounts"):
        raise Http404
    today = clock.today()
    wanted = Wanted(
        officer_id=user.pk if purpose == "mes-limites" else None, until=today + timedelta(days=_FEED_DAYS)
    )
    limits = told(rows_for(user, today, wanted)[:_FEED_MOST])
    content = feed_of(limits, now=clock.now(), address=lambda one: _opened(request, one))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _opened(request: HttpRequest, limit: LegalLimit) -> str:
    return request.build_absolute_uri(reverse("account", args=[limit.account.ref]))
