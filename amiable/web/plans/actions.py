"""What is done on a plan: worked out, approved, signed, followed, ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.domain.text import french
from amiable.plans import services as plans
from amiable.plans.lifecycle import PREPARED, State
from amiable.plans.models import PlanVersion
from amiable.procedures.in_force import policy_of
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.plans import forms


@dataclass(frozen=True)
class Drawing:
    """An agreement being worked out over accounts of one person; version: the one it changes or follows.

    twelfths: opened on the arrears of a year's charges, paid by twelfths.
    """

    account: Account
    accounts: tuple[Account, ...]
    version: PlanVersion | None = None
    twelfths: bool = False


@dataclass(frozen=True)
class Signing:
    """A version the debtor signs at the desk. station: the address of the workstation."""

    version: PlanVersion
    station: str


def _submit(version: PlanVersion, doer: Doer, form: Any) -> str:
    done = plans.submit(version=version, **doer.by)
    if done.state == State.TO_APPROVE:
        return "Plan soumis : il dépasse votre délégation, le responsable le verra dans « Plans »."
    return "Plan approuvé dans votre délégation : il reste à l’éditer et à le faire signer."


def _approve(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.approve(version=version, **doer.by)
    return "Plan approuvé."


def _send_back(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.send_back(version=version, reason=form.cleaned_data["reason"], **doer.by)
    return "Plan renvoyé au chargé de recouvrement, avec votre motif."


def _take_back(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.take_back(version=version, **doer.by)
    return "Le plan est de nouveau un brouillon."


def _ready(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.ready_to_sign(version=version, **doer.now_by)
    return "Le plan est édité : imprimez-le, ou faites-le signer à l’écran."


def _scan(version: PlanVersion, doer: Doer, form: Any) -> str:
    scan = form.cleaned_data["scan"].read()
    plans.sign_on_paper(version=version, scan=scan, signed_on=form.cleaned_data["signed_on"], **doer.now_by)
    return "Plan signé : il est en cours, les relances sur cette dette s’arrêtent."


def _warn(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.warn(version=version, channel=form.cleaned_data["channel"], **doer.now_by)
    return "Avertissement préparé : il part au prochain envoi."


def _denounce(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.denounce_and_tell(version=version, reason=form.cleaned_data["reason"], **doer.now_by)
    return "Plan dénoncé : la lettre recommandée est prête à partir et la procédure reprend."


def _cancel(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.cancel(version=version, reason=form.cleaned_data["reason"], **doer.by)
    return "Plan annulé : il n’a plus d’effet."


def _confirm(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.confirm(version=version, **doer.now_by)
    return "Lettre de confirmation préparée."


def _share(version: PlanVersion, doer: Doer, form: Any) -> str:
    for one in form.cleaned_data["people"]:
        plans.share(version=version, to=one, **doer.now_by)
    return f"{french.plural(len(form.cleaned_data['people']), 'copie')} dans la file d’envoi."


def _congratulate(version: PlanVersion, doer: Doer, form: Any) -> str:
    plans.congratulate(version=version, **doer.now_by)
    return "Lettre de félicitations préparée."


def _agreed(on: Drawing, form: forms.SimulatorForm) -> dict[str, Any]:
    """What the officer and the debtor agreed on, with the amount that was on screen."""
    value = form.cleaned_data
    return {
        "asked": form.asked(gap_days(on.account, form.today), value["seen_cents"] or 0),
        "statement_on": value["statement_on"],
        "capacity_cents": value["capacity_cents"],
    }


KEPT = "Brouillon enregistré. Il reste à le faire approuver, puis signer."


def _draw_up(on: Drawing, doer: Doer, form: forms.SimulatorForm) -> Done:
    return Done(KEPT, plans.draw_up(accounts=form.chosen, **_agreed(on, form), **doer.by))


def _redraw(on: Drawing, doer: Doer, form: forms.SimulatorForm) -> Done:
    assert on.version is not None
    return Done(KEPT, plans.redraw(draft=on.version, **_agreed(on, form), **doer.by))


def _revise(on: Drawing, doer: Doer, form: forms.RevisionForm) -> Done:
    assert on.version is not None
    reason = form.cleaned_data["reason"]
    return Done(KEPT, plans.revise(plan=on.version.plan, reason=reason, **_agreed(on, form), **doer.by))


def _sign(on: Signing, doer: Doer, form: forms.SignForm) -> str:
    plans.sign_electronically(version=on.version, station=on.station, **form.cleaned_data, **doer.now_by)
    return "Plan signé. La preuve de signature est gardée avec les documents du compte."


WORK, APPROVE = "work_accounts", "approve_plans"


def gap_days(account: Account, today: date) -> int:
    """The office's distance from the rent's day."""
    return int(policy_of(account.office, today)["plan_away_days"])


def _from(*states: str) -> Callable[[PlanVersion], bool]:
    """Offered on a version in one of these states."""
    return lambda version: version.state in states


ON_A_PLAN: dict[str, Action[PlanVersion]] = {
    action.code: action
    for action in (
        Action("soumettre", "Valider le plan", "Valider", WORK, _submit, when=_from(State.DRAFT)),
        Action(
            "approuver", "Approuver le plan", "Approuver", APPROVE, _approve, when=_from(State.TO_APPROVE)
        ),
        Action(
            "renvoyer",
            "Renvoyer le plan",
            "Renvoyer",
            APPROVE,
            _send_back,
            forms.ReasonForm,
            _from(State.TO_APPROVE),
            "Le plan redevient un brouillon ; votre motif s’affiche au chargé de recouvrement.",
        ),
        Action(
            "reprendre",
            "Reprendre le plan",
            "Reprendre",
            WORK,
            _take_back,
            when=_from(State.TO_APPROVE, State.APPROVED, State.TO_SIGN),
        ),
        Action("editer", "Éditer le plan", "Éditer", WORK, _ready, when=_from(State.APPROVED)),
        Action(
            "scan",
            "Joindre le plan signé",
            "Enregistrer la signature",
            WORK,
            _scan,
            forms.ScanForm,
            _from(State.TO_SIGN),
            "Le plan commence dès la signature : les relances sur cette dette s’arrêtent jusqu’à son terme.",
        ),
        Action(
            "avertir",
            "Avertir d’une échéance manquée",
            "Préparer l’envoi",
            WORK,
            _warn,
            forms.WarnForm,
            _from(State.ACTIVE),
            "Le message dit ce qui manque et jusqu’à quand régulariser ; il propose d’appeler.",
        ),
        Action(
            "confirmer", "Confirmer l’accord", "Préparer la lettre", WORK, _confirm, when=_from(State.ACTIVE)
        ),
        Action(
            "transmettre",
            "Transmettre une copie du plan",
            "Préparer les lettres",
            WORK,
            _share,
            forms.ShareForm,
            _from(State.ACTIVE),
            "La lettre dit ce qui a été convenu, sans rien demander. Elle ne part qu’une fois.",
        ),
        Action(
            "denoncer",
            "Dénoncer le plan",
            "Dénoncer",
            WORK,
            _denounce,
            forms.ReasonForm,
            _from(State.ACTIVE),
            "Une lettre recommandée part, toute la somme restante redevient exigible et la procédure "
            "reprend. Une révision est souvent préférable : le plan peut être adapté aux ressources "
            "d’aujourd’hui.",
        ),
        Action(
            "annuler",
            "Annuler le plan",
            "Annuler le plan",
            WORK,
            _cancel,
            forms.ReasonForm,
            _from(*PREPARED, State.ACTIVE),
            "Pour une erreur seulement : le plan reste dans le dossier, sans effet.",
        ),
        Action(
            "feliciter", "Féliciter", "Préparer la lettre", WORK, _congratulate, when=_from(State.COMPLETED)
        ),
    )
}
SIMULATOR = ("Simuler un plan", "Enregistrer le brouillon", WORK)
DRAW_UP = Action("draw_up", *SIMULATOR, _draw_up, forms.SimulatorForm)
REDRAW = Action("redraw", *SIMULATOR, _redraw, forms.SimulatorForm)
REVISE = Action("revise", *SIMULATOR, _revise, forms.RevisionForm)
SIGN = Action("sign", "Signer le plan", "Je signe", WORK, _sign, forms.SignForm)
ACTIONS = (*ON_A_PLAN.values(), DRAW_UP, REDRAW, REVISE, SIGN)
