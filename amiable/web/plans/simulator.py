"""The simulator: an agreement worked out with the debtor, its schedule and checks shown as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, scope
from amiable.core.models import User
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.typed import whole_or_none
from amiable.outreach.statement import label
from amiable.plans import services as plans
from amiable.plans.lifecycle import State
from amiable.plans.models import PlanVersion
from amiable.plans.queries import current_versions
from amiable.plans.risk import risk_of
from amiable.procedures.in_force import policy_of
from amiable.web.kit.accounts import read_account
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary
from amiable.web.plans.drawing import bars
from amiable.web.plans.forms import BY_MONTHS, RevisionForm, SimulatorForm
from amiable.web.plans.words import terms

Save = Callable[[Any, User], PlanVersion]


def draw_up(request: HttpRequest, ref: str) -> HttpResponse:
    """A new plan from an account; the one already open instead, if any."""
    user = user_of(request, "work_accounts")
    account = read_account(user, ref)
    accounts = _accounts_of(account, user)
    open_one = current_versions(accounts).first()
    if open_one is not None:
        messages.info(request, "Un plan existe déjà : le voici.")
        return redirect("plan", open_one.plan_id)

    def save(form: Any, actor: User) -> PlanVersion:
        value, today = form.cleaned_data, clock.today()
        return plans.draw_up(
            accounts=form.chosen,
            asked=form.asked(_gap(account), _seen(request)),
            statement_on=value["statement_on"],
            capacity_cents=value["capacity_cents"],
            actor=actor,
            today=today,
            version=value["version"] if form.chosen[0].pk == account.pk else None,
        )

    return _work(request, account, accounts, SimulatorForm, None, save)


def redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft changed before anybody decides on it."""
    user = user_of(request, "work_accounts")
    draft = fetch(PlanVersion, user, related=("plan__account",), plan_id=pk, state=State.DRAFT)
    account, accounts = _of_plan(draft, user)

    def save(form: Any, actor: User) -> PlanVersion:
        value = form.cleaned_data
        return plans.redraw(
            draft=draft,
            asked=form.asked(_gap(account), _seen(request)),
            statement_on=value["statement_on"],
            capacity_cents=value["capacity_cents"],
            actor=actor,
            today=clock.today(),
            version=value["version"],
        )

    return _work(request, account, accounts, SimulatorForm, draft, save)


def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Another version of a plan in force, over what is owed now."""
    user = user_of(request, "work_accounts")
    running = fetch(PlanVersion, user, related=("plan__account",), plan_id=pk, state=State.ACTIVE)
    account, accounts = _of_plan(running, user)

    def save(form: Any, actor: User) -> PlanVersion:
        value = form.cleaned_data
        return plans.revise(
            plan=running.plan,
            asked=form.asked(_gap(account), _seen(request)),
            statement_on=value["statement_on"],
            capacity_cents=value["capacity_cents"],
            reason=value["reason"],
            actor=actor,
            today=clock.today(),
            version=value["version"],
        )

    return _work(request, account, accounts, RevisionForm, running, save)


def _accounts_of(account: Account, user: User) -> list[Account]:
    """The accounts of the person that owe something, this one first."""
    others = scope(Account.objects.filter(person=account.person_id), user).exclude(pk=account.pk)
    owing = others.filter(position__overdue_cents__gt=0).select_related("office", "agency", "person")
    return [account, *owing.order_by("ref")]


def _of_plan(version: PlanVersion, user: User) -> tuple[Account, list[Account]]:
    accounts = list(version.plan.accounts.select_related("office", "agency", "person").order_by("pk"))
    reachable = [one for one in accounts if scope(Account.objects.filter(pk=one.pk), user).exists()]
    if not reachable:
        raise Http404
    lead = version.plan.account if version.plan.account in reachable else reachable[0]
    return read_account(user, lead.ref), accounts


def _gap(account: Account) -> int:
    return int(policy_of(account.office, clock.today())["plan_away_days"])


def _seen(request: HttpRequest) -> int:
    """The amount that was on screen: what the officer and the debtor agreed on."""
    return whole_or_none(request.POST.get("seen_cents", "")) or 0


def _work(
    request: HttpRequest,
    account: Account,
    accounts: Sequence[Account],
    form_class: type[SimulatorForm],
    version: PlanVersion | None,
    save: Save,
) -> HttpResponse:
    """The page, the fragment htmx asks for, or the draft kept."""
    user, today = user_of(request, "work_accounts"), clock.today()
    given: dict[str, Any] = {
        "account": account,
        "accounts": list(accounts),
        "user": user,
        "today": today,
        "version": version,
    }
    asks = request.headers.get("HX-Request") == "true"
    if "douziemes" in request.GET:
        given["initial"] = {"way": BY_MONTHS, "months": int(law.get("CHG-01", today, "twelfths").number)}
    form = form_class(request.POST if request.method == "POST" else None, **given)
    shown = form if form.is_bound else form_class(request.GET if asks else _first(form), **given)
    context = {"account": account, **_simulated(shown, account)}
    if asks:
        return render(request, "plans/_simulation.html", context)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = save(form, user)
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, "Brouillon enregistré. Il reste à le faire approuver, puis signer.")
            return redirect("plan", made.plan_id)
    context |= {
        "area": "plans",
        "form": form,
        "of_version": version,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "terms": terms(account.office.kind),
        "version": Account.objects.values_list("version", flat=True).get(pk=account.pk),
    }
    return render(request, "plans/simulator.html", context, status=422 if form.errors else 200)


def _first(form: SimulatorForm) -> QueryDict:
    """The first values of an empty form, as if they had been sent."""
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        values = value if isinstance(value, list) else [] if value is None else [str(value)]
        data.setlist(name, values)
    if "reason" in form.fields:
        data["reason"] = "…"
    return data


def _simulated(form: SimulatorForm, account: Account) -> dict[str, Any]:
    """What the form's values lead to; `refusal` instead when they lead nowhere."""
    if not form.is_valid():
        errors = [f"{form.fields[name].label} : {' '.join(map(str, said))}" if name in form.fields
                  else " ".join(map(str, said)) for name, said in form.errors.items()
                  if name not in ("version", "reason")]  # fmt: skip
        if errors:
            return {"refusal": errors[0]}
    value = form.cleaned_data
    try:
        found = plans.simulate(
            accounts=form.chosen,
            asked=form.asked(_gap(account)),
            statement_on=value["statement_on"],
            capacity_cents=value["capacity_cents"],
        )
    except DomainError as refusal:
        return {"refusal": refusal.message_fr}
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
