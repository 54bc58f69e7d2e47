"""The interview: its form, what it gives while one talks, its draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch, require
from amiable.domain.errors import DomainError
from amiable.household import letters, queries, services
from amiable.household.models import Assessment, Draft
from amiable.household.reading import read_situation
from amiable.web.household.forms import SECTIONS, InterviewForm, first_values
from amiable.web.kit.accounts import terms_on
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name, vocabulary

#: Sent with the form, but no part of what was typed.
_NOT_TYPED = ("csrfmiddlewaretoken", "version")


def account_of(request: HttpRequest, ref: str, capability: str = "work_accounts") -> Account:
    """The account within the user's scope, with what the interview shows; else 404."""
    require(request.user, capability)
    return fetch(
        Account, request.user, related=("person", "office", "position", "agency", "officer"), ref=ref
    )


def interview(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole talk on one page. Nothing missing prevents recording; a refusal keeps what was typed."""
    account, today = account_of(request, ref), clock.today()
    draft = Draft.objects.filter(account=account, author=request.user).first()
    given: dict[str, Any] = {"account": account, "user": request.user, "today": today}
    form = InterviewForm(request.POST or None, initial=_initial(account, draft), **given)
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            return _record(request, account, form)
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
            stale = refusal.code == "stale"
    context = {
        **_page(account),
        "form": form,
        "draft": draft,
        "stale": stale,
        # The officer has now been told what changed: sending again is their decision.
        "version": Account.objects.values_list("version", flat=True).get(pk=account.pk),
        "others": _others(account, request.user),
        "last": queries.latest(account),
        **_results(account, form if form.is_bound else _bound(form, given)),
    }
    return render(request, "household/interview.html", context, status=422 if form.errors else 200)


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


def _initial(account: Account, draft: Draft | None) -> dict[str, Any]:
    if draft is not None:
        return draft.values
    last = queries.latest(account)
    situation = queries.situation_of(last) if last is not None else None
    return first_values(account, terms_on(account, clock.today()), last, situation, clock.today())


def _bound(form: InterviewForm, given: dict[str, Any]) -> InterviewForm:
    """The first values read as if they had been sent, so that the figures stand from the start."""
    return InterviewForm(
        {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}, **given
    )


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
    account = account_of(request, ref)
    typed = {name: request.POST[name] for name in request.POST if name not in _NOT_TYPED}
    draft = services.save_draft(account=account, values=typed, actor=user_of(request), now=clock.now())
    form = InterviewForm(request.POST, account=account, user=user_of(request), today=clock.today())
    context = {**_page(account), **_results(account, form), "draft": draft, "swap": True}
    return render(request, "household/_results.html", context)


@require_POST
def restart(request: HttpRequest, ref: str) -> HttpResponse:
    """Forget the draft: the form comes back with what the office knows."""
    account = account_of(request, ref)
    services.drop_draft(account=account, actor=user_of(request))
    messages.success(request, "La saisie en cours est effacée.")
    return redirect("interview", ref=account.ref)


def _record(request: HttpRequest, account: Account, form: InterviewForm) -> HttpResponse:
    made = services.record_interview(
        account=account,
        told=form.told(),
        actor=user_of(request),
        today=form.today,
        version=form.cleaned_data["version"],
    )
    messages.success(request, "Entretien enregistré." if made.place != "file" else "Situation enregistrée.")
    wanted = form.cleaned_data["letter"]
    if wanted:
        _confirm(request, made, "post" if wanted == "post" else "")
    return redirect(_next(made))


def _confirm(request: HttpRequest, made: Assessment, channel: str) -> None:
    """The letter; what prevents it is said, and never undoes the interview."""
    try:
        letters.confirm(assessment=made, actor=user_of(request), now=clock.now(), channel=channel)
    except DomainError as refusal:
        messages.warning(request, f"La lettre de confirmation n’a pas été faite. {refusal.message_fr}")


def _next(made: Assessment) -> str:
    """A plan goes straight to its simulator, where the capacity is already known."""
    if made.commitment == Assessment.Commitment.PLAN:
        try:
            return reverse("plan_simulate", args=[made.account.ref])
        except NoReverseMatch:
            pass
    return reverse("assessment", args=[made.pk])
