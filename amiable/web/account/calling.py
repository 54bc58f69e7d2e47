"""The call panel: over Ma journée, over the fiche, or a page of its own where there is no script."""

from __future__ import annotations

from datetime import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch
from amiable.diary import services as diary
from amiable.diary.calling import CallSheet, sheet
from amiable.diary.models import Callback, DiaryEntry
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros, hour
from amiable.domain.text.typed import whole_or_none
from amiable.outreach.checks import heard_this_week
from amiable.parties.models import ContactPoint, Person
from amiable.web.account import page
from amiable.web.account.doings import step_to_call
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, read_account
from amiable.web.kit.doer import Doer
from amiable.web.kit.fields import DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm, set_choices
from amiable.web.kit.request import user_of
from amiable.web.kit.words import phone_words

Outcome: Any = DiaryEntry.Outcome
CALL_OUTCOMES = [
    (Outcome.REACHED, "Joint"),
    (Outcome.VOICEMAIL, "Message laissé"),
    (Outcome.NO_ANSWER, "Sans réponse"),
    (Outcome.THIRD_PARTY, "Un tiers a répondu"),
    (Outcome.WRONG_NUMBER, "Mauvais numéro"),
    (Outcome.REFUSED, "Refuse de parler"),
]


class CallForm(ActForm):
    """A call in one dialog: outcome, what was promised, when to call again."""

    outcome = forms.ChoiceField(label="Comment s’est terminé l’appel ?", widget=forms.RadioSelect)
    point = forms.ChoiceField(label="Numéro appelé", required=False)
    who = forms.ChoiceField(label="Personne demandée", required=False)
    promise_cents = EurosField(label="Montant promis (€)", required=False)
    promise_on = forms.DateField(label="Promis pour le", required=False, widget=DayInput)
    call_back_on = forms.DateField(
        label="Rappeler le",
        required=False,
        widget=DayInput,
        help_text="Rien ne part d’ici là.",
    )
    call_back_at = forms.TimeField(
        label="À (facultatif)",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M"),
    )
    note = TextField(label="Note (facultatif)", rows=2, required=False)

    def __init__(self, *args: Any, sheet: CallSheet, **options: Any) -> None:
        self.sheet = sheet
        super().__init__(*args, **options)

    def prepare(self) -> None:
        set_choices(self.fields["outcome"], CALL_OUTCOMES)
        self._numbers()
        self._people()

    def _numbers(self) -> None:
        self.points: dict[str, ContactPoint] = {str(one.point.pk): one.point for one in self.sheet.numbers}
        several = len({one.name for one in self.sheet.numbers}) > 1
        values = [
            (str(one.point.pk), phone_words(one.point.value) + (f", {one.name}" if several else ""))
            for one in self.sheet.numbers
        ]
        if not values:
            del self.fields["point"]
            return
        set_choices(self.fields["point"], [*values, ("", "Un autre numéro")])
        self.fields["point"].initial = values[0][0]

    def _people(self) -> None:
        people = self.sheet.people
        self.people: dict[str, Person] = {str(one.person.pk): one.person for one in people}
        if len(people) < 2:
            del self.fields["who"]
            return
        names = [(str(one.person.pk), f"{one.person}, {one.role_fr}") for one in people]
        set_choices(self.fields["who"], names)

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        cents, on = value.get("promise_cents"), value.get("promise_on")
        if cents and not on and "promise_on" not in self.errors:
            self.add_error("promise_on", "Indiquez pour quand le paiement est promis.")
        if on and not cents and "promise_cents" not in self.errors:
            self.add_error("promise_cents", "Indiquez le montant promis.")
        self.check_owed("promise_cents")
        self.check_wait("promise_on")
        self.check_wait("call_back_on")
        self._check_hour(value.get("call_back_on"), value.get("call_back_at"))
        return value

    def _check_hour(self, on: Any, at: time | None) -> None:
        if at and not on and "call_back_on" not in self.errors:
            self.add_error("call_back_on", "Indiquez le jour du rappel.")
        if at and on == self.today and at <= clock.now().astimezone(clock.PARIS).time():
            self.add_error("call_back_at", "Cette heure est déjà passée.")

    @property
    def contact_point(self) -> ContactPoint | None:
        return self.points.get(self.cleaned_data.get("point") or "")

    @property
    def person(self) -> Person | None:
        return self.people.get(self.cleaned_data.get("who") or "")


def call(request: HttpRequest, ref: str) -> HttpResponse:
    """The panel, and the call noted. `retour`: where to go back; `ligne`: the day's next line."""
    user = user_of(request, "work_accounts")
    account, today = read_account(user, ref), clock.today()
    shown = sheet(account, user, today)
    form = CallForm(request.POST or None, account=account, user=user, today=today, sheet=shown)
    stale = False
    if request.method == "POST" and form.is_valid():
        page.remember_place(request, account, user, today)
        try:
            with transaction.atomic():
                said = _note(form, account, Doer(user, today, form.cleaned_data["version"]))
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
            stale = refusal.code == "stale"
        else:
            messages.success(request, f"{words.person_name(account.person)} : {said}")
            return _leave(request, account)
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "position": position_of(account),
        "sheet": shown,
        "spoken": words.spoken(account.person),
        "form": form,
        "version": Account.objects.values_list("version", flat=True).get(pk=account.pk),
        "stale": stale,
        "heard": heard_this_week(account.person, clock.now()),
        "back": _back(request, account),
        "next_line": _asked(request, "ligne"),
    }
    template = "account/_call.html" if request.headers.get("HX-Request") else "account/call.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _note(form: CallForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    diary.log_call(
        **doer.on(account),
        outcome=value["outcome"],
        note=value["note"],
        person=form.person,
        step=step_to_call(account),
        promise_cents=value["promise_cents"],
        promise_on=value["promise_on"],
        call_back_on=value["call_back_on"],
        call_back_at=value["call_back_at"],
        contact_point=form.contact_point,
    )
    said = ["appel noté"]
    if value["promise_cents"]:
        said.append(f"promesse de {euros(value['promise_cents'])} pour le {value['promise_on']:%d/%m/%Y}")
    if value["call_back_on"]:
        at = f" à {hour(value['call_back_at'])}" if value["call_back_at"] else ""
        said.append(f"rappel le {value['call_back_on']:%d/%m/%Y}{at}")
    return ", ".join(said) + "."


def _asked(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name, "")


def _back(request: HttpRequest, account: Account) -> str:
    """The page the panel was opened over, only within this site; else the fiche."""
    back = _asked(request, "retour")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe else reverse("account", args=[account.ref])


def _leave(request: HttpRequest, account: Account) -> HttpResponse:
    """Back to the page below, on the line that follows the one just treated."""
    back, line = _back(request, account), whole_or_none(_asked(request, "ligne"))
    if line is not None:
        parts = urlsplit(back)
        kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "ligne"]
        back = parts._replace(query=urlencode([*kept, ("ligne", str(line))])).geturl()
    return HttpResponseClientRedirect(back) if request.headers.get("HX-Request") else redirect(back)


@require_POST
def cancel_callback(request: HttpRequest, pk: int) -> HttpResponse:
    """The call promised is no longer due."""
    user = user_of(request, "work_accounts")
    callback = fetch(Callback, user, related=("account__office", "account__person"), pk=pk)
    diary.cancel_callback(callback=callback, actor=user, today=clock.today())
    messages.success(request, f"Rappel de {words.person_name(callback.account.person)} annulé.")
    return redirect("day")
