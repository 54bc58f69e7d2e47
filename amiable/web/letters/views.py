"""Modèles: each wording, edited with its variables at hand, previewed on a real account, kept by versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.channels.sms.parts import measure, simplify
from amiable.core import clock
from amiable.core.access import fetch, may, require, scope
from amiable.correspondence import catalogue, templates
from amiable.correspondence.models import TemplateVersion
from amiable.correspondence.variables import offered
from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.domain.text.languages import FRENCH
from amiable.domain.text.plain_language import TARGET, reading
from amiable.domain.text.typed import whole_or_none
from amiable.outreach import services
from amiable.positions.models import AccountPosition
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.letters.actions import SAVE, Text
from amiable.web.letters.forms import WordingForm

AREA = {"area": "letters"}
MEDIA_FR = {"letter": "Lettres", "lrar": "Lettres recommandées", "email": "Courriels", "sms": "SMS"}


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """Every wording of the office, by medium."""
    if request.user.office is None:
        return redirect("day")
    entries = templates.of_office(request.user.office)
    groups = [
        (label, [entry for entry in entries if entry.wording.media == media])
        for media, label in MEDIA_FR.items()
    ]
    context = {**AREA, "groups": groups, "may_edit": may(request.user, "edit_templates")}
    return render(request, "letters/index.html", context)


@acts(SAVE)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """One wording: the text, its variables, its mandatory mentions, its versions."""
    require(request.user, "read_accounts")
    office = request.user.office
    if office is None:
        return redirect("day")
    current = templates.current(office, code)
    if not kind(office.kind).fits(current.wording.traits):
        raise DomainError("foreign_document", "Ce document n’est pas prévu pour ce type de créancier.")
    text = Text(office, current, _chosen_version(request, current))
    frame = Frame(
        "letters",
        reverse("letters_edit", args=[code]),
        "",
        template="letters/edit.html",
        more=lambda form: _edit_context(request, text, form),
    )
    return perform(request, SAVE, text, frame, seen_by="read_accounts")


def _chosen_version(request: HttpRequest, current: templates.Current) -> templates.Current:
    """The version asked for (`?version=0` is the shipped text), to look at it or start again from it."""
    asked = whole_or_none(request.GET.get("version", ""))
    if asked is None or asked == current.version:
        return current
    if asked == 0:
        wording = current.wording
        return templates.Current(wording, wording.subject, wording.body, 0)
    old = TemplateVersion.objects.filter(
        office=request.user.office, code=current.wording.code, version=asked
    ).first()
    return templates.Current(current.wording, old.subject, old.body, old.version) if old else current


def _edit_context(request: HttpRequest, text: Text, form: WordingForm) -> dict[str, Any]:
    office, current, wording = text.office, text.current, text.current.wording
    versions = TemplateVersion.objects.filter(office=office, code=wording.code).select_related("author")
    subject = str(form["subject"].value() or "") if "subject" in form.fields else ""
    missing = {m.id for m in catalogue.missing_mentions(wording, subject, str(form["body"].value() or ""))}
    debtors = scope(AccountPosition.objects.filter(actionable_cents__gt=0), request.user)
    return {
        **AREA,
        "current": current,
        "shown": text.shown,
        "variables": [v for v in offered(office.kind, wording.room) if _fits(v, wording.media)],
        "mentions": [(mention, mention.id in missing) for mention in wording.mentions],
        "reading": reading(str(form["body"].value() or "")) if wording.language == FRENCH else None,
        "target": TARGET,
        "languages": templates.translations_of(office, wording.of or wording.code),
        "versions": versions.order_by("-version")[:20],
        "examples": debtors.select_related("account__person").order_by("-priority", "pk")[:12],
        "may_edit": may(request.user, "edit_templates"),
    }


def _refuse_long(request: HttpRequest) -> None:
    for name, field in WordingForm.base_fields.items():
        longest = getattr(field, "max_length", None)
        if longest is not None and len(request.POST.get(name, "")) > longest:
            raise DomainError("text_too_long", f"Texte trop long : {longest} caractères au plus.")


def _fits(variable: Any, media: str) -> bool:
    if media == "sms":
        return not (variable.is_debt or variable.is_block)
    return not (media == "email" and variable.is_block)


@require_POST
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The text being written, on a real account: the PDF of a letter, or the message and its length. Asks
    what saving asks: the right, and a text that could be kept."""
    require(request.user, "edit_templates")
    wording = catalogue.get(code)
    _refuse_long(request)
    ref = request.POST.get("account", "").strip()
    if not ref:
        raise DomainError("no_account", "Choisissez d’abord un compte pour l’aperçu.")
    related = ("person", "office", "agency", "officer")
    account = fetch(Account, request.user, related=related, ref=ref)
    subject, body = request.POST.get("subject", ""), request.POST.get("body", "")
    catalogue.check_variables(f"{subject}\n{body}", account.office.kind, wording.room)
    draft = services.preview(account, code, clock.now(), subject=subject, body=body)
    if wording.is_letter:
        content = services.preview_pdf(account, draft)
        return HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "no-store"})
    size = measure(simplify(draft.body)) if wording.media == "sms" else None
    return render(request, "letters/message.html", {**AREA, "draft": draft, "size": size, "account": account})
