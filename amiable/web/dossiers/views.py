"""One dossier: where it stands, its limits, its pieces, what it says, what comes next; and how one begins."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.cases import papers, queries, services
from amiable.cases.kinds import kind_of, of_office
from amiable.cases.lifecycle import accounts_of, cases_of
from amiable.cases.models import Dossier
from amiable.cases.pieces import blank_fields, missing
from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import User
from amiable.correspondence import store
from amiable.domain.cases.family import IN_PREPARATION, OPEN, WITH_PARTNER
from amiable.domain.cases.kind import Kind
from amiable.domain.cases.windows import is_late
from amiable.partners.social import may_read_notes, notes_of
from amiable.web.dossiers import words
from amiable.web.dossiers.actions import START, OfAnswer, OfPiece, Opening
from amiable.web.dossiers.forms import SocialNoteForm
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name

_RELATED = (
    "office",
    "account__person",
    "account__agency",
    "account__officer",
    "account__office",
    "partner__person",
)


def find(user: User, pk: int) -> Dossier:
    """The dossier, within the user's scope."""
    require(user, "read_accounts")
    return fetch(Dossier, user, related=_RELATED, pk=pk)


def find_piece(user: User, pk: int, code: str) -> OfPiece:
    dossier = find(user, pk)
    return OfPiece(dossier, kind_of(dossier.kind).piece(code))


def find_answer(user: User, pk: int, code: str) -> OfAnswer:
    dossier = find(user, pk)
    return OfAnswer(dossier, kind_of(dossier.kind).event(code))


def around(on: Dossier | OfPiece | OfAnswer) -> Frame:
    """The page of anything done on a dossier: it comes from the dossier, and goes back there."""
    dossier = on if isinstance(on, Dossier) else on.dossier
    back = reverse("dossier", args=[dossier.pk])
    return _frame(dossier.account, back, "Revenir au dossier", (back, f"dossier {dossier}"))


def _frame(account: Account, back: str, back_fr: str, *more: tuple[str, str]) -> Frame:
    name = person_name(account.person)
    first = (reverse("account", args=[account.ref]), f"{name}, {account.ref}")
    return Frame("dossiers", back, back_fr, (first, *more), name, ("web/account.css", "web/dossiers.css"))


@reads("read_accounts")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one dossier."""
    user, today = user_of(request), clock.today()
    dossier = find(user, pk)
    kind = kind_of(dossier.kind)
    account = dossier.account
    outside = may(user, kind.capability) and not kind.internal
    answers = services.possible_events(dossier) if may(user, kind.answer_capability) else []
    context: dict[str, Any] = {
        "area": "dossiers",
        "dossier": dossier,
        "kind": kind,
        "account": account,
        "name": person_name(account.person),
        "tone": words.TONES[dossier.stage],
        "next_action": queries.next_action(dossier, today),
        "advice": kind.advice(dossier, today) if kind.advice else None,
        "limits": [(one, is_late(one.limit_on, today) and not one.closed_on) for one in dossier.limits.all()],
        "pieces": _pieces(dossier, kind),
        "fields": [(f, words.field_words(f, dossier.fields.get(f.code))) for f in kind.fields],
        "blank": set(blank_fields(dossier)),
        "lacking": missing(dossier),
        "events": words.told_events(list(dossier.events.select_related("actor", "document", "note")), kind),
        "answers": answers,
        "is_open": dossier.stage in OPEN,
        "in_preparation": dossier.stage in IN_PREPARATION,
        "may_send": outside and kind.may_leave(dossier.stage),
        "beside": accounts_of(dossier)[1:],
        "may_acknowledge": outside and dossier.stage in WITH_PARTNER[:2],
        "may_work": may(user, kind.capability),
        **(kind.aside(dossier, today) if kind.aside else {}),
        **_notes(dossier, kind, user, today),
    }
    return render(request, "dossiers/dossier.html", context)


def _pieces(dossier: Dossier, kind: Kind) -> list[dict[str, Any]]:
    rows = {row.code: row for row in dossier.pieces.select_related("reason").prefetch_related("documents")}
    return [
        {
            "piece": piece,
            "row": rows.get(piece.code),
            "tone": words.PIECE_TONES.get(rows[piece.code].state, ""),
        }
        for piece in kind.pieces
        if piece.code in rows
    ]


def _notes(dossier: Dossier, kind: Kind, user: User, today: date) -> Mapping[str, Any]:
    if not kind.has_notes or not may_read_notes(user):
        return {}
    form = SocialNoteForm(target=dossier, user=user, today=today)
    return {"social_notes": notes_of(dossier, user), "note_form": form}


@acts(START)
def start(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """Open the dossier of that kind, or go to the one already open; some ask a few words first."""
    wanted = kind_of(kind)
    user = user_of(request, wanted.capability)
    account = fetch(Account, user, related=("office", "person", "agency", "officer"), ref=ref)
    present = cases_of(account).filter(kind=kind, stage__in=wanted.begun_stages).order_by("-pk").first()
    if present is not None:
        return redirect("dossier", pk=present.pk)
    frame = _frame(account, reverse("account", args=[ref]), "Revenir à la fiche")
    return perform(request, START, Opening(account, wanted), frame, leave=_to_the_new_one)


def _to_the_new_one(request: HttpRequest, opening: Opening, outcome: Outcome) -> HttpResponse:
    return redirect("dossier", pk=outcome.made.pk)


@reads("read_accounts")
def preview(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A document of the dossier as it stands, made to be read; nothing leaves."""
    dossier = find(user_of(request), pk)
    if code not in {paper.wording for paper in kind_of(dossier.kind).papers}:
        raise Http404
    content = papers.preview(dossier, code, clock.now())
    return HttpResponse(content, content_type=store.PDF)


@reads("read_accounts")
def export(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A structured file of the dossier."""
    dossier = find(user_of(request), pk)
    found = services.exports(dossier, clock.today())
    if name not in found:
        raise Http404
    response = HttpResponse(found[name], content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{dossier}-{name}"'
    return response


@reads("read_accounts")
def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """Every file of the dossier in one: documents, exports, pieces and proofs."""
    dossier = find(user_of(request), pk)
    require(user_of(request), kind_of(dossier.kind).capability)
    return zipped(
        f"{dossier}-{dossier.kind}", services.pack(dossier, actor=user_of(request), now=clock.now())
    )


def zipped(name: str, files: Mapping[str, bytes]) -> HttpResponse:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    response = HttpResponse(stream.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def panel(account: Account, user: User, today: date) -> Mapping[str, Any] | None:
    """The fiche's panel: the account's dossiers, and what may be opened."""
    kinds = [kind for kind in of_office(account.office) if may(user, kind.capability)]
    rows = queries.of_account(account)
    if not rows and not kinds:
        return None
    shown = [
        {
            "dossier": row,
            "label": queries.label_of(row),
            "tone": words.TONES[row.stage],
            "late": is_late(row.limit_on, today),
            "answer": row.answer and words.event_words(f"answer:{row.answer}", kind_of(row.kind), {}),
        }
        for row in rows[:6]
    ]
    begun = {row.kind for row in rows if row.stage in OPEN}
    offered = [kind for kind in kinds if kind.several or kind.code not in begun]
    return {"rows": shown, "more": max(0, len(rows) - 6), "offered": offered, "account": account}
