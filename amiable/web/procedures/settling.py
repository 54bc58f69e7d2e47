"""Réglages: the office's policy within its bounds, and which procedure follows which nature."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import may
from amiable.core.models import Office, PolicyValue, User
from amiable.domain.creditors import PolicySetting, kind
from amiable.domain.text import french
from amiable.procedures.in_force import policy_of, read
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion
from amiable.web.kit.perform import Frame, acts, perform
from amiable.web.kit.request import user_of
from amiable.web.procedures.actions import EDIT_POLICY, EDIT_PROCEDURE, SET_POLICY
from amiable.web.procedures.forms import OfSetting, PolicyForm
from amiable.web.procedures.views import AREA, office_of


@acts(SET_POLICY)
def policy(request: HttpRequest) -> HttpResponse:
    """Every setting with its value, its bounds and its history; the head changes one at a time."""
    user, office = user_of(request), office_of(request)
    if request.method == "POST":
        setting = kind(office.kind).setting(request.POST.get("key", ""))
        on = OfSetting(office, setting, policy_of(office, clock.today())[setting.key])
        frame = Frame(
            "procedures",
            reverse("procedure_policy"),
            "",
            template="procedures/policy.html",
            more=lambda form: _context(user, office, form),
        )
        return perform(request, SET_POLICY, on, frame)
    return render(request, "procedures/policy.html", {**AREA, **_context(user, office)})


def _context(user: User, office: Office, refused: PolicyForm | None = None) -> dict[str, Any]:
    return {
        "lines": _lines(user, office, refused),
        "refused": refused,
        "may_edit": may(user, EDIT_POLICY),
        "assignments": _assignments(office),
        "may_assign": may(user, EDIT_PROCEDURE),
    }


def _lines(user: User, office: Office, refused: PolicyForm | None) -> list[dict[str, Any]]:
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
            "form": refused
            if refused and refused.setting.key == key
            else PolicyForm(target=OfSetting(office, setting, values[key]), user=user, today=today),
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


def find_office(user: User) -> Office:
    if user.office is None:
        raise Http404
    return user.office


def around(office: Office) -> Frame:
    """What is set for the office: back to its policy."""
    back = reverse("procedure_policy")
    return Frame("procedures", back, "Revenir aux réglages", ((back, "Seuils et délais de l’office"),))
