"""Towards the CAF: who has a constituted unpaid debt, its limit, who crosses on the day the rule changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import scope
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain import law
from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import day
from amiable.positions import lists
from amiable.positions.models import AccountPosition
from amiable.positions.queries import crossing
from amiable.web.kit.lines import lines_of
from amiable.web.kit.perform import reads
from amiable.web.kit.refusal import refused_or
from amiable.web.kit.request import page_number
from amiable.web.kit.steps import steps_of_office
from amiable.web.kit.words import person_name

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


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """Constituted debts by limit; below, who crosses on a day by the change of rule alone."""
    user: User = request.user
    if user.office is None or not kind(user.office.kind).caf:
        return redirect("portfolio")
    today = clock.today()
    steps = steps_of_office(user.office.pk)
    every = lists.portfolio(user, lists.Narrow(caf=True))
    reported = _reported([code for code, step in steps.items() if step.deadline == "caf_limit_on"])
    show_all = request.GET.get("tous") == "1"
    rows = every if show_all else every.exclude(Exists(reported))
    page = lists.page(lists.in_order(rows, "limit", user), page_number(request), rows.count())
    on, asked, problem = _asked_day(request)
    found: list[Crossing] = []
    if asked:
        found, problem = refused_or(lambda: _crossing(user, on), found)
    context = {
        "area": "portfolio",
        "page": page,
        "lines": lines_of(page.rows, steps, user.office.kind, today=today),
        "reported_on": _reported_on(page.rows, reported),
        "show_all": show_all,
        "reported_count": every.filter(Exists(reported)).count(),
        "crossing_on": on,
        "crossing": found,
        "asked": asked,
        "problem": problem,
        "new_rule": _NEW_RULE,
    }
    return render(request, "portfolio/caf.html", context)


def _reported(codes: list[str]) -> QuerySet[DiaryEntry]:
    """Signalements done since the debt is constituted: the diary says it, by the step that has this limit."""
    return DiaryEntry.objects.filter(
        account_id=OuterRef("account_id"), step__in=codes, on__gte=OuterRef("caf_constituted_on")
    )


def _reported_on(rows: list[AccountPosition], reported: QuerySet[DiaryEntry]) -> dict[int, date]:
    """When each of these accounts was reported. One query."""
    newest = Subquery(reported.order_by("-on").values("on")[:1])
    found = AccountPosition.objects.filter(pk__in=[row.pk for row in rows]).annotate(done_on=newest)
    return {pk: on for pk, on in found.values_list("pk", "done_on") if on}


def _asked_day(request: HttpRequest) -> tuple[date, bool, str]:
    """(day of the crossing, whether it was asked for, what is wrong with the day typed)."""
    first = min(value.from_on for value in law.rule(_NEW_RULE).parameters["threshold"].values)
    text = request.GET.get("on", "")
    if not text:
        return first, False, ""
    try:
        return day(text), True, ""
    except DomainError:
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
