"""A draft in the browser: edit it, see what the law says, see what would change today, publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import require, scope
from amiable.domain.decision import legality, procedure
from amiable.domain.decision.legality import Fault
from amiable.domain.decision.procedure import Procedure, StepError
from amiable.domain.errors import DomainError
from amiable.positions import facts as position_facts
from amiable.positions.tasks import ask
from amiable.procedures import services
from amiable.procedures.drafts import add_step as with_step
from amiable.procedures.drafts import apply, differences
from amiable.procedures.in_force import load_book
from amiable.procedures.models import ProcedureVersion
from amiable.procedures.simulation import simulate
from amiable.web.procedures.forms import DraftForm, PublishForm, TextForm
from amiable.web.procedures.views import AREA, address, office_of

Status = ProcedureVersion.Status


def _draft(request: HttpRequest, code: str) -> ProcedureVersion:
    require(request.user, "edit_procedure")
    drafts = scope(ProcedureVersion.objects.filter(status=Status.DRAFT), request.user)
    found = drafts.filter(code=code).select_related("office", "author").first()
    if found is None:
        raise Http404
    return found


@require_POST
def open_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Begin (or take up) the draft of a procedure."""
    require(request.user, "edit_procedure")
    services.open_draft(office=office_of(request), code=code, actor=request.user)
    return redirect("procedure_draft", code=code)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a draft; saving keeps it even when the law refuses it, publishing does not."""
    draft = _draft(request, code)
    read = procedure.load(draft.source)
    if request.method == "GET":
        return _form_page(request, draft, read, DraftForm(read.data, None, _faults(read)))
    form = DraftForm(read.data, request.POST, _faults(read))
    if form.is_valid():
        try:
            services.check_seen(draft, request.POST.get("seen", ""))
            services.save_draft(draft=draft, data=apply(read.data, form.changes()), actor=request.user)
        except StepError as error:
            form.refuse(error.step, error.message_fr)
        except DomainError as error:
            form.refuse("", error.message_fr)
        else:
            if request.POST.get("then") == "simulate":
                return redirect("procedure_simulation", code=code)
            messages.success(request, "Brouillon enregistré. Rien ne change avant sa publication.")
            return redirect("procedure_draft", code=code)
    return _form_page(request, draft, read, form, status=422)


def _faults(read: Procedure) -> list[Fault]:
    return legality.faults(read, clock.today())


def _form_page(
    request: HttpRequest, draft: ProcedureVersion, read: Procedure, form: DraftForm, status: int = 200
) -> HttpResponse:
    base = services.newest(office=draft.office, code=draft.code)
    context = {
        **AREA,
        "draft": draft,
        # What was typed answers the text it was typed on: a refused form keeps its mark.
        "seen": request.POST.get("seen") or services.seen(draft),
        "procedure": read,
        "form": form,
        "faults": _faults(read),
        "changes": differences(procedure.load(base.source).data, read.data),
        "addable": _addable(read),
    }
    return render(request, "procedures/edit.html", context, status=status)


def _addable(read: Procedure) -> dict[str, dict[str, Any]]:
    """Steps of the shipped profiles for the same creditor that this procedure does not have, by code."""
    mine = {step.code for step in read.steps}
    found: dict[str, dict[str, Any]] = {}
    for text in services.shipped_profiles().values():
        profile = procedure.load(text)
        if profile.kind == read.kind:
            found |= {step["code"]: step for step in profile.data["steps"] if step["code"] not in mine}
    return found


@require_POST
def add_step(request: HttpRequest, code: str) -> HttpResponse:
    """Put a step of another shipped profile at the end of the draft."""
    draft = _draft(request, code)
    read = procedure.load(draft.source)
    step = _addable(read).get(request.POST.get("step", ""))
    if step is None:
        raise DomainError("step_unknown", "Choisissez une étape à ajouter : rien n’a été changé.")
    services.save_draft(draft=draft, data=with_step(read.data, step), actor=request.user)
    messages.success(request, f"Étape « {step['label']} » ajoutée à la fin du brouillon.")
    return redirect("procedure_draft", code=code)


@require_http_methods(["GET", "POST"])
def edit_text(request: HttpRequest, code: str) -> HttpResponse:
    """The whole draft as text, for what the form does not offer."""
    draft = _draft(request, code)
    form = TextForm(request.POST or None, initial={"source": draft.source})
    if request.method == "POST" and form.is_valid():
        try:
            services.check_seen(draft, request.POST.get("seen", ""))
            read = procedure.load(form.cleaned_data["source"])
            services.save_draft(draft=draft, data=dict(read.data), actor=request.user)
        except DomainError as error:
            form.add_error("source", error.message_fr)
        else:
            messages.success(request, "Brouillon enregistré. Rien ne change avant sa publication.")
            return redirect("procedure_draft", code=code)
    context: dict[str, Any] = {**AREA, "draft": draft, "seen": services.seen(draft), "form": form}
    context["procedure"] = procedure.load(draft.source)
    return render(request, "procedures/edit_text.html", context, status=422 if form.errors else 200)


@require_GET
def simulation(request: HttpRequest, code: str) -> HttpResponse:
    """What the draft would change on today's portfolio, and the form that publishes it."""
    draft = _draft(request, code)
    return _simulation_page(request, draft, PublishForm())


def _simulation_page(
    request: HttpRequest, draft: ProcedureVersion, form: PublishForm, status: int = 200
) -> HttpResponse:
    today = clock.today()
    read = procedure.load(draft.source)
    base = services.newest(office=draft.office, code=draft.code)
    frame = position_facts.frame(office=draft.office, as_of=today)
    found = simulate(load_book(draft.office, today), read, frame, today)
    accounts = scope(Account.objects.select_related("person"), request.user).in_bulk(
        [row["account_id"] for row in found.changed]
    )
    labels = {**procedure.load(base.source).labels, **read.labels}
    changed = [
        row
        | {
            "account": accounts[row["account_id"]],
            "before_label": labels.get(str(row["before"]), "rien à faire"),
            "after_label": labels.get(str(row["after"]), "rien à faire"),
        }
        for row in found.changed
        if row["account_id"] in accounts
    ]
    context = {
        **AREA,
        "draft": draft,
        "seen": services.seen(draft),
        "procedure": read,
        "simulation": found,
        "changed": changed,
        "faults": _faults(read),
        "changes": differences(procedure.load(base.source).data, read.data),
        "form": form,
    }
    return render(request, "procedures/simulation.html", context, status=status)


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Make the draft the version in force."""
    draft = _draft(request, code)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _simulation_page(request, draft, form, status=422)
    services.check_seen(draft, request.POST.get("seen", ""))
    done = services.publish(
        draft=draft,
        actor=request.user,
        today=clock.today(),
        reason=form.cleaned_data["reason"],
        move_open_cases=form.cleaned_data["move"],
    )
    messages.success(
        request, f"Version {done.version} publiée. Les positions sont recalculées en arrière-plan."
    )
    ask(office=done.office, as_of=clock.today(), actor=request.user, because=f"version-{done.pk}")
    return redirect(address(code))


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the draft up."""
    services.discard_draft(draft=_draft(request, code), actor=request.user)
    messages.success(request, "Brouillon abandonné : la version en vigueur n’a pas changé.")
    return redirect(address(code))
