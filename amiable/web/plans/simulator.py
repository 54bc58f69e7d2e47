"""The simulator: an agreement worked out with the debtor, its schedule and checks shown as it is typed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, scope
from amiable.core.models import User
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.outreach.statement import label
from amiable.plans import services as plans
from amiable.plans.lifecycle import State
from amiable.plans.models import PlanVersion
from amiable.plans.queries import current_versions
from amiable.plans.risk import risk_of
from amiable.web.kit.accounts import read_account
from amiable.web.kit.action import Action, Doer, Outcome
from amiable.web.kit.perform import Frame, acts, perform
from amiable.web.kit.refusal import refused_or
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary
from amiable.web.plans.actions import DRAW_UP, REDRAW, REVISE, WORK, Drawing, gap_days
from amiable.web.plans.drawing import bars
from amiable.web.plans.forms import SimulatorForm
from amiable.web.plans.words import terms


@acts(DRAW_UP)
def draw_up(request: HttpRequest, ref: str) -> HttpResponse:
    """A new plan from an account; the one already open instead, if any."""
    user = user_of(request, WORK)
    account = read_account(user, ref)
    accounts = _accounts_of(account, user)
    open_one = current_versions(accounts).first()
    if open_one is not None:
        messages.info(request, "Un plan existe déjà : le voici.")
        return redirect("plan", open_one.plan_id)
    return _work(request, DRAW_UP, Drawing(account, accounts, twelfths="douziemes" in request.GET))


@acts(REDRAW)
def redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft changed before anybody decides on it."""
    user = user_of(request, WORK)
    draft = fetch(PlanVersion, user, related=("plan__account",), plan_id=pk, state=State.DRAFT)
    return _work(request, REDRAW, _of_plan(draft, user))


@acts(REVISE)
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Another version of a plan in force, over what is owed now."""
    user = user_of(request, WORK)
    running = fetch(PlanVersion, user, related=("plan__account",), plan_id=pk, state=State.ACTIVE)
    return _work(request, REVISE, _of_plan(running, user))


def _accounts_of(account: Account, user: User) -> tuple[Account, ...]:
    """The accounts of the person that owe something, this one first."""
    others = scope(Account.objects.filter(person=account.person_id), user).exclude(pk=account.pk)
    owing = others.filter(position__overdue_cents__gt=0).select_related("office", "agency", "person")
    return (account, *owing.order_by("ref"))


def _of_plan(version: PlanVersion, user: User) -> Drawing:
    accounts = tuple(version.plan.accounts.select_related("office", "agency", "person").order_by("pk"))
    reachable = [one for one in accounts if scope(Account.objects.filter(pk=one.pk), user).exists()]
    if not reachable:
        raise Http404
    lead = version.plan.account if version.plan.account in reachable else reachable[0]
    return Drawing(read_account(user, lead.ref), accounts, version)


def _work(request: HttpRequest, action: Action[Drawing], on: Drawing) -> HttpResponse:
    """The page, the fragment htmx asks for as one types, or the draft kept."""
    if request.headers.get("HX-Request") == "true":
        doer = Doer(user_of(request), clock.now())
        form = action.blank(on, doer, data=request.GET)
        return render(
            request, "plans/_simulation.html", {"account": on.account, **_simulated(form, on.account)}
        )
    account = on.account
    words = {
        "of_version": on.version,
        "words": vocabulary(account),
        "terms": terms(account.office.kind),
    }
    frame = Frame(
        "plans",
        reverse("account", args=[account.ref]),
        "Revenir à la fiche",
        name=person_name(account.person),
        template="plans/simulator.html",
        more=lambda form: words | _simulated(form if form.is_bound else _first(form), account),
    )
    return perform(request, action, on, frame, leave=_to_the_plan)


def _to_the_plan(request: HttpRequest, on: Drawing, outcome: Outcome) -> HttpResponse:
    return redirect("plan", outcome.made.plan_id)


def _first(form: SimulatorForm) -> SimulatorForm:
    """An empty form with its first values, as if they had been sent."""
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        values = value if isinstance(value, list) else [] if value is None else [str(value)]
        data.setlist(name, values)
    if "reason" in form.fields:
        data["reason"] = "…"
    return type(form)(data, target=form.target, user=form.user, today=form.today)


def _simulated(form: SimulatorForm, account: Account) -> dict[str, Any]:
    """What the form's values lead to; `refusal` instead when they lead nowhere."""
    if not form.is_valid():
        errors = [f"{form.fields[name].label} : {' '.join(map(str, said))}" if name in form.fields
                  else " ".join(map(str, said)) for name, said in form.errors.items()
                  if name not in ("version", "reason")]  # fmt: skip
        if errors:
            return {"refusal": errors[0]}
    value = form.cleaned_data
    found, refusal = refused_or(
        lambda: plans.simulate(
            accounts=form.chosen,
            asked=form.asked(gap_days(account, form.today)),
            statement_on=value["statement_on"],
            capacity_cents=value["capacity_cents"],
        ),
        None,
    )
    if found is None:
        return {"refusal": refusal}
    by_id = {one.pk: one for one in form.accounts}
    left = found.statement.total_cents
    rows = []
    for one in found.instalments:
        left -= one.amount_cents
        rows.append((one, left))
    return {
        "simulation": found,
        "rows": rows,
        "bars": bars([one.amount_cents for one in found.instalments], value["capacity_cents"]),
        "items": [
            (item, label(item.kind, item.month, by_id[item.account_id])) for item in found.statement.items
        ],
        "regularisation_cents": sum(
            item.rest_cents for item in found.statement.items if item.kind == EntryKind.REGULARISATION
        ),
        "risk": risk_of(account, found.instalments, value["capacity_cents"], clock.today()),
    }
