"""What is done with the day's batches and with what left: approved, undone, sent, returned, tracked."""

from __future__ import annotations

from django import forms
from django.utils.dateparse import parse_datetime

from amiable.core.models import Office
from amiable.correspondence import outbox
from amiable.correspondence.models import OutboxItem
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach import services
from amiable.outreach.models import Batch, BatchLine
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.fields import DayField, DayInput
from amiable.web.kit.forms import ActionForm, set_choices

APPROVERS, WORK = "approve_batches", "work_accounts"


class SeenForm(ActionForm):
    """When the batch shown was prepared: one prepared again since is not approved unread."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class LinesForm(ActionForm):
    """The lines ticked."""

    ids = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    def prepare(self) -> None:
        known = self.target.lines.values_list("pk", flat=True)
        set_choices(self.fields["ids"], [(str(pk), "") for pk in known])


class NumberForm(ActionForm):
    number = forms.CharField(label="Numéro donné par La Poste", required=False, max_length=40)


class ReceivedForm(ActionForm):
    """The acknowledgement of receipt; without a number, the tracking number is the proof."""

    on = DayField(label="Reçue par la personne le", widget=DayInput)
    proof = forms.CharField(label="Numéro de l’avis", required=False, max_length=80)


class DoubtForm(ActionForm):
    left = forms.ChoiceField(
        label="Ce message est-il parti ?",
        choices=[("1", "Il est parti"), ("0", "Il n’est pas parti : l’envoyer de nouveau")],
        widget=forms.RadioSelect,
    )


def _prepare(office: Office, doer: Doer, form: object) -> str:
    batches = services.prepare(office=office, today=doer.today, now=doer.now)
    if not batches:
        return "Aucune relance n’est due aujourd’hui : rien à préparer."
    return f"{french.plural(len(batches), 'lot préparé', 'lots préparés')}."


def _approve(batch: Batch, doer: Doer, form: SeenForm) -> str:
    try:
        seen = parse_datetime(form.cleaned_data["seen"])
    except ValueError:
        seen = None
    if seen is not None and seen.tzinfo is None:  # no page of ours writes it so
        raise DomainError("not_a_moment", "Ce lot a été lu sur une page illisible : ouvrez-le de nouveau.")
    approved = services.approve(batch=batch, seen=seen, **doer.now_by)
    count = approved.lines.filter(status=BatchLine.Status.APPROVED).count()
    return (
        f"{french.plural(count, 'envoi approuvé', 'envois approuvés')}. Vous pouvez encore annuler, "
        "ou tout envoyer maintenant."
    )


def _remove(batch: Batch, doer: Doer, form: LinesForm) -> str:
    lines = list(batch.lines.filter(pk__in=form.cleaned_data["ids"]).select_related("batch__office"))
    for line in lines:
        services.remove_line(line=line, actor=doer.actor)
    if not lines:
        return "Cochez d’abord les lignes à retirer."
    return f"{french.plural(len(lines), 'compte retiré', 'comptes retirés')} du lot."


def _restore(line: BatchLine, doer: Doer, form: object) -> str:
    services.restore_line(line=line, actor=doer.actor)
    return ""


def _undo(batch: Batch, doer: Doer, form: object) -> str:
    count = services.undo(batch=batch, **doer.now_by)
    return f"Annulé : {french.plural(count, 'envoi ne part pas', 'envois ne partent pas')}."


def _send_now(batch: Batch, doer: Doer, form: object) -> str:
    services.send_now(batch=batch, **doer.now_by)
    services.start_due(doer.now)
    return ""


def _returned(item: OutboxItem, doer: Doer, form: object) -> str:
    services.record_returned_letter(item=item, **doer.now_by)
    return "Retour noté : l’adresse est à vérifier, une demande a été créée."


def _track(item: OutboxItem, doer: Doer, form: NumberForm) -> str:
    services.set_tracking_number(item=item, number=form.cleaned_data["number"], **doer.by)
    return "Numéro de recommandé enregistré."


def _received(item: OutboxItem, doer: Doer, form: ReceivedForm) -> str:
    on, proof = form.cleaned_data["on"], form.cleaned_data["proof"]
    services.record_received(item=item, on=on, proof=proof, **doer.by)
    return f"Réception notée au {on:%d/%m/%Y} : les délais courent de ce jour."


def _settle_doubt(item: OutboxItem, doer: Doer, form: DoubtForm) -> Done:
    outbox.resolve_doubt(item, left=form.cleaned_data["left"] == "1", now=doer.now)
    return Done("Noté.")


PREPARE = Action("prepare", "Préparer les lots", "Préparer", APPROVERS, _prepare, ActionForm)
APPROVE = Action("approve", "Approuver le lot", "Approuver", APPROVERS, _approve, SeenForm)
REMOVE = Action("remove", "Retirer du lot", "Retirer les lignes cochées", APPROVERS, _remove, LinesForm)
RESTORE = Action("restore", "Remettre dans le lot", "Remettre", APPROVERS, _restore, ActionForm)
UNDO = Action("undo", "Annuler l’approbation", "Annuler l’approbation", APPROVERS, _undo, ActionForm)
SEND = Action("send", "Envoyer le lot", "Tout envoyer maintenant", APPROVERS, _send_now, ActionForm)
RETURNED = Action("returned", "La lettre est revenue", "Noter le retour", WORK, _returned, ActionForm)
TRACK = Action("track", "Numéro de recommandé", "Enregistrer", WORK, _track, NumberForm)
RECEIVED = Action("received", "Avis de réception", "Noter la réception", WORK, _received, ReceivedForm)
SETTLE_DOUBT = Action("doubt", "Ce message est-il parti ?", "Noter", WORK, _settle_doubt, DoubtForm)
ACTIONS = (PREPARE, APPROVE, REMOVE, RESTORE, UNDO, SEND, RETURNED, TRACK, RECEIVED, SETTLE_DOUBT)
