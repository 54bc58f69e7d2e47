"""The surendettement of one account: both parts item by item, and a decision seen before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, may
from amiable.core.models import User
from amiable.ledger.frozen_parts import Part, split_of
from amiable.outreach.statement import label
from amiable.overindebtedness import services as bdf
from amiable.web.kit.action import Doer
from amiable.web.kit.forms import said_above
from amiable.web.kit.perform import Frame, acts, page, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name
from amiable.web.surendettement.actions import ERASE, RECEIVE, WORK
from amiable.web.surendettement.forms import ReceivedForm, RecoveryForm


def find(user: User, ref: str) -> Account:
    return fetch(Account, user, related=("person", "office", "agency", "position"), ref=ref)


def panel(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """The fiche's panel: shown once a recevabilité is known. No query of its own."""
    del user
    if account.split_on is None or account.split_on > today:
        return None
    over = account.split_ends_on is not None and account.split_ends_on < today
    return {"received_on": account.split_on, "is_over": over}


@reads("read_accounts")
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Both parts of the account, and the letters that should not have left."""
    user = user_of(request)
    account = find(user, ref)
    first = None
    if account.split_on is None:
        first = ReceivedForm(target=account, user=user, today=clock.today())
    return render(request, "surendettement/show.html", _both(account, user) | {"received": first})


def around(account: Account) -> Frame:
    """What is done about it: back to its page."""
    back, name = reverse("surendettement", args=[account.ref]), person_name(account.person)
    crumbs = ((reverse("account", args=[account.ref]), name), (back, "Surendettement"))
    return Frame("portfolio", back, "Revenir au surendettement", crumbs, name)


def _frame(account: Account, more: Any) -> Frame:
    back, name = reverse("surendettement", args=[account.ref]), person_name(account.person)
    return Frame("", back, "", name=name, template="surendettement/show.html", more=more)


@acts(RECEIVE)
def receive(request: HttpRequest, ref: str) -> HttpResponse:
    """The recevabilité is noted: from its day, even long past, the old debt is frozen."""
    user = user_of(request, WORK)
    account = find(user, ref)
    frame = _frame(account, lambda form: _both(account, user) | {"received": form})
    return perform(request, RECEIVE, account, frame)


@acts(ERASE)
def erase(request: HttpRequest, ref: str) -> HttpResponse:
    """What a rétablissement personnel of a day would erase, item by item (GET); then, confirmed, done."""
    user = user_of(request, WORK)
    account = find(user, ref)
    frame = _frame(account, lambda form: _both(account, user) | _erasing(form, account))
    if request.method == "GET" and request.GET.get("on"):
        asked = request.GET.copy()
        asked["version"] = str(account.version)
        form = ERASE.blank(account, Doer(user, clock.now()), data=asked)
        return page(request, ERASE, account, frame, form)
    return perform(request, ERASE, account, frame)


def _erasing(form: RecoveryForm, account: Account) -> dict[str, Any]:
    """What that day would erase. Opened first, the page has no date: nothing is wrong yet."""
    if form.is_bound and form.is_valid():
        with said_above(form):
            preview = bdf.preview(account, form.decision().on, form.today)
            lines = [(line, label(line.item.kind, line.item.month, account)) for line in preview.lines]
            kept = _rows(Part(preview.kept), account)
            return {"erasing": form, "preview": preview, "lines": lines, "kept": kept}
    return {"erasing": form}


def _both(account: Account, user: User) -> dict[str, Any]:
    today = clock.today()
    split = split_of(account, today)
    known = account.split_on is not None
    return {
        "account": account,
        "name": person_name(account.person),
        "split": split,
        "parts": [
            ("Dette gelée, échue jusqu’à la recevabilité", _rows(split.a, account)),
            ("Échu depuis, à payer normalement", _rows(split.due(split.b), account)),
        ]
        if known
        else [],
        "letters": bdf.letters_since(account, account.split_on, today) if account.split_on else [],
        "may_work": may(user, WORK),
        "version": account.version,
    }


def _rows(part: Part, account: Account) -> list[dict[str, Any]]:
    return [
        {"due_on": item.due_on, "label": label(item.kind, item.month, account), "cents": item.rest_cents}
        for item in part.items
    ]
