"""Réglages: the office's policy within its bounds, and which procedure follows which nature."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from amiable.core import clock
from amiable.core.access import may, require
from amiable.core.models import Office, PolicyValue
from amiable.domain.creditors import PolicySetting, kind
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.positions.tasks import ask
from amiable.procedures import services
from amiable.procedures.in_force import policy_of, read
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion
from amiable.web.procedures.forms import PolicyForm
from amiable.web.procedures.views import AREA, office_of


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """Every setting with its value, its bounds and its history; the head changes one at a time."""
    office = office_of(request)
    refused: PolicyForm | None = None
    if request.method == "POST":
        require(request.user, "edit_policy")
        refused = _save(request, office)
        if refused is None:
            return redirect("procedure_policy")
    context = {
        **AREA,
        "lines": _lines(office, refused),
        "refused": refused,
        "may_edit": may(request.user, "edit_policy"),
        "assignments": _assignments(office),
        "may_assign": may(request.user, "edit_procedure"),
    }
    return render(request, "procedures/policy.html", context, status=422 if refused else 200)


def _save(request: HttpRequest, office: Office) -> PolicyForm | None:
    """None when the setting was saved; else the form with what is wrong."""
    today = clock.today()
    setting = kind(office.kind).setting(request.POST.get("key", ""))
    form = PolicyForm(setting, policy_of(office, today)[setting.key], request.POST)
    if not form.is_valid():
        return form
    try:
        done = services.set_policy(
            office=office,
            key=setting.key,
            value=form.cleaned_data["value"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            today=today,
        )
    except DomainError as error:
        form.add_error("value", error.message_fr)
        return form
    ask(office=office, as_of=today, actor=request.user, because=f"setting-{done.pk}")
    messages.success(
        request, f"« {setting.label} » enregistré. Les positions sont recalculées en arrière-plan."
    )
    return None


def _lines(office: Office, refused: PolicyForm | None) -> list[dict[str, Any]]:
    today = clock.today()
    values = policy_of(office, today)
    history: dict[str, list[PolicyValue]] = {}
    rows = PolicyValue.objects.filter(office=office).select_related("author").order_by("-from_on", "-pk")
    for row in rows:
        history.setdefault(row.key, []).append(row)
    return [
        {
            "setting": setting,
            "value": words(setting, values[key]),
            "shipped": words(setting, setting.value),
            "changed": values[key] != setting.value,
            "bounds": _bounds(setting),
            "history": [(row, words(setting, row.value)) for row in history.get(key, [])],
            "form": refused if refused and refused.setting.key == key else PolicyForm(setting, values[key]),
        }
        for key, setting in sorted(kind(office.kind).policy.items(), key=lambda item: item[1].label)
    ]


def words(setting: PolicySetting, value: Any) -> str:
    """A setting's value as people say it: « 15,00 € », « 5 jours », « oui »."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    units = {"hour": " h", "percent": " %"}
    if setting.unit in units:
        return f"{value}{units[setting.unit]}"
    return french.with_unit(setting.unit, value)


def _bounds(setting: PolicySetting) -> str:
    if setting.minimum is None or setting.maximum is None:
        return ""
    return f"de {words(setting, setting.minimum)} à {words(setting, setting.maximum)}"


def _assignments(office: Office) -> list[dict[str, Any]]:
    assigned = dict(ProcedureAssignment.objects.filter(office=office).values_list("nature", "code"))
    rows = ProcedureVersion.objects.filter(office=office, status="published").order_by("version")
    newest = {row.code: read(row.source) for row in rows}
    return [
        {
            "nature": nature,
            "code": assigned.get(nature.code, ""),
            "choices": [(p.code, p.label_fr) for p in newest.values() if nature.code in p.natures],
        }
        for nature in kind(office.kind).natures.values()
    ]


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Choose which procedure follows a nature of claim."""
    require(request.user, "edit_procedure")
    given = services.assign(
        office=office_of(request),
        nature=request.POST.get("nature", ""),
        code=request.POST.get("code", ""),
        actor=request.user,
    )
    ask(office=given.office, as_of=clock.today(), actor=request.user, because=f"{given.nature}-{given.code}")
    messages.success(
        request,
        f"La procédure « {given.code} » suit désormais cette nature. Les positions sont recalculées.",
    )
    return redirect("procedure_policy")
