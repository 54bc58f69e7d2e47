"""The fiche: one account understood in ten seconds, and everything an officer does on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may, require
from amiable.core.models import User
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry, Hold, Promise
from amiable.domain.errors import DomainError
from amiable.parties import services as parties
from amiable.procedures import instructions
from amiable.procedures.models import Instruction
from amiable.web.account import forms, page, story
from amiable.web.account.doings import DIALOGS, DOINGS, Doing
from amiable.web.account.figures import figures
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, read_account
from amiable.web.kit.doer import Doer
from amiable.web.kit.forms import ActForm
from amiable.web.kit.request import user_of


def _account(request: HttpRequest, ref: str, capability: str = "work_accounts") -> Account:
    user = user_of(request)
    require(user, capability)
    return read_account(user, ref)


def fiche(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything known about one account of the user's scope; `?faire=appel` opens that dialog at once."""
    user, today = user_of(request), clock.today()
    account = _account(request, ref, "read_accounts")
    context = page.gather(account, user, whole_thread=request.GET.get("fil") == "tout")
    context["notices"] = page.notices(account, user, today)
    after = page.remembered_after(request, account)
    context["near"] = page.neighbours(account, user, today, followed_by=after)
    if context["may_work"]:
        context["dialogs"] = [_dialog(DOINGS[code], account, user) for code in DIALOGS]
    context["open_now"] = request.GET.get("faire", "")
    if "pourquoi" in request.GET and context["position"] is not None:
        context["story"] = story.tell(account, context["position"], today)
    return render(request, "account/fiche.html", context)


def explain(request: HttpRequest, ref: str) -> HttpResponse:
    """The three questions of the file, fetched by the fiche once it stands: they take the whole engine."""
    account = _account(request, ref, "read_accounts")
    position = position_of(account)
    told = story.tell(account, position, clock.today()) if position is not None else None
    context = {"account": account, "position": position, "story": told}
    return render(request, "account/_story.html", context)


def _dialog(doing: Doing, account: Account, user: User) -> dict[str, Any]:
    form = doing.form(account=account, user=user, today=clock.today(), auto_id=f"{doing.code}_%s")
    return {"doing": doing, "form": form}


def movements(request: HttpRequest, ref: str) -> HttpResponse:
    """Every posting of the account, newest first, with the balance after each."""
    account = _account(request, ref, "read_accounts")
    shown = figures(account, clock.today())
    pages = Paginator(list(reversed(shown.movements)), page.MOVEMENTS_PAGE)
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "account/movements.html", context)


def act(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """One act: its own page (no script, or an error to correct), and where the dialogs of the fiche post."""
    doing = DOINGS.get(code)
    if doing is None:
        raise Http404
    account = _account(request, ref)
    return _do(request, account, doing.form, doing.title, doing.button, doing.run, lead=doing.lead, code=code)


def _do(
    request: HttpRequest,
    account: Account,
    form_class: type[ActForm],
    title: str,
    button: str,
    run: Any,
    *,
    lead: str = "",
    code: str = "",
    ready: Any = None,
) -> HttpResponse:
    """Show the form, or act and go back to the fiche. A refusal is said above what was typed."""
    user, today = user_of(request), clock.today()
    form = form_class(request.POST or None, account=account, user=user, today=today)
    if ready is not None:
        ready(form)
    stale = False
    if request.method == "POST" and form.is_valid():
        page.remember_place(request, account, user, today)
        try:
            with transaction.atomic():
                said = run(form, account, Doer(user, today, form.cleaned_data["version"]))
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
            stale = refusal.code == "stale"
        else:
            messages.success(request, said)
            return redirect("account", ref=account.ref)
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "title": title,
        "button": button,
        "lead": lead,
        "code": code,
        "form": form,
        # The officer has now been told what changed: sending again is their decision.
        "version": Account.objects.values_list("version", flat=True).get(pk=account.pk),
        "stale": stale,
    }
    return render(request, "account/act.html", context, status=422 if form.errors else 200)


