"""A draft in the browser: edit it, see what the law says, see what would change today, publish it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.decision import legality, procedure
from amiable.positions import facts as position_facts
from amiable.procedures import services
from amiable.procedures.drafts import differences
from amiable.procedures.in_force import load_book
from amiable.procedures.models import ProcedureVersion
from amiable.procedures.simulation import simulate
from amiable.web.kit.action import Doer, Outcome
from amiable.web.kit.perform import Frame, acts, page, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.procedures.actions import EDIT, EDIT_PROCEDURE, EDIT_TEXT, PUBLISH, addable
from amiable.web.procedures.forms import DraftForm
from amiable.web.procedures.views import address

Status = ProcedureVersion.Status


def find(user: User, code: str) -> ProcedureVersion:
    """The office's draft of a procedure, else 404."""
    drafts = scope(ProcedureVersion.objects.filter(status=Status.DRAFT), user)
    found = drafts.filter(code=code).select_related("office", "author").first()
    if found is None:
        raise Http404
    return found


def find_published(user: User, code: str) -> ProcedureVersion:
    """The version a draft begins from, else 404."""
    known = scope(ProcedureVersion.objects.filter(status=Status.PUBLISHED), user)
    found = known.filter(code=code).select_related("office").order_by("-version").first()
    if found is None:
        raise Http404
    return found


def around(version: ProcedureVersion) -> Frame:
    """What is done with a draft: back to it."""
    back = reverse("procedure_draft", args=[version.code])
    crumbs = ((address(version.code), "Procédure"), (back, "Brouillon"))
    return Frame("procedures", back, "Revenir au brouillon", crumbs)


def to_the_procedure(request: HttpRequest, version: ProcedureVersion, outcome: Outcome) -> HttpResponse:
    return redirect(address(version.code))


@acts(EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a draft; saving keeps it even when the law refuses it, publishing does not."""
    draft = find(user_of(request, EDIT_PROCEDURE), code)

    def more(form: DraftForm) -> dict[str, Any]:
        read = procedure.load(draft.source)
        base = services.newest(office=draft.office, code=draft.code)
        return {
            "draft": draft,
            # What was typed answers the text it was typed on: a refused form keeps its mark.
            "seen": form["seen"].value() or services.seen(draft),
            "procedure": read,
            "faults": legality.faults(read, clock.today()),
            "changes": differences(procedure.load(base.source).data, read.data),
            "addable": addable(read),
        }

    frame = Frame("procedures", _here(code), "", template="procedures/edit.html", more=more)
    return perform(request, EDIT, draft, frame, leave=_saved)


def _here(code: str) -> str:
    return reverse("procedure_draft", args=[code])


def _saved(request: HttpRequest, draft: ProcedureVersion, outcome: Outcome) -> HttpResponse:
    simulates = request.POST.get("then") == "simulate"
    return redirect("procedure_simulation" if simulates else "procedure_draft", code=draft.code)


@acts(EDIT_TEXT)
def edit_text(request: HttpRequest, code: str) -> HttpResponse:
    """The whole draft as text, for what the form does not offer."""
    draft = find(user_of(request, EDIT_PROCEDURE), code)
    more = {"draft": draft, "seen": services.seen(draft), "procedure": procedure.load(draft.source)}
    frame = Frame("procedures", _here(code), "", template="procedures/edit_text.html", more=more)
    return perform(request, EDIT_TEXT, draft, frame)


@reads(EDIT_PROCEDURE)
def simulation(request: HttpRequest, code: str) -> HttpResponse:
    """What the draft would change on today's portfolio, and the form that publishes it."""
    user = user_of(request)
    draft = find(user, code)
    form = PUBLISH.blank(draft, Doer(user, clock.now()))
    return page(request, PUBLISH, draft, _simulated(draft, user), form)


def _simulated(draft: ProcedureVersion, user: User) -> Frame:
    return Frame(
        "procedures",
        address(draft.code),
        "",
        template="procedures/simulation.html",
        more=lambda form: _simulation(draft, user),
    )


def _simulation(draft: ProcedureVersion, user: User) -> dict[str, Any]:
    today = clock.today()
    read = procedure.load(draft.source)
    base = services.newest(office=draft.office, code=draft.code)
    frame = position_facts.frame(office=draft.office, as_of=today)
    found = simulate(load_book(draft.office, today), read, frame, today)
    accounts = scope(Account.objects.select_related("person"), user).in_bulk(
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
    return {
        "draft": draft,
        "seen": services.seen(draft),
        "procedure": read,
        "simulation": found,
        "changed": changed,
        "faults": legality.faults(read, today),
        "changes": differences(procedure.load(base.source).data, read.data),
    }


@acts(PUBLISH)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Make the draft the version in force."""
    user = user_of(request, EDIT_PROCEDURE)
    draft = find(user, code)
    return perform(request, PUBLISH, draft, _simulated(draft, user))
