"""Règles de droit: every rule with source, dates and confidence; limits counted; the office's own values."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amiable.core import clock, law_overrides
from amiable.core.access import may, require
from amiable.core.models import LawOverride
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.pack import Rule
from amiable.web.law.forms import FilterForm, LimitForm, OverrideForm
from amiable.web.law.rows import own_lines, rule_line, rule_lines

AREA = {"area": "law"}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All rules by topic, as they stand today or on the day asked."""
    form = FilterForm(request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    at = asked.get("le") or clock.today()
    own = law_overrides.in_force(request.user.office)
    lines = list(
        rule_lines(
            at=at,
            overrides=own,
            text=asked.get("q", ""),
            topic=asked.get("theme", ""),
            to_verify=asked.get("verifier", False),
            changing=asked.get("change", False),
        )
    )
    context = {
        **AREA,
        "form": form,
        "at": at,
        "topics": [
            (label, list(group)) for label, group in groupby(lines, lambda line: line.rule.topic_label)
        ],
        "found": len(lines),
        "all_count": len(law.rules()),
        "own_count": sum(map(len, own.values())),
    }
    return render(request, "law/_list.html" if request.htmx else "law/index.html", context)


@require_GET
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: its values with their history, its limits to count, the office's own values."""
    return _rule_page(request, _rule(rule_id))


def _rule(rule_id: str) -> Rule:
    try:
        return law.rule(rule_id)
    except DomainError as error:
        raise Http404(error.message_fr) from error


def _rule_page(
    request: HttpRequest, found: Rule, *, override_form: OverrideForm | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    office = request.user.office
    choices = _override_choices(found) if may(request.user, "override_law") else []
    own = LawOverride.objects.filter(office=office, rule_id=found.rule_id).select_related("author")
    limit_form = _limit_form(request, found)
    own_values = law_overrides.in_force(office)
    answer, answer_error = _answer(limit_form, own_values)
    context = {
        **AREA,
        "line": rule_line(found, today, own_values),
        "rule": found,
        "limit_form": limit_form,
        "answer": answer,
        "answer_error": answer_error,
        "own": own_lines(own.order_by("-created_at"), today),
        "override_form": override_form or (OverrideForm(choices) if choices else None),
        "can_end": may(request.user, "override_law"),
    }
    return render(request, "law/rule.html", context, status=status)


def _limit_form(request: HttpRequest, found: Rule) -> LimitForm | None:
    if not found.limits:
        return None
    if "depuis" in request.GET:
        return LimitForm(found, request.GET)
    first = {
        "depuis": clock.today(),
        "territoire": request.user.office.territory,
        "limit": found.limits[0].limit_id,
    }
    return LimitForm(found, initial=first)


def _answer(form: LimitForm | None, overrides: law.Overrides) -> tuple[law.Limit | None, str]:
    if form is None or not form.is_bound or not form.is_valid():
        return None, ""
    asked = form.cleaned_data
    try:
        return (
            law.limit(
                asked["limit"],
                asked["depuis"],
                territory=asked["territoire"],
                reverse=bool(asked.get("rebours")),
                overrides=overrides,
                **{
                    name: asked[key]
                    for name, key in (("lease_on", "bail"), ("clause", "clause"))
                    if asked.get(key)
                },
            ),
            "",
        )
    except DomainError as error:
        return None, error.message_fr


def _override_choices(found: Rule) -> list[tuple[str, str]]:
    return [(parameter.key, parameter.label) for parameter in law_overrides.open_parameters(found)]


@require_GET
def overrides(request: HttpRequest) -> HttpResponse:
    """Every value the office has set itself, newest first, with author and reason."""
    rows = (
        LawOverride.objects.filter(office=request.user.office)
        .select_related("author")
        .order_by("-created_at")
    )
    context = {**AREA, "own": own_lines(rows, clock.today()), "can_end": may(request.user, "override_law")}
    return render(request, "law/overrides.html", context)


@require_http_methods(["POST"])
def add_override(request: HttpRequest, rule_id: str) -> HttpResponse:
    require(request.user, "override_law")
    found = _rule(rule_id)
    form = OverrideForm(_override_choices(found), request.POST)
    if form.is_valid():
        try:
            law_overrides.add(
                office=request.user.office, actor=request.user, rule_id=found.rule_id, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(_field_of(error), error.message_fr)
        else:
            messages.success(request, f"La valeur de l’office pour {found.rule_id} est enregistrée.")
            return redirect("law_rule", rule_id=found.rule_id)
    return _rule_page(request, found, override_form=form, status=422)


def _field_of(error: DomainError) -> str | None:
    """The field a refusal of the service belongs beside."""
    return {
        "law.wrong_value": "value",
        "law.empty_value": "value",
        "law.dates_reversed": "to_on",
        "law.certain_that_day": "from_on",
        "law.unsourced": "source",
    }.get(error.code)


@require_POST
def end_override(request: HttpRequest, pk: int) -> HttpResponse:
    """The value counts no more from today on; it stays in the list."""
    require(request.user, "override_law")
    override = get_object_or_404(LawOverride, pk=pk, office=request.user.office)
    law_overrides.end(override=override, actor=request.user, last_on=clock.today() - timedelta(days=1))
    messages.success(request, f"La valeur de l’office pour {override.rule_id} ne compte plus.")
    return redirect("law_rule", rule_id=override.rule_id)
