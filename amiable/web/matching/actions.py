"""What is decided of money whose owner is not sure: whose it is, that it is known already, or undone."""

from __future__ import annotations

from django import forms

from amiable.accounts.models import Account
from amiable.bank import confirm as decisions
from amiable.bank.models import BankTransaction
from amiable.core.access import fetch, scope
from amiable.domain.text.french import euros
from amiable.intake import deciding as row_decisions
from amiable.intake.models import ToldRow
from amiable.intake.refresh import refresh_positions
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm

MATCH = "match_payments"
Status = BankTransaction.Status
SAME = "C’est le même : rien n’est inscrit une seconde fois."


class ChosenForm(ActionForm):
    """The account chosen, by its reference; `apart`: money of its own, whatever looks like it."""

    compte = forms.CharField(label="Compte", required=False)
    apart = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_compte(self) -> Account:
        ref = self.cleaned_data["compte"].strip()
        account = scope(Account.objects.filter(ref=ref), self.user).first()
        if account is None:
            raise forms.ValidationError(f"Aucun compte « {ref} » : rien n’a été inscrit.")
        return account


def _confirm(row: BankTransaction, doer: Doer, form: ChosenForm) -> Done:
    account = form.cleaned_data["compte"]
    apart = form.cleaned_data["apart"] == "1"
    posted = decisions.confirm(row=row, account=account, apart=apart, **doer.by)
    ref = account.ref
    if posted is None:
        return Done(
            "", None, (f"{ref} : une écriture proche existe déjà, dites si c’est la même opération.",)
        )
    refresh_positions(row.office, [account.pk], today=doer.today)
    if posted.already:
        return Done(f"{ref} : cette écriture venait déjà d’une liste, rien n’a été doublé.", posted)
    if row.nature_fr:
        return Done(f"{ref} : {row.nature_fr}, {euros(abs(row.amount_cents))} inscrits.", posted)
    learned = " L’IBAN est retenu pour la prochaine fois." if row.iban else ""
    return Done(f"{ref} : {euros(row.amount_cents)} inscrits.{learned}", posted)


def _set_aside(row: BankTransaction, doer: Doer, form: object) -> str:
    decisions.set_aside(row=row, actor=doer.actor)
    return "Ligne mise de côté : elle se retrouve dans l’onglet « Mis de côté »."


def _put_back(row: BankTransaction, doer: Doer, form: object) -> str:
    posted = [line.entry for line in (row, *row.parts.select_related("entry")) if line.entry]
    was_posted = bool(posted) and row.status in (Status.MATCHED, Status.SPLIT)
    decisions.put_back(row=row, **doer.by)
    if posted:
        refresh_positions(row.office, [entry.account_id for entry in posted], today=doer.today)
    undone = "l’écriture est contre-passée, " if was_posted else ""
    return f"Décision annulée : {undone}la ligne attend de nouveau."


def _same(row: BankTransaction, doer: Doer, form: object) -> str:
    decisions.same(row=row, actor=doer.actor)
    return SAME


def _another(row: BankTransaction, doer: Doer, form: object) -> str:
    account = decisions.own_account(row)
    if account is not None:
        fetch(Account, doer.actor, pk=account.pk)
    posted = decisions.another(row=row, **doer.by)
    if posted is None:
        return "C’est un autre : dites maintenant à quel compte."
    refresh_positions(row.office, [posted.account_id], today=doer.today)
    return f"C’est un autre : {euros(row.amount_cents)} inscrits à part."


def _row_same(row: ToldRow, doer: Doer, form: object) -> str:
    row_decisions.same(row=row, actor=doer.actor)
    return SAME


def _row_another(row: ToldRow, doer: Doer, form: object) -> str:
    row_decisions.another(row=row, actor=doer.actor)
    refresh_positions(row.office, [row.account_id], today=doer.today)
    return "C’est un autre : la ligne est inscrite."


def _row_back(row: ToldRow, doer: Doer, form: object) -> str:
    row_decisions.put_back(row=row, actor=doer.actor)
    refresh_positions(row.office, [row.account_id], today=doer.today)
    return "Décision annulée : la ligne attend de nouveau."


CONFIRM = Action("confirm", "Rapprocher", "C’est ce compte", MATCH, _confirm, ChosenForm)
SET_ASIDE = Action("aside", "Mettre de côté", "Mettre de côté", MATCH, _set_aside, ActionForm)
PUT_BACK = Action("back", "Annuler une décision", "Annuler cette décision", MATCH, _put_back, ActionForm)
THE_SAME = Action("same", "Déjà connu ?", "C’est le même", MATCH, _same, ActionForm)
ANOTHER = Action("another", "Déjà connu ?", "C’est un autre", MATCH, _another, ActionForm)
ROW_SAME = Action("row_same", "Déjà connu ?", "C’est le même", MATCH, _row_same, ActionForm)
ROW_ANOTHER = Action("row_another", "Déjà connu ?", "C’est un autre", MATCH, _row_another, ActionForm)
ROW_BACK = Action("row_back", "Annuler une décision", "Annuler cette décision", MATCH, _row_back, ActionForm)
ACTIONS = (CONFIRM, SET_ASIDE, PUT_BACK, THE_SAME, ANOTHER, ROW_SAME, ROW_ANOTHER, ROW_BACK)
