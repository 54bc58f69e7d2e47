"""What is done on a plan: each act's words, its form, and the service it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import require
from amiable.core.models import User
from amiable.diary.writing import open_for
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.plans import services as plans
from amiable.plans.lifecycle import PREPARED, State
from amiable.plans.models import PlanVersion
from amiable.web.kit.forms import ActForm
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name
from amiable.web.plans.collective import KEPT_LIST
from amiable.web.plans.forms import ConfirmForm, ReasonForm, ScanForm, ShareForm, WarnForm
from amiable.web.plans.views import versions_of

#: (cleaned values, version, actor, now) -> what is said once it is done.
Run = Callable[[dict[str, Any], PlanVersion, User, datetime], str]


@dataclass(frozen=True)
class Act:
    """title, lead, button: the page's words. states: those the act starts from, the newest version first."""

    title: str
    button: str
    run: Run
    states: tuple[str, ...]
    form: type[ActForm] = ConfirmForm
    lead: str = ""
    capability: str = "work_accounts"
    at_once: bool = False


def _submit(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    done = plans.submit(version=version, actor=actor, today=now.date())
    if done.state == State.TO_APPROVE:
        return "Plan soumis : il dépasse votre délégation, le responsable le verra dans « Plans »."
    return "Plan approuvé dans votre délégation : il reste à l’éditer et à le faire signer."


def _approve(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.approve(version=version, actor=actor, today=now.date())
    return "Plan approuvé."


def _send_back(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.send_back(version=version, reason=value["reason"], actor=actor, today=now.date())
    return "Plan renvoyé au chargé de recouvrement, avec votre motif."


def _take_back(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.take_back(version=version, actor=actor, today=now.date())
    return "Le plan est de nouveau un brouillon."


def _ready(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.ready_to_sign(version=version, actor=actor, now=now)
    return "Le plan est édité : imprimez-le, ou faites-le signer à l’écran."


def _scan(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    scan = value["scan"].read()
    plans.sign_on_paper(version=version, scan=scan, signed_on=value["signed_on"], actor=actor, now=now)
    return "Plan signé : il est en cours, les relances sur cette dette s’arrêtent."


def _warn(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.warn(version=version, channel=value["channel"], actor=actor, now=now)
    return "Avertissement préparé : il part au prochain envoi."


def _denounce(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.denounce_and_tell(version=version, reason=value["reason"], actor=actor, now=now)
    return "Plan dénoncé : la lettre recommandée est prête à partir et la procédure reprend."


def _cancel(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.cancel(version=version, reason=value["reason"], actor=actor, today=now.date())
    return "Plan annulé : il n’a plus d’effet."


def _confirm(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.confirm(version=version, actor=actor, now=now)
    return "Lettre de confirmation préparée."


def _share(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    for one in value["people"]:
        plans.share(version=version, to=one, actor=actor, now=now)
    return f"{french.plural(len(value['people']), 'copie')} dans la file d’envoi."


def _congratulate(value: dict[str, Any], version: PlanVersion, actor: User, now: datetime) -> str:
    plans.congratulate(version=version, actor=actor, now=now)
    return "Lettre de félicitations préparée."


ACTS: dict[str, Act] = {
    "soumettre": Act("Valider le plan", "Valider", _submit, (State.DRAFT,), at_once=True),
    "approuver": Act(
        "Approuver le plan",
        "Approuver",
        _approve,
        (State.TO_APPROVE,),
        capability="approve_plans",
        at_once=True,
    ),
    "renvoyer": Act(
        "Renvoyer le plan",
        "Renvoyer",
        _send_back,
        (State.TO_APPROVE,),
        ReasonForm,
        "Le plan redevient un brouillon ; votre motif s’affiche au chargé de recouvrement.",
        "approve_plans",
    ),
    "reprendre": Act(
        "Reprendre le plan",
        "Reprendre",
        _take_back,
        (State.TO_APPROVE, State.APPROVED, State.TO_SIGN),
        at_once=True,
    ),
    "editer": Act("Éditer le plan", "Éditer", _ready, (State.APPROVED,), at_once=True),
    "scan": Act(
        "Joindre le plan signé",
        "Enregistrer la signature",
        _scan,
        (State.TO_SIGN,),
        ScanForm,
        "Le plan commence dès la signature : les relances sur cette dette s’arrêtent jusqu’à son terme.",
    ),
    "avertir": Act(
        "Avertir d’une échéance manquée",
        "Préparer l’envoi",
        _warn,
        (State.ACTIVE,),
        WarnForm,
        "Le message dit ce qui manque et jusqu’à quand régulariser ; il propose d’appeler.",
    ),
    "confirmer": Act("Confirmer l’accord", "Préparer la lettre", _confirm, (State.ACTIVE,), at_once=True),
    "transmettre": Act(
        "Transmettre une copie du plan",
        "Préparer les lettres",
        _share,
        (State.ACTIVE,),
        ShareForm,
        "La lettre dit ce qui a été convenu, sans rien demander. Elle ne part qu’une fois.",
    ),
    "denoncer": Act(
        "Dénoncer le plan",
        "Dénoncer",
        _denounce,
        (State.ACTIVE,),
        ReasonForm,
        "Une lettre recommandée part, toute la somme restante redevient exigible et la procédure reprend. "
        "Une révision est souvent préférable : le plan peut être adapté aux ressources d’aujourd’hui.",
    ),
    "annuler": Act(
        "Annuler le plan",
        "Annuler le plan",
        _cancel,
        (*PREPARED, State.ACTIVE),
        ReasonForm,
        "Pour une erreur seulement : le plan reste dans le dossier, sans effet.",
    ),
    "feliciter": Act("Féliciter", "Préparer la lettre", _congratulate, (State.COMPLETED,), at_once=True),
}


def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One act on the newest version it fits: at once from a button, or after its form."""
    wanted, user = ACTS.get(code), user_of(request)
    if wanted is None:
        raise Http404
    require(user, wanted.capability)
    version = next((one for one in versions_of(user, pk) if one.state in wanted.states), None)
    if version is None:
        messages.error(request, "Ce plan a changé d’état : cette action n’est plus possible.")
        return redirect("plan", pk)
    account = version.plan.account
    sent = request.method == "POST"
    form = wanted.form(
        request.POST if sent else None, request.FILES or None, account=account, user=user, today=clock.today()
    )
    if sent and form.is_valid():
        try:
            with transaction.atomic():
                # What the screen read is compared here, once: the services then act on what is.
                open_for(account, actor=user, version=form.cleaned_data["version"])
                said = wanted.run(form.cleaned_data, version, user, clock.now())
        except DomainError as refusal:
            if wanted.at_once:
                messages.error(request, refusal.message_fr)
                return _back(request, pk)
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, said)
            return _back(request, pk)
    context = {
        "area": "plans",
        "plan": version.plan,
        "account": account,
        "name": person_name(version.plan.person),
        "act": wanted,
        "form": form,
        "version": account.version,
        "has_file": wanted.form is ScanForm,
    }
    return render(request, "plans/act.html", context, status=422 if form.errors else 200)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's page, or the list whose line had the button."""
    if request.POST.get("retour") == KEPT_LIST:
        return redirect(f"{reverse('plans')}?liste={KEPT_LIST}")
    return redirect("plan", pk)
