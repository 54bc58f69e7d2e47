"""What can be done on an account: each act's words, its form, and the service it calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from amiable.accounts.models import Account
from amiable.diary import services as diary
from amiable.diary.disputes import open_dispute
from amiable.diary.interruptions import ACTS
from amiable.diary.models import Callback, DiaryEntry, Hold, Promise
from amiable.domain.text.french import euros
from amiable.parties import services as parties
from amiable.parties.models import ContactPoint
from amiable.procedures import instructions
from amiable.procedures.models import Instruction
from amiable.web.account import forms
from amiable.web.account.prescription import InterruptionForm
from amiable.web.account.reaching import Message, call, write
from amiable.web.kit.action import Action, Doer
from amiable.web.kit.forms import ActionForm
from amiable.web.kit.words import person_name, phone_words

R = TypeVar("R")


@dataclass(frozen=True)
class Of(Generic[R]):
    """A record of the account, within its reader's scope."""

    account: Account
    row: R


def _note(account: Account, doer: Doer, form: forms.NoteForm) -> str:
    diary.log_note(**doer.on(account), text=form.cleaned_data["text"])
    return "Note ajoutée."


def _pause(account: Account, doer: Doer, form: forms.PauseForm) -> str:
    ends_on = form.cleaned_data["ends_on"]
    diary.start_hold(**doer.on(account), kind="pause", reason=form.reason, ends_on=ends_on)
    return f"Compte en pause jusqu’au {ends_on:%d/%m/%Y}."


def _dispute(account: Account, doer: Doer, form: forms.DisputeForm) -> str:
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


def _hold(account: Account, doer: Doer, form: forms.HoldForm) -> str:
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


def _promise(account: Account, doer: Doer, form: forms.PromiseForm) -> str:
    value = form.cleaned_data
    diary.make_promise(**doer.on(account), amount_cents=value["amount_cents"], due_on=value["due_on"])
    return f"Promesse de {euros(value['amount_cents'])} pour le {value['due_on']:%d/%m/%Y} notée."


def _ask(account: Account, doer: Doer, form: forms.AskForm) -> str:
    value = form.cleaned_data
    diary.ask_colleague(
        **doer.on(account), assignee=form.colleague, text=value["text"], due_on=value["due_on"]
    )
    return f"Demande adressée à {form.colleague}. La réponse arrivera dans le fil."


def _step_done(account: Account, doer: Doer, form: forms.StepForm) -> str:
    value = form.cleaned_data
    diary.mark_step_done(**doer.on(account), step=value["step"], on=value["on"], note=value["note"])
    return "Étape notée comme faite."


def _skip(account: Account, doer: Doer, form: forms.SkipForm) -> str:
    diary.skip_step(**doer.on(account), step=form.cleaned_data["step"], reason=form.cleaned_data["text"])
    return "Étape écartée, avec son motif."


def _contact(account: Account, doer: Doer, form: forms.ContactForm) -> str:
    value = form.cleaned_data
    point = diary.change_contact(
        **doer.on(account), person=account.person, kind=value["kind"], value=value["value"]
    )
    said = phone_words(point.value) if point.kind == "phone" else point.value
    return f"{said} ajouté."


def _interrupt(account: Account, doer: Doer, form: InterruptionForm) -> str:
    """What the officer noted, and from when the prescription runs again."""
    value = form.cleaned_data
    diary.record_interruption(**doer.on(account), act=value["act"], on=value["on"], note=value["note"])
    return f"{ACTS[value['act']]} du {value['on']:%d/%m/%Y} : la prescription repart de ce jour."


def _preferences(account: Account, doer: Doer, form: forms.PreferencesForm) -> str:
    value = form.cleaned_data
    names = ("email_opt_out", "sms_opt_out", "preferred_channel", "language")
    parties.set_preferences(person=account.person, actor=doer.actor, **{name: value[name] for name in names})
    return "Préférences enregistrées."


def _correct(on: Of[DiaryEntry], doer: Doer, form: forms.CorrectForm) -> str:
    diary.correct(entry=on.row, reason=form.cleaned_data["text"], **doer.by)
    return "Ligne corrigée : elle reste lisible et ne compte plus."


def _lift(on: Of[Hold], doer: Doer, form: forms.LiftForm) -> str:
    diary.lift_hold(hold=on.row, reason=form.cleaned_data["text"], **doer.by)
    return "Attente levée : la procédure reprend."


def _cancel_promise(on: Of[Promise], doer: Doer, form: object) -> str:
    diary.cancel_promise(promise=on.row, actor=doer.actor, today=doer.today)
    return "Promesse annulée."


def _replace_contact(on: Of[ContactPoint], doer: Doer, form: forms.NewContactForm) -> str:
    value = form.cleaned_data
    diary.change_contact(
        **doer.on(on.account),
        person=on.account.person,
        kind=value["kind"],
        value=value["value"],
        replaces=on.row,
    )
    return "Moyen de contact modifié."


def _report_contact(on: Of[ContactPoint], doer: Doer, form: forms.ProblemForm) -> str:
    problem = form.cleaned_data["problem"]
    diary.record_contact_problem(**doer.on(on.account), contact_point=on.row, problem=problem)
    return "Problème noté : ce moyen de contact n’est plus utilisé, une demande est ouverte."


def _contact_works(on: Of[ContactPoint], doer: Doer, form: object) -> str:
    diary.contact_works(account=on.account, contact_point=on.row, actor=doer.actor, today=doer.today)
    return "Ce moyen de contact est de nouveau utilisé."


