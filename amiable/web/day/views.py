"""Ma journée: what is to do today, in order of priority, each line with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary import callbacks
from amiable.domain.creditors import kind
from amiable.domain.decision.procedure import Step
from amiable.domain.decision.queue import UNDECIDED, UNDECIDED_LABEL
from amiable.domain.text import french
from amiable.limits.calendar import Figures, Wanted, figures, rows_for, told
from amiable.outreach.readiness import gaps
from amiable.positions import lists
from amiable.procedures.instructions import unread
from amiable.procedures.models import Instruction
from amiable.web.appointments.agenda import of_today
from amiable.web.day.forms import DayForm
from amiable.web.kit.freshness import freshness
from amiable.web.kit.lines import hold_reasons, lines_of
from amiable.web.kit.perform import reads
from amiable.web.kit.request import page_number
from amiable.web.kit.steps import step_label, steps_of_office

#: Limits that have passed stand above the day's lines; the calendar holds those beyond.
PASSED_SHOWN = 50


@dataclass(frozen=True)
class Tile:
    """One of the figures above the list, which is also a filter."""

    code: str
    label: str
    count: int
    note: str
    tone: str = ""


@reads("")
def index(request: HttpRequest) -> HttpResponse:
    """Today's list; an empty office is led to its first import, a colleague to their own requests."""
    user: User = request.user
    if user.office_id is None:
        return render(request, "day/no_office.html", {"area": "day"})
    if not may(user, "read_accounts"):
        return redirect("tasks")
    if not Account.objects.filter(office_id=user.office_id).exists():
        return first_run(request, user)
    return render(request, "day/index.html", _day(request, user))


def first_run(request: HttpRequest, user: User) -> HttpResponse:
    """Nothing imported yet: what the product will show, and the way to the first file."""
    assert user.office is not None
    context = {
        "area": "day",
        "lists": kind(user.office.kind).lists,
        "may_import": may(user, "import_lists"),
        "may_settle": may(user, "manage_users"),
        "gaps": gaps(user.office, clock.today()),
    }
    return render(request, "day/first_run.html", context)


def _day(request: HttpRequest, user: User) -> dict[str, Any]:
    assert user.office is not None
    today = clock.today()
    steps = steps_of_office(user.office.pk)
    codes = [(code, step_label(steps, code)) for code in lists.steps_of(user, today)]
    form = DayForm(user, sorted(codes, key=lambda pair: pair[1]), request.GET)
    keep = form.narrow()
    counts = lists.day_counts(user, keep, today)
    rows = lists.day(user, keep, today)
    total = lists.day_total(rows, keep, counts)
    page = lists.page(rows, page_number(request), total)
    mine = Wanted(agency_id=keep.agency_id, officer_id=keep.officer_id)
    legal = figures(user, today, mine)
    return {
        "area": "day",
        "form": form,
        "keep": keep,
        "counts": counts,
        "tiles": tiles(counts, legal, today),
        "legal": legal,
        "limits_query": limits_query(keep),
        "passed": told(rows_for(user, today, replace(mine, late=True))[:PASSED_SHOWN]) if legal.late else [],
        "fresh": freshness(user.office, today),
        "page": page,
        "lines": lines_of(page.rows, steps, user.office.kind, today=today),
        "reasons": hold_reasons(page.rows, today) if keep.tile == "held" else {},
        "callbacks": _callbacks(user, keep, today),
        "meetings": of_today(user, today) if may(user, "work_accounts") else None,
        "following": request.GET.get("ligne", ""),
        "pause_url": reverse("day_pause"),
        "unread": _unread(user, steps, today),
        "debtor": kind(user.office.kind).word("debtor"),
        "debtors": kind(user.office.kind).word("debtor_plural"),
        "may_work": may(user, "work_accounts"),
        "may_approve": may(user, "approve_batches"),
    }


def _callbacks(user: User, keep: lists.Narrow, today: date) -> list[Any]:
    """Calls promised for now or earlier, in order of hour, each saying whether its hour has passed."""
    if not may(user, "work_accounts"):
        return []
    now = clock.now().astimezone(clock.PARIS)
    found = list(callbacks.due(user, today, officer_id=keep.officer_id))
    for one in found:
        passed = one.due_time is not None and now.date() == today and one.due_time < now.time()
        one.is_late = one.due_on < today or passed
    return found


def _unread(user: User, steps: Mapping[str, Step], today: date) -> list[tuple[Instruction, str]]:
    """Instructions of the heads not read yet, newest first, three at most, each with its step's words."""
    if not may(user, "work_accounts"):
        return []
    return [(one, step_label(steps, one.step_code)) for one in unread(user=user, at=today)[:3]]


def tiles(counts: lists.DayCounts, legal: Figures, today: date) -> list[Tile]:
    """The six figures of the day, in order of urgency."""
    found = counts.tiles
    return [
        Tile(
            "legal",
            "Délais légaux",
            found["legal"],
            _limits(legal, today),
            "legal",
        ),
        Tile("promise", "Promesses et plans à risque", found["promise"], "non tenus, à rappeler", "risk"),
        Tile(
            "first",
            "Premiers impayés",
            found["first"],
            f"dont {french.plural(counts.rejected, 'prélèvement rejeté', 'prélèvements rejetés')}"
            if counts.rejected
            else "à appeler en priorité",
        ),
        Tile("batch", "Relances à approuver", found["batch"], "par lots, après aperçu"),
        Tile(UNDECIDED, UNDECIDED_LABEL, counts.undecided, "rien de prévu pour ces dettes", "risk"),
        Tile("held", "Retenus, ne pas relancer", counts.held, "plan, promesse, paiement attendu", "kept"),
    ]


def limits_query(keep: lists.Narrow) -> str:
    """What the calendar of limits is asked for to show the same accounts."""
    asked = {"agence": keep.agency_id, "agent": keep.officer_id}
    return "".join(f"&{name}={value}" for name, value in asked.items() if value is not None)


def _limits(legal: Figures, today: date) -> str:
    """« 8 dépassés, le prochain dans 24 jours »."""
    passed, coming = legal.late, legal.next_on
    said = [french.plural(passed, "dépassé")] if passed else []
    if coming:
        said.append(f"le {'prochain' if passed else 'premier'} {french.in_days(coming, today)}")
    return ", ".join(said) or "aucun délai proche"
