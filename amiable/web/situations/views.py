"""One page per guided state: what will change, the form, then back to the fiche."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.domain.errors import DomainError
from amiable.web.kit import words
from amiable.web.kit.accounts import read_account
from amiable.web.kit.doer import Doer
from amiable.web.kit.request import user_of
from amiable.web.situations.guides import GUIDES


def guide(request: HttpRequest, ref: str, code: str, pk: int | None = None) -> HttpResponse:
    """Show a guided state, or do it; `pk` names the person or the record it is about."""
    user = user_of(request, "work_accounts")
    found = GUIDES.get(code)
    if found is None:
        raise Http404
    account, today = read_account(user, ref), clock.today()
    target = found.target(account, pk)
    form = found.form(
        request.POST or None,
        request.FILES or None,
        account=account,
        user=user,
        today=today,
        initial=_initial(target),
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                said = found.run(form, account, target, Doer(user, today, form.cleaned_data["version"]))
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
            stale = refusal.code == "stale"
        else:
            messages.success(request, said)
            return redirect("account", ref=account.ref)
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "guide": found,
        "code": code,
        "about": target,
        "form": form,
        "stale": stale,
        "version": Account.objects.values_list("version", flat=True).get(pk=account.pk),
    }
    return render(request, "situations/guide.html", context, status=422 if form.errors else 200)


def _initial(target: Any) -> dict[str, Any]:
    """A departure is corrected from the dates already noted."""
    return {name: getattr(target, name) for name in ("to_on", "replaced_on") if hasattr(target, name)}
