"""What is done on a dossier: fields, pieces, sending, receipt, answers, end. Each its own page, so that no
script is needed and a refusal is said above what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.cases import services
from amiable.cases.kinds import kind_of
from amiable.cases.models import Dossier, Partner
from amiable.core import clock
from amiable.core.access import require
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.domain.errors import DomainError
from amiable.web.dossiers import forms
from amiable.web.dossiers.views import the_dossier
from amiable.web.kit.forms import ActForm
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name


def _do(
    request: HttpRequest,
    dossier: Dossier,
    form: ActForm,
    title: str,
    button: str,
    run: Callable[[dict[str, Any]], str],
    lead: str = "",
) -> HttpResponse:
    """Show the form, or act and go back to the dossier."""
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                said = run(form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
            stale = refusal.code == "stale"
        else:
            messages.success(request, said)
            return redirect("dossier", pk=dossier.pk)
    context = {
        "area": "dossiers",
        "account": dossier.account,
        "dossier": dossier,
        "name": person_name(dossier.account.person),
        "title": title,
        "button": button,
        "lead": lead,
        "form": form,
        "version": Account.objects.values_list("version", flat=True).get(pk=dossier.account_id),
        "stale": stale,
    }
    return render(request, "dossiers/act.html", context, status=422 if form.errors else 200)


def _options(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    return {
        "data": request.POST or None,
        "files": request.FILES or None,
        "account": dossier.account,
        "user": user_of(request),
        "today": clock.today(),
    }


def _proof(
    dossier: Dossier, content: bytes | None, title: str, dated_on: date, request: HttpRequest
) -> Document | None:
    if content is None:
        return None
    return store.add_document(
        office=dossier.office,
        code="preuve_dossier",
        title=title,
        content=content,
        dated_on=dated_on,
        actor=user_of(request),
        account=dossier.account,
        person=dossier.account.person,
        media_type=forms.media_type(content),
    )


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the dossier says, its partner, its reference."""
    dossier = the_dossier(request, pk)
    kind = kind_of(dossier.kind)
    require(user_of(request), kind.capability)
    form = forms.FieldsForm(**_options(request, dossier), dossier=dossier, of_kind=kind.fields)

    def run(value: dict[str, Any]) -> str:
        partner = Partner.objects.filter(office=dossier.office, pk=value.get("partner") or 0).first()
        services.edit_fields(
            dossier=dossier,
            fields=form.values,
            partner=partner,
            reference=value.get("reference"),
            actor=user_of(request),
            today=clock.today(),
            version=value["version"],
        )
        return "Dossier complété."

    return _do(request, dossier, form, "Compléter le dossier", "Enregistrer", run)


