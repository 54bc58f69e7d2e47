"""Towards the CAF: who has a constituted unpaid debt, its limit, who crosses on a day."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from amiable.core import clock
from amiable.core.access import require
from amiable.core.models import User
from amiable.domain.kinds import kind
from amiable.positions import lists
from amiable.web.day.lines import lines_of
from amiable.web.day.views import page_number
from amiable.web.day.words import steps_of_office

#: The day the test changes (CAF-03): what one asks about until then.
CHANGE_ON = date(2027, 1, 1)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Constituted debts by limit, with where each stands."""
    user: User = request.user
    require(user, "read_accounts")
    if user.office is None or not kind(user.office.kind).caf:
        return redirect("portfolio")
    today = clock.today()
    rows = lists.portfolio(user, lists.Narrow(caf=True))
    total = rows.count()
    page = lists.page(lists.in_order(rows, "limit"), page_number(request), total)
    steps = steps_of_office(user.office.pk)
    context = {
        "area": "portfolio",
        "page": page,
        "lines": lines_of(page.rows, steps, user.office.kind, today=today),
        "change_on": CHANGE_ON,
    }
    return render(request, "portfolio/caf.html", context)
