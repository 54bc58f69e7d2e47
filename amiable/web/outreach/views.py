"""Relances du jour: look at every letter, leave people out, approve, follow, undo until it leaves."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.accounts.addressees import addressing_of
from amiable.core import clock
from amiable.core.access import fetch, may
from amiable.core.models import User
from amiable.correspondence import typeset
from amiable.domain.errors import DomainError
from amiable.jobs.models import Job
from amiable.outreach import compose, dispatch, drafting, queries
from amiable.outreach.models import Batch, BatchLine
from amiable.procedures.in_force import load_book
from amiable.web.kit.freshness import freshness
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.outreach.actions import APPROVERS, PREPARE

AREA = {"area": "outreach"}
PAGE = 100
#: A preview of more letters than this would keep the officer waiting.
PREVIEW_MAX = 300
Line: Any = BatchLine.Status
#: What stayed behind, in the order shown.
BEHIND = (Line.EXCLUDED, Line.SUPPRESSED, Line.FAILED, Line.REMOVED)


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """The day's batches by step, and when SMS and e-mails leave."""
    user = request.user
    if user.office is None:
        return redirect("day")
    now = clock.now()
    batches = queries.batches_of_day(user, now.date())
    context = {
        **AREA,
        "to_approve": [b for b in batches if b.status == Batch.Status.PROPOSED and b.proposed],
        "nothing_to_send": [b for b in batches if b.status == Batch.Status.PROPOSED and not b.proposed],
        "on_their_way": [b for b in batches if b.status in (Batch.Status.APPROVED, Batch.Status.DISPATCHING)],
        "done": [b for b in batches if b.status == Batch.Status.DONE],
        "hours": queries.contact_hours(user.office, now),
        "fresh": freshness(user.office, now.date()),
        "may_approve": may(user, "approve_batches"),
        "now": now,
    }
    return render(request, "outreach/index.html", context)


@reads("read_accounts")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: who receives what by which channel, who stays behind and why, progress and result."""
    found = fetch(Batch, request.user, related=("office", "approved_by", "merged_document"), pk=pk)
    now = clock.now()
    rows = queries.lines(found)
    going = rows.exclude(status__in=BEHIND)
    page = Paginator(queries.together(going), PAGE).get_page(request.GET.get("page"))
    job = Job.objects.filter(pk=found.job_id).first() if found.job_id else None
    context = {
        **AREA,
        "batch": found,
        "page": page,
        "behind": rows.filter(status__in=BEHIND).order_by("status", "pk")[:500],
        "summary": dispatch.summary(found),
        "going_count": page.paginator.count,
        "message_count": queries.message_count(going),
        "has_paper": going.filter(channel__in=["post", "lrar"]).exists(),
        "has_messages": going.filter(channel__in=["sms", "email"]).exists(),
        "hours": queries.contact_hours(found.office, now),
        "printed": queries.printed(found) if found.merged_document_id else [],
        "job": job,
        "may_approve": may(request.user, "approve_batches"),
        "may_undo": found.status == Batch.Status.APPROVED
        or going.filter(status=Line.APPROVED, outbox_item__status="waiting").exists(),
        "leaves": queries.leaves_at(found.not_before_at.astimezone(now.tzinfo), now)
        if found.not_before_at
        else "",
        "has_stopped": job is not None
        and job.status == "failed"
        and found.status == Batch.Status.DISPATCHING,
        "is_today": found.on == now.date(),
    }
    return render(request, "outreach/batch.html", context)


def find(user: User, pk: int) -> Batch:
    return fetch(Batch, user, related=("office",), pk=pk)


def find_line(user: User, pk: int) -> BatchLine:
    return fetch(BatchLine, user, related=("batch__office",), pk=pk)


def around(on: Batch | BatchLine) -> Frame:
    """What is done with a batch: back to it."""
    batch = on if isinstance(on, Batch) else on.batch
    back, day = reverse("outreach_batch", args=[batch.pk]), reverse("outreach")
    crumbs = ((day, "Relances du jour"), (back, batch.step_label))
    return Frame("outreach", back, "Revenir au lot", crumbs)


@acts(PREPARE)
def prepare_now(request: HttpRequest) -> HttpResponse:
    """Propose the day's batches again from the present decisions (the nightly does it by itself)."""
    user, back = user_of(request, APPROVERS), reverse("outreach")
    frame = Frame("outreach", back, "Revenir aux relances", ((back, "Relances du jour"),))
    return perform(request, PREPARE, user.office, frame)


@reads("read_accounts")
def preview_line(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as a PDF, or the text of the SMS or e-mail, as it would leave now."""
    line = fetch(BatchLine, request.user, related=("batch__office",), pk=pk)
    if line.document is not None:
        return redirect("document", line.document_id)
    if line.outbox_item_id is not None:
        return redirect("outreach_item", line.outbox_item_id)
    theirs = [one for one in _rows(line.batch) if one.person_id == line.person_id]
    carrying = [draft for draft in _drafts(line.batch, theirs) if line in draft.lines]
    if not carrying:
        raise DomainError("no_line", "Ce compte n’est plus dans le lot : il n’y a rien à montrer.")
    draft = carrying[0]
    if draft.error is not None:
        raise draft.error
    if draft.letter is None:
        context = {**AREA, "line": line, "draft": draft, "size": _size(line, draft.body)}
        return render(request, "outreach/message.html", context)
    return _pdf(line.batch, [draft], f"relance-{line.account.ref}")


@reads("read_accounts")
def all_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Every letter of the batch in one PDF: the real one once composed, else a preview."""
    found = fetch(Batch, request.user, related=("office", "merged_document"), pk=pk)
    if found.merged_document_id:
        return redirect("document", found.merged_document_id)
    drafts = _drafts(found, [line for line in _rows(found) if line.channel in drafting.LETTERS][:PREVIEW_MAX])
    letters = [draft for draft in drafts if draft.letter is not None and draft.error is None]
    if not letters:
        raise DomainError("no_letter", "Ce lot ne contient aucune lettre à montrer.")
    return _pdf(found, letters, f"lot-{found.pk}")


def _rows(found: Batch) -> list[BatchLine]:
    return [
        line
        for line in compose.lines_with_accounts(found)
        if line.status in (Line.PROPOSED, Line.APPROVED) and line.channel
    ]


def _drafts(found: Batch, rows: list[BatchLine]) -> list[drafting.Draft]:
    if not rows:
        raise DomainError("no_line", "Ce compte n’est plus dans le lot : il n’y a rien à montrer.")
    now = clock.now()
    book = load_book(found.office, now.date())
    addressed = addressing_of([line.account for line in rows], now.date())
    return drafting.written(found, rows, addressed, book, now)


def _pdf(found: Batch, drafts: list[drafting.Draft], name: str) -> HttpResponse:
    letters = [draft.letter for draft in drafts if draft.letter is not None]
    typed = typeset.typeset(f"Aperçu : {found.step_label}", drafting.letterhead(found.office), letters)
    return HttpResponse(
        typed.pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )


def _size(line: BatchLine, text: str) -> Any:
    if line.channel != "sms":
        return None
    from amiable.channels.sms.parts import measure

    return measure(text)
