"""The surendettement of one account: both parts item by item, and a decision seen before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros
from amiable.ledger.frozen_parts import Part, split_of
from amiable.outreach.statement import label
from amiable.overindebtedness import services as bdf
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name
from amiable.web.surendettement.forms import ReceivedForm, RecoveryForm


def _account(request: HttpRequest, ref: str, capability: str) -> tuple[Account, User]:
    user = user_of(request)
    require(user, capability)
    account = fetch(Account, user, related=("person", "office", "agency", "position"), ref=ref)
    return account, user


def panel(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """The fiche's panel: shown once a recevabilité is known. No query of its own."""
    del user
    if account.split_on is None or account.split_on > today:
        return None
    over = account.split_ends_on is not None and account.split_ends_on < today
    return {"received_on": account.split_on, "is_over": over}


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Both parts of the account, and the letters that should not have left."""
    account, user = _account(request, ref, "read_accounts")
    return _page(request, account, user)


def receive(request: HttpRequest, ref: str) -> HttpResponse:
    """The recevabilité is noted: from its day, even long past, the old debt is frozen."""
    account, user = _account(request, ref, "work_accounts")
    today = clock.today()
    form = ReceivedForm(request.POST or None, account=account, user=user, today=today)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = bdf.receive(
                account=account, on=given["on"], actor=user, today=today, version=given["version"]
            )
        except DomainError as error:
            form.add_error(None, error.message_fr)
        else:
            messages.success(request, _said(done))
            return redirect("surendettement", ref=account.ref)
    return _page(request, account, user, received=form)


def erase(request: HttpRequest, ref: str) -> HttpResponse:
    """What a rétablissement personnel of a day would erase, item by item (GET); then, confirmed, done."""
    account, user = _account(request, ref, "work_accounts")
    today = clock.today()
    posted = request.method == "POST"
    # Opened first, the page has no date: nothing is wrong yet.
    asked = request.POST if posted else request.GET if request.GET.get("on") else None
    if asked is not None and not posted:
        asked = asked.copy()
        asked["version"] = str(account.version)
    form = RecoveryForm(asked, account=account, user=user, today=today)
    preview = None
    if form.is_valid():
        decision = form.decision()
        try:
            if posted:
                version = form.cleaned_data["version"]
                done = bdf.erase(account=account, decision=decision, actor=user, today=today, version=version)
                messages.success(
                    request, f"{euros(done.erased_cents)} effacés. Reste dû : {euros(done.kept_cents)}."
                )
                return redirect("surendettement", ref=account.ref)
            preview = bdf.preview(account, decision.on, today)
        except DomainError as error:
            form.add_error(None, error.message_fr)
    return _page(request, account, user, erasing=form, preview=preview)


@require_POST
def apologise(request: HttpRequest, ref: str) -> HttpResponse:
    """The letter that takes back those which should not have left goes to the outbox, once."""
    account, user = _account(request, ref, "work_accounts")
    try:
        bdf.write_apology(account=account, actor=user, now=clock.now())
        messages.success(request, "La lettre de rectification est prête à partir.")
    except DomainError as error:
        messages.error(request, error.message_fr)
    return redirect("surendettement", ref=account.ref)


def _page(
    request: HttpRequest,
    account: Account,
    user: User,
    *,
    received: ReceivedForm | None = None,
    erasing: RecoveryForm | None = None,
    preview: bdf.Erased | None = None,
) -> HttpResponse:
    today = clock.today()
    split = split_of(account, today)
    known = account.split_on is not None
    context = {
        "account": account,
        "name": person_name(account.person),
        "split": split,
        "parts": [
            ("Dette gelée, échue jusqu’à la recevabilité", _rows(split.a, account)),
            ("Échu depuis, à payer normalement", _rows(split.due(split.b), account)),
        ]
        if known
        else [],
        "received": received or (None if known else ReceivedForm(account=account, user=user, today=today)),
        "erasing": erasing,
        "preview": preview,
        "lines": [(line, label(line.item.kind, line.item.month, account)) for line in preview.lines]
        if preview
        else [],
        "kept": _rows(Part(preview.kept), account) if preview else [],
        "letters": bdf.letters_since(account, account.split_on, today) if account.split_on else [],
        "may_work": may(user, "work_accounts"),
        "version": account.version,
    }
    return render(request, "surendettement/show.html", context)


def _rows(part: Part, account: Account) -> list[dict[str, Any]]:
    return [
        {"due_on": item.due_on, "label": label(item.kind, item.month, account), "cents": item.rest_cents}
        for item in part.items
    ]


def _said(done: bdf.Received) -> str:
    told = [f"Recevabilité notée au {done.on:%d/%m/%Y} : {euros(done.split.a.total_cents)} gelés."]
    if done.letters:
        told.append(f"{len(done.letters)} envoi(s) à rectifier, ci-dessous.")
    if done.repaired.withdrawn:
        told.append(f"{done.repaired.withdrawn} envoi(s) préparé(s) retiré(s).")
    return " ".join(told)
