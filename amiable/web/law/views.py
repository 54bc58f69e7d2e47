"""Règles de droit: every rule with source, dates and confidence; limits counted; the office's own values."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from amiable.core import clock, law_overrides
from amiable.core.access import may
from amiable.core.models import LawOverride, User
from amiable.domain import law
from amiable.domain.law.pack import Rule
from amiable.web.kit.action import Doer
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.refusal import refused_or
from amiable.web.kit.request import user_of
from amiable.web.law.actions import ADD, OVERRIDE, OfRule
from amiable.web.law.forms import FilterForm, LimitForm, OverrideForm
from amiable.web.law.rows import own_lines, rule_line, rule_lines

AREA = {"area": "law"}


@reads("")
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


@reads("")
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: its values with their history, its limits to count, the office's own values."""
    return render(request, "law/rule.html", _rule_context(request, _rule(rule_id)))


def _rule(rule_id: str) -> Rule:
    found, why = refused_or(lambda: law.rule(rule_id), None)
    if found is None:
        raise Http404(why)
    return found


def _rule_context(request: HttpRequest, found: Rule, form: OverrideForm | None = None) -> dict[str, Any]:
    today, user = clock.today(), user_of(request)
    office = user.office
    own = LawOverride.objects.filter(office=office, rule_id=found.rule_id).select_related("author")
    limit_form = _limit_form(request, found)
    own_values = law_overrides.in_force(office)
    answer, answer_error = _answer(limit_form, own_values)
    if form is None and office and may(user, OVERRIDE) and law_overrides.open_parameters(found):
        form = ADD.blank(OfRule(office, found), Doer(user, clock.now()))
    return {
        **AREA,
        "line": rule_line(found, today, own_values),
        "rule": found,
        "limit_form": limit_form,
        "answer": answer,
        "answer_error": answer_error,
        "own": own_lines(own.order_by("-created_at"), today),
        "override_form": form,
        "can_end": may(user, OVERRIDE),
    }


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
    more = {name: asked[key] for name, key in (("lease_on", "bail"), ("clause", "clause")) if asked.get(key)}
    return refused_or(
        lambda: law.limit(
            asked["limit"],
            asked["depuis"],
            territory=asked["territoire"],
            reverse=bool(asked.get("rebours")),
            overrides=overrides,
            **more,
        ),
        None,
    )


@reads("")
def overrides(request: HttpRequest) -> HttpResponse:
    """Every value the office has set itself, newest first, with author and reason."""
    rows = (
        LawOverride.objects.filter(office=request.user.office)
        .select_related("author")
        .order_by("-created_at")
    )
    context = {**AREA, "own": own_lines(rows, clock.today()), "can_end": may(request.user, "override_law")}
    return render(request, "law/overrides.html", context)


@acts(ADD)
def add_override(request: HttpRequest, rule_id: str) -> HttpResponse:
    """The office's own value of a rule, from the rule's page."""
    user = user_of(request, OVERRIDE)
    found = _rule(rule_id)
    if user.office is None:
        raise Http404
    frame = Frame(
        "law",
        reverse("law_rule", args=[rule_id]),
        "",
        template="law/rule.html",
        more=lambda form: _rule_context(request, found, form),
    )
    return perform(request, ADD, OfRule(user.office, found), frame)


def find(user: User, pk: int) -> LawOverride:
    return get_object_or_404(LawOverride, pk=pk, office=user.office)


def around(override: LawOverride) -> Frame:
    """The office's value ended: back to its rule."""
    back = reverse("law_rule", args=[override.rule_id])
    return Frame("law", back, "Revenir à la règle", ((back, override.rule_id),))
