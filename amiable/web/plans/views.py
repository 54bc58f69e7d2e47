"""One plan: where it stands, its schedule with what was paid, its versions, what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import User
from amiable.plans.deciding import checks_of
from amiable.plans.documents import current_rent, reference, statement_table
from amiable.plans.lifecycle import PREPARED, State
from amiable.plans.models import PlanVersion
from amiable.plans.queries import Told, tell
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, known, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary
from amiable.web.plans.actions import ON_A_PLAN, SIGN, WORK, Signing
from amiable.web.plans.collective import KEPT_LIST
from amiable.web.plans.drawing import bars
from amiable.web.plans.sharing import to_share
from amiable.web.plans.words import STATE_TONES, TONES, terms

_RELATED = (
    "plan__account__agency",
    "plan__person",
    "plan__office",
    "reason",
    "document",
    "proof",
    "evidence",
    "approved_by",
    "submitted_by",
    "created_by",
)


def versions_of(user: User, pk: int) -> list[PlanVersion]:
    """Every version of a plan within the user's scope, newest first; else 404."""
    rows = scope(PlanVersion.objects.filter(plan_id=pk), user).distinct()
    found = list(rows.select_related(*_RELATED).prefetch_related("instalments").order_by("-number"))
    if not found:
        raise Http404
    return found


@dataclass(frozen=True)
class Seen:
    """A version as the page tells it. `told`: its follow-up once signed, as it stood the day it ended."""

    version: PlanVersion
    told: Told | None

    @property
    def reference(self) -> str:
        return reference(self.version)

    @property
    def state_tone(self) -> str:
        return STATE_TONES.get(self.version.state, "")

    @property
    def tone(self) -> str:
        return TONES.get(self.told.row["status"], "") if self.told else ""


def see(version: PlanVersion, today: date) -> Seen:
    if version.state == State.ACTIVE and version.signed_on is not None:
        return Seen(version, tell(version, today))
    if version.state in (State.COMPLETED, State.DENOUNCED) and version.ended_on is not None:
        return Seen(version, tell(version, version.ended_on))
    return Seen(version, None)


@reads("read_accounts")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's page: the version in force first, then the one being prepared, then the earlier ones."""
    user, today = user_of(request), clock.today()
    found = versions_of(user, pk)
    running = next((one for one in found if one.state == State.ACTIVE), None)
    prepared = next((one for one in found if one.state in PREPARED), None)
    main = running or prepared or found[0]
    seen = see(main, today)
    plan_ = main.plan
    accounts = list(plan_.accounts.order_by("pk"))
    readable = set(scope(Account.objects.filter(plans=plan_), user).values_list("pk", flat=True))
    context = {
        "area": "plans",
        "plan": plan_,
        "seen": seen,
        "prepared": see(prepared, today) if prepared and prepared is not main else None,
        "earlier": [see(one, today) for one in found if one not in (main, prepared)],
        "name": person_name(plan_.person),
        "words": vocabulary(plan_.account),
        "terms": terms(plan_.office.kind),
        "accounts": [(one, one.pk in readable) for one in accounts],
        "rent_cents": current_rent(plan_.account, today),
        "bars": _bars(seen),
        "statement": statement_table(main),
        "checks": checks_of(prepared, today) if prepared else [],
        "may_share": bool(to_share(plan_.account, today)),
        "may_work": may(user, "work_accounts"),
        "may_approve": may(user, "approve_plans"),
        "is_mine": prepared is not None and prepared.submitted_by_id == user.pk,
    }
    return render(request, "plans/plan.html", context)


def _bars(seen: Seen) -> Any:
    lines = seen.told.lines if seen.told else None
    amounts = [one.amount_cents for one in seen.version.instalments.all()]
    if lines is None:
        return bars(amounts, seen.version.capacity_cents)
    return bars(
        amounts,
        seen.version.capacity_cents,
        [line.paid_cents for line in lines],
        [bool(line.days_late) for line in lines],
    )


@acts(*ON_A_PLAN.values())
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One act on the newest version it fits: at once from a button, or after its form."""
    action = known(ON_A_PLAN, code)
    user = user_of(request, str(action.capability))
    version = next((one for one in versions_of(user, pk) if action.when(one)), None)
    if version is None:
        messages.error(request, "Ce plan a changé d’état : cette action n’est plus possible.")
        return redirect("plan", pk)
    return perform(request, action, version, _around(version), leave=_leave)


def _around(version: PlanVersion) -> Frame:
    back, name = reverse("plan", args=[version.plan_id]), person_name(version.plan.person)
    crumbs = ((back, f"{name}, plan PA-{version.plan_id}"),)
    return Frame("plans", back, "Revenir au plan", crumbs, name, draft=f"plan-act:{version.plan_id}")


def _leave(request: HttpRequest, version: PlanVersion, outcome: Outcome) -> HttpResponse:
    """The plan's page, or the list whose line had the button."""
    if request.POST.get("retour") == KEPT_LIST:
        return redirect(f"{reverse('plans')}?liste={KEPT_LIST}")
    return redirect("plan", version.plan_id)


@acts(SIGN)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The debtor reads, consents, types their name at the desk: a simple electronic signature (PLAN-02).

    The officer has checked who they are."""
    user = user_of(request, WORK)
    version = next((one for one in versions_of(user, pk) if one.state == State.TO_SIGN), None)
    if version is None or version.document is None:
        messages.error(request, "Aucune version de ce plan n’attend de signature.")
        return redirect("plan", pk)
    frame = Frame(
        "plans",
        reverse("plan", args=[pk]),
        "Ne pas signer",
        name=person_name(version.plan.person),
        template="plans/sign.html",
        more={
            "plan": version.plan,
            "version": version,
            "reference": reference(version),
            "terms": terms(version.plan.office.kind),
        },
    )
    return perform(request, SIGN, Signing(version, str(request.META.get("REMOTE_ADDR", ""))), frame)


def panel(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """What the fiche shows: the plan that covers this account, or how to start one when something is owed."""
    rows = PlanVersion.objects.filter(plan__accounts=account).exclude(state=State.CANCELLED)
    versions = list(rows.select_related("plan__account", "plan__office").order_by("-pk")[:6])
    running = next((one for one in versions if one.state == State.ACTIVE), None)
    prepared = next((one for one in versions if one.state in PREPARED), None)
    position = getattr(account, "position", None)
    owes = position is not None and position.overdue_cents > 0
    if not versions and not (owes and may(user, "work_accounts")):
        return None
    main = running or prepared
    return {
        "seen": see(main, today) if main else None,
        "is_running": running is not None,
        "past": [one for one in versions if one.state in (State.COMPLETED, State.DENOUNCED)],
        "may_work": may(user, "work_accounts"),
        "owes": owes,
        "terms": terms(account.office.kind),
    }
