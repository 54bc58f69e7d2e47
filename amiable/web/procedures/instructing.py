"""Consignes: dated instructions of the heads, who has read them."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import fetch, may, scope
from amiable.core.models import Office, User
from amiable.procedures.models import Acknowledgement, Instruction
from amiable.web.kit.action import Doer, Outcome
from amiable.web.kit.perform import Frame, acts, page, perform
from amiable.web.kit.request import user_of, within_site
from amiable.web.procedures.actions import GIVE, INSTRUCT
from amiable.web.procedures.forms import InstructionForm, steps_of
from amiable.web.procedures.views import office_of

#: Who is expected to read an instruction.
_READERS = (User.Role.OFFICER, User.Role.AGENCY_HEAD, User.Role.SERVICE_HEAD, User.Role.LITIGATION)


@acts(GIVE)
def instructions(request: HttpRequest) -> HttpResponse:
    """Instructions in force and past, with their readers; heads add one."""
    user, office = user_of(request), office_of(request)

    def more(form: InstructionForm) -> dict[str, object]:
        return {
            "may_instruct": may(user, INSTRUCT),
            "lines": _lines(user, office),
            "expected": User.objects.filter(office=office, role__in=_READERS, is_active=True).count(),
        }

    frame = Frame(
        "procedures", reverse("instructions"), "", template="procedures/instructions.html", more=more
    )
    if request.method == "POST":
        return perform(request, GIVE, office, frame)
    return page(request, GIVE, office, frame, GIVE.blank(office, Doer(user, clock.now())))


def _lines(user: User, office: Office) -> list[dict[str, object]]:
    today, labels = clock.today(), dict(steps_of(office, clock.today()))
    readers = Acknowledgement.objects.select_related("user").order_by("at")
    rows = scope(Instruction.objects.select_related("author"), user).prefetch_related(
        Prefetch("acknowledgements", readers)
    )
    return [
        {
            "instruction": row,
            "step": labels.get(row.step_code, row.step_code) or "toutes les étapes",
            "over": row.ends_on is not None and row.ends_on < today,
            "to_come": row.starts_on > today,
            "mine": any(a.user_id == user.pk for a in row.acknowledgements.all()),
        }
        for row in rows.order_by("-starts_on", "-pk")[:100]
    ]


def find(user: User, pk: int) -> Instruction:
    return fetch(Instruction, user, pk=pk)


def around(instruction: Instruction) -> Frame:
    back = reverse("instructions")
    return Frame("procedures", back, "Revenir aux consignes", ((back, "Consignes"),))


def to_where_it_was_read(request: HttpRequest, instruction: Instruction, outcome: Outcome) -> HttpResponse:
    return redirect(within_site(request, request.POST.get("next", "")) or "instructions")