def _cancel_callback(callback: Callback, doer: Doer, form: object) -> str:
    diary.cancel_callback(callback=callback, actor=doer.actor, today=doer.today)
    return f"Rappel de {person_name(callback.account.person)} annulé."


def _acknowledge(instruction: Instruction, doer: Doer, form: object) -> str:
    instructions.acknowledge(instruction=instruction, user=doer.actor)
    return ""


WORK = "work_accounts"
DOINGS: dict[str, Action[Account]] = {
    doing.code: doing
    for doing in (
        Action("note", "Note", "Ajouter la note", WORK, _note, forms.NoteForm),
        Action(
            "pause",
            "Mettre en pause",
            "Mettre en pause",
            WORK,
            _pause,
            forms.PauseForm,
            lead_fr="Rien n’est demandé à la personne jusqu’à cette date. "
            "Les délais légaux courent toujours.",
        ),
        Action(
            "contestation",
            "Contestation",
            "Mettre à part",
            WORK,
            _dispute,
            forms.DisputeForm,
            lead_fr="Le montant contesté est mis à part ; le reste de la dette est suivi comme d’habitude.",
        ),
        Action(
            "promesse",
            "Promesse de paiement",
            "Noter la promesse",
            WORK,
            _promise,
            forms.PromiseForm,
            lead_fr="Les encaissements diront eux-mêmes si elle est tenue.",
        ),
        Action(
            "demande",
            "Demander à un collègue",
            "Envoyer la demande",
            WORK,
            _ask,
            forms.AskForm,
        ),
        Action(
            "attente",
            "Autre mise en attente",
            "Mettre en attente",
            WORK,
            _hold,
            forms.HoldForm,
            lead_fr="Plan, surendettement, protection d’un majeur, décès : les relances sont suspendues.",
        ),
        Action(
            "prescription",
            "Acte qui interrompt la prescription",
            "Noter l’acte",
            WORK,
            _interrupt,
            InterruptionForm,
            lead_fr="Une lettre recommandée, même de mise en demeure, n’interrompt pas celle d’un loyer "
            "(TIME-02).",
        ),
        Action("etape-faite", "Étape faite", "Noter comme faite", WORK, _step_done, forms.StepForm),
        Action("etape-ecartee", "Écarter l’étape", "Écarter l’étape", WORK, _skip, forms.SkipForm),
        Action("contact", "Ajouter un moyen de contact", "Ajouter", WORK, _contact, forms.ContactForm),
    )
}
#: Offered as dialogs on the fiche, in this order.
DIALOGS = ("note", "pause", "contestation", "promesse", "demande", "attente")

CALL = Action("appel", "Appeler", "Enregistrer l’appel", WORK, call, forms.CallForm)
WRITE: Action[Message] = Action(
    "write",
    "Écrire",
    lambda on: "Envoyer" if on.own_words else "Mettre au courrier",
    WORK,
    write,
    forms.MessageForm,
)
PREFERENCES = Action(
    "preferences", "Préférences de contact", "Enregistrer", WORK, _preferences, forms.PreferencesForm
)
CORRECT: Action[Of[DiaryEntry]] = Action(
    "correct",
    "Corriger une ligne",
    "Corriger",
    WORK,
    _correct,
    forms.CorrectForm,
    lead_fr=lambda on: f"{on.row.get_kind_display()} du {on.row.on:%d/%m/%Y}",
)
LIFT: Action[Of[Hold]] = Action(
    "lift",
    "Lever l’attente",
    "Lever l’attente",
    WORK,
    _lift,
    forms.LiftForm,
    lead_fr=lambda on: f"{on.row.get_kind_display()} : {on.row.reason}",
)
CANCEL_PROMISE: Action[Of[Promise]] = Action(
    "cancel_promise",
    "Annuler la promesse",
    "Annuler la promesse",
    WORK,
    _cancel_promise,
)
REPLACE_CONTACT: Action[Of[ContactPoint]] = Action(
    "replace_contact",
    "Modifier un moyen de contact",
    "Enregistrer",
    WORK,
    _replace_contact,
    forms.NewContactForm,
)
REPORT_CONTACT: Action[Of[ContactPoint]] = Action(
    "report_contact",
    "Signaler un problème",
    "Signaler",
    WORK,
    _report_contact,
    forms.ProblemForm,
    lead_fr=lambda on: phone_words(on.row.value) if on.row.kind == "phone" else on.row.value,
)
CONTACT_WORKS: Action[Of[ContactPoint]] = Action(
    "contact_works",
    "Ce moyen de contact fonctionne",
    "Il fonctionne",
    WORK,
    _contact_works,
)
CANCEL_CALLBACK: Action[Callback] = Action(
    "cancel_callback",
    "Annuler le rappel",
    "Annuler le rappel",
    WORK,
    _cancel_callback,
)
ACKNOWLEDGE: Action[Instruction] = Action(
    "acknowledge",
    "Consigne",
    "J’ai lu",
    WORK,
    _acknowledge,
    ActionForm,
)
ACTIONS = (
    *DOINGS.values(), CALL, WRITE, PREFERENCES, CORRECT, LIFT, CANCEL_PROMISE,
    REPLACE_CONTACT, REPORT_CONTACT, CONTACT_WORKS, CANCEL_CALLBACK, ACKNOWLEDGE,
)  # fmt: skip
