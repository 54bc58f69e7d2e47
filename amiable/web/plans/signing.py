"""The page the debtor signs at the desk: the plan in front of them, consent, name.

The officer has checked who they are."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.core import clock
from amiable.domain.errors import DomainError
from amiable.plans import services as plans
from amiable.plans.documents import reference
from amiable.plans.lifecycle import State
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name
from amiable.web.plans.forms import SignForm
from amiable.web.plans.views import versions_of
from amiable.web.plans.words import terms


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, consent, type one's name: a simple electronic signature (PLAN-02)."""
    user = user_of(request, "work_accounts")
    version = next((one for one in versions_of(user, pk) if one.state == State.TO_SIGN), None)
    if version is None or version.document is None:
        messages.error(request, "Aucune version de ce plan n’attend de signature.")
        return redirect("plan", pk)
    form = SignForm(request.POST or None, initial={"sha256": version.document.sha256})
    if request.method == "POST" and form.is_valid():
        value: dict[str, Any] = form.cleaned_data
        try:
            with transaction.atomic():
                plans.sign_electronically(
                    version=version, actor=user, now=clock.now(), station=_station(request), **value
                )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(
                request, "Plan signé. La preuve de signature est gardée avec les documents du compte."
            )
            return redirect("plan", pk)
    context = {
        "area": "plans",
        "plan": version.plan,
        "version": version,
        "reference": reference(version),
        "name": person_name(version.plan.person),
        "terms": terms(version.plan.office.kind),
        "form": form,
    }
    return render(request, "plans/sign.html", context, status=422 if form.errors else 200)


def _station(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
