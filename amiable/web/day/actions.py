"""What is done to several lines of the day at once."""

from __future__ import annotations

from amiable.accounts.models import Account
from amiable.diary.services import start_hold, together
from amiable.domain.text.french import plural
from amiable.positions.assignment import entrust
from amiable.web.day.forms import EntrustForm, PauseForm
from amiable.web.kit.action import Action, Doer

Chosen = tuple[Account, ...]


def _pause(accounts: Chosen, doer: Doer, form: PauseForm) -> str:
    value = form.cleaned_data
    with together():
        for account in accounts:
            start_hold(
                account=account, kind="pause", reason=value["reason"], ends_on=value["ends_on"], **doer.by
            )
    return f"{plural(len(accounts), 'compte')} en pause jusqu’au {value['ends_on']:%d/%m/%Y}."


def _entrust(accounts: Chosen, doer: Doer, form: EntrustForm) -> str:
    officer = form.officers[form.cleaned_data["officer"]]
    moved = entrust(accounts=list(accounts), officer=officer, actor=doer.actor)
    confided = "confié" if moved < 2 else "confiés"
    return f"{plural(moved, 'compte')} {confided} à {officer}."


PAUSE = Action(
    "pause",
    "Mettre en pause",
    "Mettre en pause",
    "work_accounts",
    _pause,
    PauseForm,
    lead_fr="Personne ne sera relancé pendant la pause.",
)
ENTRUST = Action(
    "entrust",
    "Confier à un collègue",
    "Confier à un collègue",
    "work_accounts",
    _entrust,
    EntrustForm,
    lead_fr="Ces comptes quitteront votre liste et viendront dans celle de votre collègue.",
)
ACTIONS = (PAUSE, ENTRUST)
