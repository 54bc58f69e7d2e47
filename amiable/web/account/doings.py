"""What can be done on an account: each act's words, its form, and the service it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from amiable.accounts.models import Account
from amiable.diary import services as diary
from amiable.diary.disputes import open_dispute
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros
from amiable.web.account import forms
from amiable.web.account.prescription import InterruptionForm, note_interruption
from amiable.web.kit.doer import Doer
from amiable.web.kit.forms import ActForm
from amiable.web.kit.steps import steps_of_office
from amiable.web.kit.words import phone_words


@dataclass(frozen=True)
class Doing:
    """code: the address; key: the shortcut; run: calls the service and says what was done."""

    code: str
    title: str
    button: str
    form: type[ActForm]
    run: Callable[[Any, Account, Doer], str]
    key: str = ""
    lead: str = ""


def step_to_call(account: Account) -> str:
    """The procedure's step a call accomplishes: the next one, when it is a call due by now."""
    position = getattr(account, "position", None)
    if position is None or not position.next_step:
        return ""
    step = steps_of_office(account.office_id).get(position.next_step)
    return step.code if step is not None and step.kind == "call" else ""


def _note(form: forms.NoteForm, account: Account, doer: Doer) -> str:
    diary.log_note(**doer.on(account), text=form.cleaned_data["text"])
    return "Note ajoutée."


def _pause(form: forms.PauseForm, account: Account, doer: Doer) -> str:
    ends_on = form.cleaned_data["ends_on"]
    diary.start_hold(**doer.on(account), kind="pause", reason=form.reason, ends_on=ends_on)
    return f"Compte en pause jusqu’au {ends_on:%d/%m/%Y}."


def _dispute(form: forms.DisputeForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    if value["in_court"]:
        diary.start_hold(**doer.on(account), kind="court", reason=form.reason)
        return "Contestation en justice notée : plus rien n’est demandé en attendant."
    dispute = open_dispute(
        **doer.on(account),
        motive=form.motive_code,
        reason=form.reason,
        disputed_cents=value["disputed_cents"],
    )
    apart = euros(value["disputed_cents"]) if value["disputed_cents"] else "toute la dette"
    return (
        f"Contestation notée : {apart} à part, réponse de {dispute.owner} "
        f"pour le {dispute.answer_by_on:%d/%m/%Y}."
    )


def _hold(form: forms.HoldForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    label = dict(form.fields["kind"].choices)[value["kind"]]
    diary.start_hold(
        **doer.on(account),
        kind=value["kind"],
        reason=value["detail"] or str(label),
        starts_on=value["starts_on"],
        ends_on=value["ends_on"],
    )
    return f"{label} : compte en attente."


def _promise(form: forms.PromiseForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    diary.make_promise(**doer.on(account), amount_cents=value["amount_cents"], due_on=value["due_on"])
    return f"Promesse de {euros(value['amount_cents'])} pour le {value['due_on']:%d/%m/%Y} notée."


def _ask(form: forms.AskForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    diary.ask_colleague(
        **doer.on(account), assignee=form.colleague, text=value["text"], due_on=value["due_on"]
    )
    return f"Demande adressée à {form.colleague}. La réponse arrivera dans le fil."


def _step_done(form: forms.StepForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    diary.mark_step_done(**doer.on(account), step=_step(account), on=value["on"], note=value["note"])
    return "Étape notée comme faite."


def _skip(form: forms.SkipForm, account: Account, doer: Doer) -> str:
    diary.skip_step(**doer.on(account), step=_step(account), reason=form.cleaned_data["text"])
    return "Étape écartée, avec son motif."


def _step(account: Account) -> str:
    position = getattr(account, "position", None)
    if position is None or not position.next_step:
        raise DomainError("no_step", "Ce compte n’a pas d’étape à traiter aujourd’hui.")
    return position.next_step


def _contact(form: forms.ContactForm, account: Account, doer: Doer) -> str:
    value = form.cleaned_data
    point = diary.change_contact(
        **doer.on(account), person=account.person, kind=value["kind"], value=value["value"]
    )
    said = phone_words(point.value) if point.kind == "phone" else point.value
    return f"{said} ajouté."


DOINGS = {
    doing.code: doing
    for doing in (
        Doing("note", "Note", "Ajouter la note", forms.NoteForm, _note, "n"),
        Doing(
            "pause",
            "Mettre en pause",
            "Mettre en pause",
            forms.PauseForm,
            _pause,
            "p",
            "Rien n’est demandé à la personne jusqu’à cette date. Les délais légaux courent toujours.",
        ),
        Doing(
            "contestation",
            "Contestation",
            "Mettre à part",
            forms.DisputeForm,
            _dispute,
            "d",
            "Le montant contesté est mis à part ; le reste de la dette est suivi comme d’habitude.",
        ),
        Doing(
            "promesse",
            "Promesse de paiement",
            "Noter la promesse",
            forms.PromiseForm,
            _promise,
            "r",
            "Les encaissements diront eux-mêmes si elle est tenue.",
        ),
        Doing("demande", "Demander à un collègue", "Envoyer la demande", forms.AskForm, _ask, "q"),
        Doing(
            "attente",
            "Autre mise en attente",
            "Mettre en attente",
            forms.HoldForm,
            _hold,
            "",
            "Plan, surendettement, protection d’un majeur, décès : les relances sont suspendues.",
        ),
        Doing(
            "prescription",
            "Acte qui interrompt la prescription",
            "Noter l’acte",
            InterruptionForm,
            note_interruption,
            "",
            "Une lettre recommandée, même de mise en demeure, n’interrompt pas celle d’un loyer (TIME-02).",
        ),
        Doing("etape-faite", "Étape faite", "Noter comme faite", forms.StepForm, _step_done),
        Doing("etape-ecartee", "Écarter l’étape", "Écarter l’étape", forms.SkipForm, _skip),
        Doing("contact", "Ajouter un moyen de contact", "Ajouter", forms.ContactForm, _contact),
    )
}
#: Offered as dialogs on the fiche, in this order.
DIALOGS = ("note", "pause", "contestation", "promesse", "demande", "attente")
