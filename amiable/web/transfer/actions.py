"""What each person may do with a transfer: prepared, presented, then moved from hand to hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from amiable.accounts.models import Account
from amiable.core.access import may
from amiable.core.models import User
from amiable.domain.check import Check
from amiable.transfer import services
from amiable.transfer.lifecycle import LIFECYCLE, State
from amiable.transfer.models import Transfer
from amiable.web.kit.action import Action, Doer
from amiable.web.kit.forms import ActForm
from amiable.web.transfer.forms import ReasonForm, WaiverForm

WORK, DECIDE, RECEIVE = "work_accounts", "decide_transfer", "receive_transfer"


@dataclass(frozen=True)
class Means:
    """A friendly means of the gate that an account lacks."""

    account: Account
    check: Check


@dataclass(frozen=True)
class Move(Action[Transfer]):
    """A step of the road. to: where it leads; lead_fr: what will follow, told before it is done."""

    to: str = ""

    @property
    def needs_reason(self) -> bool:
        return self.form is ReasonForm


def _propose(account: Account, doer: Doer, form: object) -> str:
    services.propose(**doer.on(account))
    return "Dossier présenté : le responsable le trouve dans « À décider »."


def _waive(on: Means, doer: Doer, form: WaiverForm) -> str:
    services.waive(**doer.on(on.account), check_code=on.check.code, reason=form.reason)
    return f"{on.check.label_fr} : motif noté."


def _moved(service: Callable[..., Transfer], said_fr: str) -> Callable[[Transfer, Doer, ActForm], str]:
    def run(transfer: Transfer, doer: Doer, form: ActForm) -> str:
        reason = {"reason": form.cleaned_data["reason"]} if "reason" in form.cleaned_data else {}
        service(transfer=transfer, **doer.by, **reason)
        return said_fr

    return run


PROPOSE = Action("propose", "Présenter au responsable", "Présenter au responsable", WORK, _propose)
WAIVE: Action[Means] = Action(
    "waive",
    "Moyen impossible",
    "Noter le motif",
    WORK,
    _waive,
    WaiverForm,
    lead_fr=lambda on: f"{on.check.label_fr} : {on.check.said_fr}.",
)
MOVES = {
    move.code: move
    for move in (
        Move(
            "transmettre",
            "Transmettre au contentieux",
            "Transmettre",
            DECIDE,
            _moved(services.decide, "Dossier transmis : le contentieux peut le recevoir."),
            lead_fr="Le dossier de preuves est figé tel qu’il est aujourd’hui et remis au contentieux.",
            to=State.DECIDED,
        ),
        Move(
            "refuser",
            "Garder en amiable",
            "Garder en amiable",
            DECIDE,
            _moved(services.refuse, "Dossier gardé en amiable, avec son motif."),
            ReasonForm,
            lead_fr="Le compte reste suivi à l’amiable ; le motif est dit dans le fil.",
            to=State.REFUSED,
        ),
        Move(
            "recevoir",
            "Recevoir le dossier",
            "Recevoir",
            RECEIVE,
            _moved(services.receive, "Dossier reçu : le compte et ses limites sont dans votre journée."),
            lead_fr="Le compte vous est confié avec ses limites légales, et les relances amiables "
            "s’arrêtent.",
            to=State.RECEIVED,
        ),
        Move(
            "rendre",
            "Rendre le dossier",
            "Rendre",
            RECEIVE,
            _moved(services.give_back, "Dossier rendu avec ses raisons."),
            ReasonForm,
            lead_fr="Le compte revient à qui le suivait, avec vos raisons.",
            to=State.RETURNED,
        ),
        Move(
            "retirer",
            "Retirer le dossier",
            "Retirer",
            WORK,
            _moved(services.withdraw, "Dossier retiré du contentieux."),
            ReasonForm,
            lead_fr="Dette payée ou plan repris : le suivi amiable reprend, les actes faits restent dans "
            "le fil.",
            to=State.WITHDRAWN,
        ),
    )
}
ACTIONS = (PROPOSE, WAIVE, *MOVES.values())


def offered(transfer: Transfer, user: User) -> list[Move]:
    """The moves this person may make from where the transfer stands."""
    next_ones = LIFECYCLE.moves[transfer.state]
    return [move for move in MOVES.values() if move.to in next_ones and may(user, move.needs(transfer))]
