"""One dossier: where it stands, its limits, its pieces, what it says, what comes next; and how one begins."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.accounts.models import Account
from amiable.cases import papers, queries, services
from amiable.cases.kinds import kind_of, of_office
from amiable.cases.models import Dossier
from amiable.cases.pieces import blank_fields, missing
from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import User
from amiable.correspondence import store
from amiable.domain.cases.kind import IN_PREPARATION, OPEN, WITH_PARTNER, Kind, is_late
from amiable.partners.caf_following import paid_over, penalty_risk
from amiable.partners.ccapex import earliest_assignation_on, seizure_of
from amiable.partners.social import may_read_notes, notes_of
from amiable.web.dossiers import words
from amiable.web.dossiers.forms import SocialNoteForm, StartForm
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


def the_dossier(request: HttpRequest, pk: int) -> Dossier:
    """The dossier, within the user's scope."""
    user = user_of(request)
    require(user, "read_accounts")
    return fetch(Dossier, user, related=_RELATED, pk=pk)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one dossier."""
    user, today = user_of(request), clock.today()
    dossier = the_dossier(request, pk)
    kind = kind_of(dossier.kind)
    account = dossier.account
    outside = may(user, kind.capability) and not kind.internal
    answers = services.possible_answers(dossier) if may(user, kind.answer_capability) else []
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
        "may_send": outside and dossier.stage in (*IN_PREPARATION, "answered", "followed"),
        "may_acknowledge": outside and dossier.stage in WITH_PARTNER[:2],
        "may_work": may(user, kind.capability),
        **_caf(dossier, today),
        **_social(dossier, user, today),
    }
    if dossier.kind == "ccapex":
        context["seizure"] = seizure_of(account, today)
        context["earliest"] = earliest_assignation_on(account, today)
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


def _caf(dossier: Dossier, today: date) -> Mapping[str, Any]:
    if dossier.kind != "caf":
        return {}
    return {
        "risk": penalty_risk(dossier, today),
        "paid": (paid := paid_over([dossier.account_id], today)[dossier.account_id]),
        "half_paid": paid.is_half_paid(today),
    }


def _social(dossier: Dossier, user: User, today: date) -> Mapping[str, Any]:
    if dossier.kind != "social" or not may_read_notes(user):
        return {}
    form = SocialNoteForm(account=dossier.account, user=user, today=today)
    return {"social_notes": notes_of(dossier, user), "note_form": form}


def start(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """Open the dossier of that kind, or go to the one already open; some ask a few words first."""
    user, today = user_of(request), clock.today()
    require(user, kind_of(kind).capability)
    account = fetch(Account, user, related=("office", "person", "agency", "officer"), ref=ref)
    wanted = kind_of(kind)
    present = account.dossiers.filter(kind=kind, stage__in=wanted.begun_stages).order_by("-pk").first()
    if present is not None:
        return redirect("dossier", pk=present.pk)
    asked = [one for one in wanted.fields if one.required and not one.source]
    form = StartForm(request.POST or None, account=account, user=user, today=today, of_kind=asked)
    if request.method == "POST" and form.is_valid():
        made = services.open_dossier(
            account=account,
            kind=kind,
            actor=user,
            today=today,
            fields=form.values,
            is_urgent=form.cleaned_data["is_urgent"],
            version=form.cleaned_data["version"],
        )
        if wanted.internal:
            services.send(dossier=made, way="internal", actor=user, now=clock.now())
        return redirect("dossier", pk=made.pk)
    context = {
        "area": "dossiers",
        "account": account,
        "name": person_name(account.person),
        "title": wanted.label_fr,
        "lead": f"{wanted.partner_fr} : {wanted.must_fr}",
        "button": "Envoyer la demande" if wanted.internal else "Préparer le dossier",
        "form": form,
        "version": account.version,
        "back": None,
    }
    return render(request, "dossiers/act.html", context, status=422 if form.errors else 200)


def preview(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A document of the dossier as it stands, made to be read; nothing leaves."""
    dossier = the_dossier(request, pk)
    if code not in {paper.wording for paper in kind_of(dossier.kind).papers}:
        raise Http404
    content = papers.preview(dossier, code, clock.now())
    return HttpResponse(content, content_type=store.PDF)


def export(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A structured file of the dossier."""
    dossier = the_dossier(request, pk)
    found = services.exports(dossier, clock.today())
    if name not in found:
        raise Http404
    response = HttpResponse(found[name], content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{dossier}-{name}"'
    return response


def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """Every file of the dossier in one: documents, exports, pieces and proofs."""
    dossier = the_dossier(request, pk)
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