def correct(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Undo a line of the thread by a correction that names it."""
    account = _account(request, ref)
    entry = get_object_or_404(DiaryEntry.objects.select_related("account__office"), pk=pk, account=account)

    def run(form: forms.CorrectForm, account: Account, doer: Doer) -> str:
        diary.correct(
            entry=entry,
            reason=form.cleaned_data["text"],
            actor=doer.actor,
            today=doer.today,
            version=doer.version,
        )
        return "Ligne corrigée : elle reste lisible et ne compte plus."

    lead = f"{entry.get_kind_display()} du {entry.on:%d/%m/%Y}"
    return _do(request, account, forms.CorrectForm, "Corriger une ligne", "Corriger", run, lead=lead)


def lift(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """End a hold before its date."""
    account = _account(request, ref)
    hold = get_object_or_404(Hold.objects.select_related("account__office"), pk=pk, account=account)

    def run(form: forms.LiftForm, account: Account, doer: Doer) -> str:
        diary.lift_hold(
            hold=hold,
            reason=form.cleaned_data["text"],
            actor=doer.actor,
            today=doer.today,
            version=doer.version,
        )
        return "Attente levée : la procédure reprend."

    lead = f"{hold.get_kind_display()} : {hold.reason}"
    return _do(request, account, forms.LiftForm, "Lever l’attente", "Lever l’attente", run, lead=lead)


@require_POST
def cancel_promise(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    account = _account(request, ref)
    promise = get_object_or_404(Promise.objects.select_related("account__office"), pk=pk, account=account)
    diary.cancel_promise(promise=promise, actor=user_of(request), today=clock.today())
    messages.success(request, "Promesse annulée.")
    return redirect("account", ref=account.ref)


def _point(account: Account, pk: int) -> Any:
    return get_object_or_404(account.person.contact_points.model, pk=pk, person=account.person)


def replace_contact(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Another value for a contact point; the former one is kept aside for past proofs."""
    account = _account(request, ref)
    point = _point(account, pk)

    def ready(form: forms.ContactForm) -> None:
        form.fields["kind"].initial, form.fields["value"].initial = point.kind, point.value

    def run(form: forms.ContactForm, account: Account, doer: Doer) -> str:
        value = form.cleaned_data
        diary.change_contact(
            **doer.on(account),
            person=account.person,
            kind=value["kind"],
            value=value["value"],
            replaces=point,
        )
        return "Moyen de contact modifié."

    return _do(
        request, account, forms.ContactForm, "Modifier un moyen de contact", "Enregistrer", run, ready=ready
    )


def report_contact(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Say that a number or an address does not work: nobody uses it again, and a request is opened."""
    account = _account(request, ref)
    point = _point(account, pk)

    def run(form: forms.ProblemForm, account: Account, doer: Doer) -> str:
        diary.record_contact_problem(
            **doer.on(account), contact_point=point, problem=form.cleaned_data["problem"]
        )
        return "Problème noté : ce moyen de contact n’est plus utilisé, une demande est ouverte."

    lead = words.phone_words(point.value) if point.kind == "phone" else point.value
    return _do(
        request,
        account,
        forms.ProblemForm,
        "Signaler un problème",
        "Signaler",
        run,
        lead=lead,
        ready=lambda form: form.for_point(point),
    )


@require_POST
def contact_works(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    account = _account(request, ref)
    point = _point(account, pk)
    diary.contact_works(account=account, contact_point=point, actor=user_of(request), today=clock.today())
    messages.success(request, "Ce moyen de contact est de nouveau utilisé.")
    return redirect("account", ref=account.ref)


def preferences(request: HttpRequest, ref: str) -> HttpResponse:
    """What the person accepts to receive."""
    account = _account(request, ref)

    def run(form: forms.PreferencesForm, account: Account, doer: Doer) -> str:
        value = form.cleaned_data
        parties.set_preferences(
            person=account.person,
            email_opt_out=value["email_opt_out"],
            sms_opt_out=value["sms_opt_out"],
            preferred_channel=value["preferred_channel"],
            language=value["language"],
            actor=doer.actor,
        )
        return "Préférences enregistrées."

    return _do(request, account, forms.PreferencesForm, "Préférences de contact", "Enregistrer", run)


@require_POST
def acknowledge(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """« J’ai lu » under an instruction."""
    user = user_of(request)
    if not may(user, "work_accounts"):
        raise PermissionDenied
    instruction = get_object_or_404(Instruction, pk=pk, office_id=user.office_id)
    instructions.acknowledge(instruction=instruction, user=user)
    return redirect("account", ref=ref)
