"""The interview: its form, what it gives while one talks, its draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.household import queries, services
from amiable.household.models import Assessment, Draft
from amiable.household.reading import read_situation
from amiable.web.household.actions import RECORD, WORK
from amiable.web.household.forms import SECTIONS, InterviewForm
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary

#: Sent with the form, but no part of what was typed.
_NOT_TYPED = ("csrfmiddlewaretoken", "version")


def find(user: User, ref: str) -> Account:
    """The account within the user's scope, with what the interview shows; else 404."""
    return fetch(Account, user, related=("person", "office", "position", "agency", "officer"), ref=ref)


@acts(RECORD)
def interview(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole talk on one page. Nothing missing prevents recording; a refusal keeps what was typed."""
    user = user_of(request, WORK)
    account = find(user, ref)

    def more(form: InterviewForm) -> dict[str, Any]:
        return {
            **_page(account),
            "draft": _draft(account, user),
            "others": _others(account, user),
            "last": queries.latest(account),
            **_results(account, form if form.is_bound else _bound(form)),
        }

    frame = replace(around(account), template="household/interview.html", more=more)
    return perform(request, RECORD, account, frame, leave=_leave)


def around(account: Account) -> Frame:
    back, name = reverse("interview", args=[account.ref]), person_name(account.person)
    crumbs = ((reverse("account", args=[account.ref]), name), (back, "Entretien"))
    return Frame("portfolio", back, "Revenir à l’entretien", crumbs, name)


def _leave(request: HttpRequest, account: Account, outcome: Outcome) -> HttpResponse:
    return redirect(_next(outcome.made))


def _draft(account: Account, user: User) -> Draft | None:
    return Draft.objects.filter(account=account, author=user).first()


def _others(account: Account, user: Any) -> QuerySet[Draft]:
    """Colleagues who are holding an interview on this account."""
    return account.interview_drafts.exclude(author=user).select_related("author").order_by("-saved_at")


def _page(account: Account) -> dict[str, Any]:
    return {
        "area": "portfolio",
        "account": account,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "sections": SECTIONS,
        "owed_cents": services.owed(account),
    }


def _bound(form: InterviewForm) -> InterviewForm:
    """The first values read as if they had been sent, so that the figures stand from the start."""
    first = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return InterviewForm(first, target=form.target, user=form.user, today=form.today)


def _results(account: Account, form: InterviewForm) -> dict[str, Any]:
    """Figures, proposal and gaps of what can be read of the form, and the state of each section."""
    form.is_valid()
    reading = read_situation(
        account.office,
        form.situation(),
        cause=form.cleaned_data.get("cause") or "",
        stance=form.cleaned_data.get("stance") or "",
        debt_cents=services.owed(account),
        today=form.today,
    )
    open_sections = {gap.section for gap in reading.gaps}
    progress = [(code, label, code not in open_sections) for code, label in SECTIONS]
    return {"reading": reading, "progress": progress}


@require_POST
def live(request: HttpRequest, ref: str) -> HttpResponse:
    """Called while one types: keeps the draft, answers with the figures and the progress."""
    user = user_of(request, WORK)
    account = find(user, ref)
    typed = {name: request.POST[name] for name in request.POST if name not in _NOT_TYPED}
    draft = services.save_draft(account=account, values=typed, actor=user, now=clock.now())
    form = InterviewForm(request.POST, target=account, user=user, today=clock.today())
    context = {**_page(account), **_results(account, form), "draft": draft, "swap": True}
    return render(request, "household/_results.html", context)


def _next(made: Assessment) -> str:
    """A plan goes straight to its simulator, where the capacity is already known."""
    if made.commitment == Assessment.Commitment.PLAN:
        try:
            return reverse("plan_simulate", args=[made.account.ref])
        except NoReverseMatch:
            pass
    return reverse("assessment", args=[made.pk])
