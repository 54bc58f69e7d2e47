"""Consignes: dated instructions of the heads, who has read them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from amiable.core import clock
from amiable.core.access import fetch, may, require, scope
from amiable.core.models import Office, User
from amiable.procedures import instructions as notices
from amiable.procedures.in_force import load_book
from amiable.procedures.models import Acknowledgement, Instruction
from amiable.web.procedures.forms import InstructionForm
from amiable.web.procedures.views import AREA, office_of

#: Who is expected to read an instruction.
_READERS = (User.Role.OFFICER, User.Role.AGENCY_HEAD, User.Role.SERVICE_HEAD, User.Role.LITIGATION)


@require_http_methods(["GET", "POST"])
def instructions(request: HttpRequest) -> HttpResponse:
    """Instructions in force and past, with their readers; heads add one."""
    office, today = office_of(request), clock.today()
    form = InstructionForm(_steps(office), today, request.POST or None)
    if request.method == "POST":
        require(request.user, "give_instructions")
        if form.is_valid():
            given = form.cleaned_data
            notices.give(
                office=office,
                step_code=given["step"],
                text=given["text"],
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                actor=request.user,
            )
            messages.success(request, "Consigne publiée : elle s’affiche sur l’étape concernée.")
            return redirect("instructions")
    context = {
        **AREA,
        "form": form,
        "may_instruct": may(request.user, "give_instructions"),
        "lines": _lines(request, office),
        "expected": User.objects.filter(office=office, role__in=_READERS, is_active=True).count(),
    }
    return render(request, "procedures/instructions.html", context, status=422 if form.errors else 200)


def _steps(office: Office) -> list[tuple[str, str]]:
    book = load_book(office, clock.today())
    found = {s.code: s.label_fr for e in book.editions.values() for s in e[-1].procedure.steps}
    return sorted(found.items(), key=lambda item: item[1])


def _lines(request: HttpRequest, office: Office) -> list[dict[str, object]]:
    today, labels = clock.today(), dict(_steps(office))
    readers = Acknowledgement.objects.select_related("user").order_by("at")
    rows = scope(Instruction.objects.select_related("author"), request.user).prefetch_related(
        Prefetch("acknowledgements", readers)
    )
    return [
        {
            "instruction": row,
            "step": labels.get(row.step_code, row.step_code) or "toutes les étapes",
            "over": row.ends_on is not None and row.ends_on < today,
            "to_come": row.starts_on > today,
            "mine": any(a.user_id == request.user.pk for a in row.acknowledgements.all()),
        }
        for row in rows.order_by("-starts_on", "-pk")[:100]
    ]


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The user has read the instruction."""
    notices.acknowledge(instruction=fetch(Instruction, request.user, pk=pk), user=request.user)
    messages.success(request, "Consigne marquée comme lue.")
    return redirect(request.POST.get("next") if _is_here(request) else "instructions")


def _is_here(request: HttpRequest) -> bool:
    wanted = request.POST.get("next", "")
    return wanted.startswith("/") and not wanted.startswith("//")


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop showing an instruction after today."""
    require(request.user, "give_instructions")
    found = fetch(Instruction, request.user, pk=pk)
    notices.end(instruction=found, actor=request.user, today=clock.today())
    messages.success(request, "Consigne terminée : elle ne s’affichera plus demain.")
    return redirect("instructions")
