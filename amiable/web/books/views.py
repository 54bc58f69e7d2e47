"""The books: the balance at an accounting date, the months, the controls asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.books.checking import balance, controls, to_sort_out, total
from amiable.books.closing import next_period
from amiable.books.models import Close
from amiable.books.projecting import is_behind
from amiable.core import clock
from amiable.core.access import scope
from amiable.core.models import Office, User
from amiable.domain.law.calendar import add_months
from amiable.domain.text import typed
from amiable.web.kit.perform import Frame, reads
from amiable.web.kit.refusal import refused_or
from amiable.web.kit.request import user_of

#: Closes shown: two years of months.
_SHOWN = 24


@reads("see_books")
def index(request: HttpRequest) -> HttpResponse:
    """Balance, months and what waits; the controls only when asked for (they read the whole ledger)."""
    user, today = user_of(request), clock.today()
    office = find(user)
    asked = request.GET.get("au", "")
    on, wrong = refused_or(lambda: typed.day(asked) if asked else today, today)
    rows, period = balance(office, on), next_period(office)
    context = {
        "area": "books",
        "on": on,
        "wrong": wrong,
        "rows": [{**row, "gap_cents": row["debit_cents"] - row["credit_cents"]} for row in rows.to_dicts()],
        "debit_cents": total(rows, "debit_cents"),
        "credit_cents": total(rows, "credit_cents"),
        "waiting": to_sort_out(office, on).to_dicts(),
        "behind": is_behind(),
        "period": period,
        "may_close": period is not None and add_months(period, 1) <= today,
        "closes": scope(Close.objects.select_related("closed_by"), user).order_by("-period")[:_SHOWN],
        "controls": controls(office, on) if request.GET.get("controles") == "1" else None,
    }
    return render(request, "books/index.html", context)


def find(user: User) -> Office:
    assert user.office is not None
    return user.office


def around(office: Office) -> Frame:
    back = reverse("books")
    return Frame("books", back, "Revenir aux livres", ((back, "Livres"),))
