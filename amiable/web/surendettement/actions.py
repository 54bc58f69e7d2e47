"""What is done in a surendettement: the recevabilité noted, a debt erased, wrong letters taken back."""

from __future__ import annotations

from amiable.accounts.models import Account
from amiable.domain.text.french import euros
from amiable.overindebtedness import services as bdf
from amiable.web.kit.action import Action, Doer
from amiable.web.surendettement.forms import ReceivedForm, RecoveryForm

WORK = "work_accounts"


def _receive(account: Account, doer: Doer, form: ReceivedForm) -> str:
    done = bdf.receive(**doer.on(account), on=form.cleaned_data["on"])
    told = [f"Recevabilité notée au {done.on:%d/%m/%Y} : {euros(done.split.a.total_cents)} gelés."]
    if done.letters:
        told.append(f"{len(done.letters)} envoi(s) à rectifier, ci-dessous.")
    if done.repaired.withdrawn:
        told.append(f"{done.repaired.withdrawn} envoi(s) préparé(s) retiré(s).")
    return " ".join(told)


def _erase(account: Account, doer: Doer, form: RecoveryForm) -> str:
    done = bdf.erase(**doer.on(account), decision=form.decision())
    return f"{euros(done.erased_cents)} effacés. Reste dû : {euros(done.kept_cents)}."


def _apologise(account: Account, doer: Doer, form: object) -> str:
    bdf.write_apology(account=account, **doer.now_by)
    return "La lettre de rectification est prête à partir."


RECEIVE = Action("receive", "Noter une recevabilité", "Geler la dette échue", WORK, _receive, ReceivedForm)
ERASE = Action("erase", "Rétablissement personnel", "Effacer", WORK, _erase, RecoveryForm)
APOLOGISE = Action(
    "apologise", "Rectifier les envois", "Envoyer la lettre de rectification", WORK, _apologise
)
ACTIONS = (RECEIVE, ERASE, APOLOGISE)
