"""Procédure: the version in force drawn as steps, earlier versions and what changed between them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import Office
from amiable.domain.creditors import kind
from amiable.domain.decision.procedure import MODES
from amiable.procedures import instructions
from amiable.procedures.drafts import differences
from amiable.procedures.in_force import policy_of, read
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion
from amiable.web.kit.perform import Frame, reads
from amiable.web.procedures.drawing import cards

AREA = {"area": "procedures"}
Status = ProcedureVersion.Status


def office_of(request: HttpRequest) -> Office:
    """The user's office; without one there is nothing here."""
    if request.user.office is None:
        raise Http404
    return request.user.office


def published(request: HttpRequest) -> QuerySet[ProcedureVersion]:
    return scope(ProcedureVersion.objects.filter(status=Status.PUBLISHED), request.user)


@reads("")
def index(request: HttpRequest) -> HttpResponse:
    """The procedures of the office; the one asked, or the first nature's, drawn step by step."""
    office = office_of(request)
    newest = {row.code: row for row in published(request).order_by("version")}
    if not newest:
        return render(
            request, "procedures/empty.html", {**AREA, "may_edit": may(request.user, "edit_procedure")}
        )
    assigned = dict(ProcedureAssignment.objects.filter(office=office).values_list("nature", "code"))
    natures = kind(office.kind).natures
    first = next(
        (assigned[nature] for nature in natures if assigned.get(nature) in newest), next(iter(newest))
    )
    asked = request.GET.get("p", "")
    code = asked if asked in newest else first
    profiles = [
        {
            "code": row.code,
            "label": read(row.source).label_fr,
            "natures": [natures[n].label for n in natures if assigned.get(n) == row.code],
        }
        for row in newest.values()
    ]
    # What is in use comes first.
    profiles.sort(key=lambda profile: (not profile["natures"], profile["label"]))
    return render(request, "procedures/index.html", _page(request, newest[code]) | {"profiles": profiles})


def _page(request: HttpRequest, version: ProcedureVersion) -> dict[str, Any]:
    office, today = office_of(request), clock.today()
    procedure = read(version.source)
    given = list(instructions.active(office_id=office.pk, at=today).prefetch_related("acknowledgements"))
    return {
        **AREA,
        "version": version,
        "procedure": procedure,
        "cards": cards(procedure, policy_of(office, today), today, given),
        "general": [instruction for instruction in given if not instruction.step_code],
        "modes": MODES,
        "may_edit": may(request.user, "edit_procedure"),
        "may_instruct": may(request.user, "give_instructions"),
        "read_pks": set(
            request.user.acknowledgement_set.filter(instruction__in=given).values_list(
                "instruction_id", flat=True
            )
        ),
        "draft": ProcedureVersion.objects.filter(
            office=office, code=version.code, status=Status.DRAFT
        ).first(),
    }


def install_around(office: Office) -> Frame:
    back = reverse("procedures")
    return Frame("procedures", back, "Revenir à la procédure", ((back, "Procédure"),))


@reads("")
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every published version of a code, newest first, each with what it changed."""
    rows = list(published(request).filter(code=code).select_related("author").order_by("version"))
    if not rows:
        raise Http404
    lines = []
    for before, row in zip([None, *rows], rows, strict=False):
        changes = differences(read(before.source).data, read(row.source).data) if before else []
        lines.append({"version": row, "changes": changes, "first": before is None})
    context = {**AREA, "code": code, "procedure": read(rows[-1].source), "lines": lines[::-1]}
    return render(request, "procedures/versions.html", context)


def _numbered(request: HttpRequest, code: str, number: int) -> ProcedureVersion:
    found = published(request).filter(code=code, version=number).select_related("author").first()
    if found is None:
        raise Http404
    return found


@reads("")
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One published version, as it was."""
    found = _numbered(request, code, number)
    return render(request, "procedures/version.html", _page(request, found))


@reads("")
def text(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The version as a YAML file, to keep or to give to another office."""
    found = _numbered(request, code, number)
    answer = HttpResponse(found.source, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(code)}-v{number}.yaml"'
    return answer


def address(code: str) -> str:
    """Where the procedure of that code is shown."""
    return f"{reverse('procedures')}?p={code}"
