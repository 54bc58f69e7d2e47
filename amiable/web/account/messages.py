"""Écrire: one letter, e-mail or SMS to the account's person, read before it leaves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from amiable.accounts.models import Account
from amiable.channels.sms.parts import measure
from amiable.core import clock
from amiable.correspondence import catalogue, ways_out
from amiable.domain.decision.procedure import Step
from amiable.outreach import queries
from amiable.outreach import services as outreach
from amiable.outreach.checks import heard_this_week
from amiable.web.account import page
from amiable.web.account.actions import WORK, WRITE
from amiable.web.account.reaching import CHANNELS, OWN_WORDS, Channel, Message
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, read_account, the_fiche
from amiable.web.kit.perform import acts, perform, reads
from amiable.web.kit.refusal import refused_or
from amiable.web.kit.request import user_of
from amiable.web.kit.steps import held_labels, steps_of_office


@acts(WRITE)
def write(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose a channel and a text, read it with the account's own figures, send it."""
    user = user_of(request, WORK)
    account = read_account(user, ref)
    channel = request.POST.get("channel") or request.GET.get("canal") or _first(account)
    documents = queries.documents_for(account.office, channel)
    code = request.POST.get("code") or request.GET.get("texte") or ""
    codes = [entry.wording.code for entry in documents]
    code = code if code in codes else (_usual(account, str(channel), codes) if codes else "")
    window = queries.contact_hours(account.office, clock.now()) if channel in OWN_WORDS else None
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "channels": [(value, label) for value, label in CHANNELS.items() if value in ways_out.available()],
        "channel": str(channel),
        "documents": documents,
        "code": code,
        "refused": _refused(account, channel),
        "held": _held(account),
        "heard": heard_this_week(account.person, clock.now()),
        "window": window,
    }
    if not code:
        return render(request, "account/message.html", context)
    draft, why_not = refused_or(lambda: outreach.draft_text(account, code, str(channel), clock.now()), None)
    if draft is None:
        return render(request, "account/message.html", context | {"impossible": why_not})
    on = Message(account, str(channel), code, draft, _step_of(account, str(channel)), window)
    context |= {"draft": draft, "own_words": on.own_words, "step": on.step}
    if on.channel == Channel.SMS:
        context["size"] = measure(draft.body)
    if request.method == "POST":
        page.remember_place(request, account, user, clock.today())
    return perform(
        request, WRITE, on, the_fiche(account, WRITE.code, template="account/message.html", more=context)
    )


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


@reads(WORK)
def letter(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """The letter as it would leave, in a new tab."""
    user = user_of(request, WORK)
    account = read_account(user, ref)
    draft = outreach.preview(account, code, clock.now())
    headers = {"Content-Disposition": f'inline; filename="{code}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(outreach.preview_pdf(account, draft), content_type="application/pdf", headers=headers)