def bring(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A piece somebody brings."""
    dossier = the_dossier(request, pk)
    kind = kind_of(dossier.kind)
    require(user_of(request), kind.capability)
    piece = kind.piece(code)

    def run(value: dict[str, Any]) -> str:
        services.upload_piece(
            dossier=dossier,
            code=code,
            content=value["file"],
            media_type=forms.media_type(value["file"]),
            dated_on=value["dated_on"],
            actor=user_of(request),
            today=clock.today(),
            version=value["version"],
        )
        return f"Pièce déposée : {piece.label_fr.lower()}."

    form = forms.PieceForm(**_options(request, dossier))
    return _do(request, dossier, form, "Déposer une pièce", "Déposer", run, lead=piece.label_fr)


def waive(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The dossier leaves without a piece, with the reason."""
    dossier = the_dossier(request, pk)
    kind = kind_of(dossier.kind)
    require(user_of(request), kind.capability)
    piece = kind.piece(code)

    def run(value: dict[str, Any]) -> str:
        services.waive_piece(
            dossier=dossier,
            code=code,
            reason=value["reason"],
            actor=user_of(request),
            today=clock.today(),
            version=value["version"],
        )
        return f"Pièce écartée : {piece.label_fr.lower()}."

    form = forms.ReasonForm(**_options(request, dossier))
    return _do(request, dossier, form, "Se passer d’une pièce", "Écarter", run, lead=piece.label_fr)


@require_POST
def ask_pieces(request: HttpRequest, pk: int) -> HttpResponse:
    """A request for each piece still missing; what was asked before is not asked again."""
    dossier = the_dossier(request, pk)
    user = user_of(request)
    require(user, kind_of(dossier.kind).capability)
    with transaction.atomic():
        made = services.request_missing(dossier, actor=user, today=clock.today())
    messages.success(
        request, "Pièces demandées : elles sont dans « Demandes »." if made else "Tout est déjà demandé."
    )
    return redirect("dossier", pk=pk)


def send(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier leaves, or what was done by hand is recorded with its proof."""
    dossier = the_dossier(request, pk)
    kind = kind_of(dossier.kind)
    require(user_of(request), kind.capability)

    def run(value: dict[str, Any]) -> str:
        proof = _proof(dossier, value["proof"], f"Preuve d’envoi, {dossier}", value["on"], request)
        services.send(
            dossier=dossier,
            way=value["way"],
            on=value["on"],
            proof=proof,
            reference=value["reference"],
            late_reason=value["late_reason"],
            actor=user_of(request),
            now=clock.now(),
            version=value["version"],
        )
        return "Dossier envoyé : l’étape est faite, la preuve est dans le fil du compte."

    form = forms.SendForm(**_options(request, dossier))
    lead = f"À : {dossier.partner or kind.partner_fr}"
    return _do(request, dossier, form, f"Envoyer : {kind.label_fr.lower()}", "Noter l’envoi", run, lead=lead)


def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The partner acknowledges receipt."""
    dossier = the_dossier(request, pk)
    require(user_of(request), kind_of(dossier.kind).capability)

    def run(value: dict[str, Any]) -> str:
        proof = _proof(dossier, value["proof"], f"Accusé de réception, {dossier}", value["on"], request)
        services.acknowledge(
            dossier=dossier,
            on=value["on"],
            proof=proof,
            reference=value["reference"],
            actor=user_of(request),
            today=clock.today(),
            version=value["version"],
        )
        return "Accusé de réception noté."

    form = forms.ReceiptForm(**_options(request, dossier))
    return _do(request, dossier, form, "Accusé de réception", "Enregistrer", run)


def answer(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The partner answered."""
    dossier = the_dossier(request, pk)
    kind = kind_of(dossier.kind)
    require(user_of(request), kind.answer_capability)
    wanted = kind.answer(code)
    form = forms.AnswerForm(
        **_options(request, dossier), of_answer=wanted.fields, needs_document=wanted.needs_document
    )

    def run(value: dict[str, Any]) -> str:
        document = _proof(dossier, value["document"], wanted.label_fr, value["on"], request)
        services.record_answer(
            dossier=dossier,
            code=code,
            on=value["on"],
            values=form.values,
            note=value["note"],
            document=document,
            actor=user_of(request),
            today=clock.today(),
            version=value["version"],
        )
        return f"Réponse notée : {wanted.label_fr[0].lower()}{wanted.label_fr[1:]}."

    return _do(request, dossier, form, wanted.label_fr, "Enregistrer la réponse", run, lead=wanted.help_fr)


def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier is over, or given up."""
    dossier = the_dossier(request, pk)
    require(user_of(request), kind_of(dossier.kind).capability)

    def run(value: dict[str, Any]) -> str:
        services.close_dossier(
            dossier=dossier,
            reason=value["reason"],
            abandoned=value["abandoned"],
            actor=user_of(request),
            today=clock.today(),
            version=value["version"],
        )
        return "Dossier abandonné." if value["abandoned"] else "Dossier terminé."

    form = forms.CloseForm(**_options(request, dossier))
    return _do(request, dossier, form, "Terminer le dossier", "Terminer", run)
