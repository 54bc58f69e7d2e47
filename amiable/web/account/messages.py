"""Écrire: one letter, e-mail or SMS to the account's person, read before it leaves."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.accounts.models import Account
from amiable.channels.sms.parts import measure
from amiable.core import clock
from amiable.core.models import User
from amiable.correspondence import catalogue, ways_out
from amiable.correspondence.models import OutboxItem
from amiable.domain.decision.procedure import Step
from amiable.domain.errors import DomainError
from amiable.outreach import queries
from amiable.outreach import services as outreach
from amiable.outreach.checks import heard_this_week
from amiable.web.account import page
from amiable.web.account.forms import MessageForm
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, read_account
from amiable.web.kit.request import user_of
from amiable.web.kit.steps import held_labels, steps_of_office

Channel: Any = OutboxItem.Channel
#: In the order an officer thinks of them; a letter is the only one that needs no consent.
CHANNELS = (
    (Channel.EMAIL, "Courriel"),
    (Channel.SMS, "SMS"),
    (Channel.POST, "Lettre"),
    (Channel.LRAR, "Lettre recommandée"),
)


def write(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose a channel and a text, read it with the account's own figures, send it."""
    user = user_of(request, "work_accounts")
    account = read_account(user, ref)
    channel = request.POST.get("channel") or request.GET.get("canal") or _first(account)
    documents = queries.documents_for(account.office, channel)
    code = request.POST.get("code") or request.GET.get("texte") or ""
    codes = [entry.wording.code for entry in documents]
    code = code if code in codes else (_usual(account, str(channel), codes) if codes else "")
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "channels": [(value, label) for value, label in CHANNELS if value in ways_out.available()],
        "channel": str(channel),
        "documents": documents,
        "code": code,
        "refused": _refused(account, channel),
        "held": _held(account),
        "heard": heard_this_week(account.person, clock.now()),
        "window": queries.contact_hours(account.office, clock.now()) if channel in OWN_WORDS else None,
    }
    if not code:
        return render(request, "account/message.html", context)
    return _with_text(request, account, user, str(channel), code, context)


#: Channels whose text the officer may change; a letter's wording belongs to the office.
OWN_WORDS = (Channel.EMAIL, Channel.SMS)
#: What a procedure calls the outbox's channels.
_AS_STEP = {"post": "letter"}


def _first(account: Account) -> str:
    """The channel most likely wanted: one the person accepts and that works."""
    sound = {point.kind for point in account.person.contact_points.all() if not point.problem}
    if "email" in sound and not account.person.email_opt_out:
        return Channel.EMAIL
    mobile = any(point.is_mobile and not point.problem for point in account.person.contact_points.all())
    return Channel.SMS if mobile and not account.person.sms_opt_out else Channel.POST


def _usual(account: Account, channel: str, codes: list[str]) -> str:
    """The wording of the next step for this channel, else a plain reminder."""
    step = _step_of(account, channel)
    if step is not None and step.template:
        wanted = catalogue.for_channel(step.template, channel, account.office.kind).code
        if wanted in codes:
            return wanted
    return next((code for code in codes if "rappel" in code or "relance" in code), codes[0])


def _refused(account: Account, channel: str) -> str:
    person = account.person
    if channel == Channel.EMAIL and person.email_opt_out:
        return "Cette personne ne veut pas de courriel."
    if channel == Channel.SMS and person.sms_opt_out:
        return "Cette personne ne veut pas de SMS."
    return ""


def _with_text(
    request: HttpRequest, account: Account, user: User, channel: str, code: str, context: dict[str, Any]
) -> HttpResponse:
    now = clock.now()
    try:
        draft = outreach.draft_text(account, code, channel, now)
    except DomainError as refusal:
        context["impossible"] = refusal.message_fr
        return render(request, "account/message.html", context)
    own_words = channel in OWN_WORDS
    first = {"key": secrets.token_urlsafe(12), "subject": draft.subject, "body": draft.body}
    form = MessageForm(
        request.POST or None, initial=first, own_words=own_words, step=_step_of(account, channel)
    )
    if request.method == "POST" and form.is_valid():
        step = _step_of(account, channel)
        page.remember_place(request, account, user, now.date())
        try:
            outreach.send_one(
                account=account,
                code=code,
                channel=channel,
                actor=user,
                now=now,
                key=form.cleaned_data["key"],
                step=step.code if step is not None and form.cleaned_data.get("as_step") else "",
                subject=form.cleaned_data.get("subject"),
                body=form.cleaned_data.get("body"),
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, _said(channel, context))
            return redirect("account", ref=account.ref)
    if channel == Channel.SMS:
        context["size"] = measure(draft.body)
    context |= {"form": form, "draft": draft, "own_words": own_words, "step": _step_of(account, channel)}
    return render(request, "account/message.html", context, status=422 if form.errors else 200)


def _step_of(account: Account, channel: str) -> Step | None:
    """The next step when a message by this channel accomplishes it."""
    position = position_of(account)
    step = steps_of_office(account.office_id).get(position.next_step or "") if position else None
    return step if step is not None and _AS_STEP.get(channel, channel) in step.channels else None


def _held(account: Account) -> str:
    """Why nobody should chase this account now, when something holds it."""
    position = position_of(account)
    code = position.held_by if position is not None else None
    return held_labels(account.office.kind).get(code, code) if code else ""


def _said(channel: str, context: dict[str, Any]) -> str:
    label = dict(CHANNELS)[channel]
    opening = context["window"]
    if opening is not None and not opening.is_open:
        return f"{label} prêt : {opening.sentence_fr}"
    return f"{label} dans la file d’envoi."


def letter(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """The letter as it would leave, in a new tab."""
    user = user_of(request, "work_accounts")
    account = read_account(user, ref)
    draft = outreach.preview(account, code, clock.now())
    headers = {"Content-Disposition": f'inline; filename="{code}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(outreach.preview_pdf(account, draft), content_type="application/pdf", headers=headers)
