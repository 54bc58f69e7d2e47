"""Towards the CAF: who has a constituted unpaid debt, its limit, who crosses on the day the rule changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from amiable.core import clock
from amiable.core.access import require, scope
from amiable.core.models import User
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.kinds import kind
from amiable.ledger.models import Account
from amiable.positions import lists
from amiable.positions.queries import crossing
from amiable.web.day.lines import lines_of, person_name
from amiable.web.day.views import page_number
from amiable.web.day.words import steps_of_office

#: The rule that replaces the two others, and whose first day is the crossing one asks about.
_NEW_RULE = "CAF-03"


@dataclass(frozen=True)
class Crossing:
    """One account that becomes constituted on a day only because the rule changes."""

    ref: str
    name: str
    rule_before: str | None
    rule_after: str
    debt_cents: int
    limit_on: date | None


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Constituted debts by limit; below, who crosses on a day by the change of rule alone."""
    user: User = request.user
    require(user, "read_accounts")
    if user.office is None or not kind(user.office.kind).caf:
        return redirect("portfolio")
    today = clock.today()
    rows = lists.portfolio(user, lists.Narrow(caf=True))
    page = lists.page(lists.in_order(rows, "limit", user), page_number(request), rows.count())
    on, asked, problem = _asked_day(request)
    found: list[Crossing] = []
    if asked:
        try:
            found = _crossing(user, on)
        except DomainError as error:
            problem = error.message_fr
    context = {
        "area": "portfolio",
        "page": page,
        "lines": lines_of(page.rows, steps_of_office(user.office.pk), user.office.kind, today=today),
        "crossing_on": on,
        "crossing": found,
        "asked": asked,
        "problem": problem,
        "new_rule": _NEW_RULE,
    }
    return render(request, "portfolio/caf.html", context)


def _asked_day(request: HttpRequest) -> tuple[date, bool, str]:
    """(day of the crossing, whether it was asked for, what is wrong with the day typed)."""
    first = min(value.from_on for value in law.rule(_NEW_RULE).parameters["threshold"].values)
    text = request.GET.get("on", "")
    if not text:
        return first, False, ""
    try:
        return date.fromisoformat(text), True, ""
    except ValueError:
        return first, False, "Cette date ne se lit pas : choisissez-la dans le calendrier."


def _crossing(user: User, on: date) -> list[Crossing]:
    """The accounts of the user's scope that cross that day, the nearest limit first. Two queries."""
    assert user.office is not None
    rows = crossing(office=user.office, on=on).to_dicts()
    ids = [row["account_id"] for row in rows]
    accounts = scope(Account.objects.filter(pk__in=ids), user).select_related("person").in_bulk()
    found = [
        Crossing(
            ref=accounts[row["account_id"]].ref,
            name=person_name(accounts[row["account_id"]].person),
            rule_before=row["rule_before"],
            rule_after=row["rule_after"],
            debt_cents=row["debt_cents"],
            limit_on=row["limit_on"],
        )
        for row in rows
        if row["account_id"] in accounts
    ]
    return sorted(found, key=lambda one: (one.limit_on or date.max, -one.debt_cents, one.ref))
