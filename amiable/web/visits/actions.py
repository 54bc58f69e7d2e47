"""What is done about visits: decided, refused, cancelled, put in rounds, reported; and where homes are."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from amiable.accounts.models import Account
from amiable.core.clock import PARIS
from amiable.core.models import Office, User
from amiable.domain.text.french import plural
from amiable.visits import geocoding, services
from amiable.visits.models import Round, Visit
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm
from amiable.web.visits import forms

WORK = "work_accounts"


def _decide(account: Account, doer: Doer, form: forms.DecideForm) -> str:
    value = form.cleaned_data
    names = ("minutes", "from_at", "to_at", "needs_two", "note")
    services.accept(**doer.on(account), **{name: value[name] for name in names})
    return "Visite décidée : elle attend une tournée dans « À planifier »."


def _refuse(account: Account, doer: Doer, form: forms.RefuseForm) -> str:
    services.refuse(**doer.on(account), reason=form.reason)
    return "Visite écartée avec son motif ; la procédure continue."


def _cancel(visit: Visit, doer: Doer, form: forms.ReasonForm) -> str:
    services.cancel(visit=visit, reason=form.cleaned_data["reason"], **doer.by)
    return "Visite annulée."


def _report(visit: Visit, doer: Doer, form: forms.ReportForm) -> str:
    value = form.cleaned_data
    found = services.Findings(
        outcome=value["outcome"],
        occupancy=tuple(value["occupancy"]),
        dwelling=tuple(value["dwelling"]),
        commitments=tuple(value["commitments"]),
        said=value["said"],
        notice_left=value["notice_left"],
        promise_cents=value["promise"],
        promise_on=value["promise_on"],
    )
    services.report(
        visit=visit,
        uuid=uuid4(),
        found=found,
        visited_at=datetime.combine(value["visited_on"], value["visited_time"], PARIS),
        pictures={uuid4(): content for content in value["photos"]},
        **doer.now_by,
    )
    return "Rapport enregistré."


def _plan_round(user: User, doer: Doer, form: forms.RoundForm) -> Done:
    tour, found = services.plan_round(**doer.by, **form.cleaned_data)
    left = len(found.left)
    waits = f"{plural(left, 'visite attend', 'visites attendent')} encore dans « À planifier »."
    return Done(f"Tournée créée : {plural(tour.visits.count(), 'visite')}.", tour, (waits,) if left else ())


def _drop_round(tour: Round, doer: Doer, form: object) -> str:
    count = services.drop_round(tour=tour, actor=doer.actor)
    return f"Tournée défaite : {plural(count, 'visite attend', 'visites attendent')} de nouveau."


def _take_off(visit: Visit, doer: Doer, form: object) -> Done:
    tour_id = visit.round_id
    services.take_off(visit=visit, actor=doer.actor)
    return Done("Visite retirée : elle attend une autre tournée.", tour_id)


def _import_places(office: Office, doer: Doer, form: forms.PlacesForm) -> Done:
    data = form.cleaned_data["file"].read()
    found = geocoding.import_places(office=office, data=data, **doer.by)
    said = f"{plural(found.new, 'lieu ajouté', 'lieux ajoutés')}, {found.changed} changés."
    return Done(said, found)


DECIDE = Action("decide", "Décider d’une visite", "Accepter la visite", WORK, _decide, forms.DecideForm)
REFUSE = Action(
    "refuse",
    "Écarter la visite",
    "Écarter",
    WORK,
    _refuse,
    forms.RefuseForm,
    lead_fr="La visite proposée est écartée, son motif est gardé dans le fil.",
)
CANCEL = Action(
    "cancel",
    "Annuler la visite",
    "Annuler la visite",
    WORK,
    _cancel,
    forms.ReasonForm,
    lead_fr="La procédure pourra la proposer de nouveau.",
)
REPORT = Action(
    "report",
    "Rapport de visite",
    "Enregistrer le rapport",
    WORK,
    _report,
    forms.ReportForm,
    lead_fr="Des faits observés et des paroles : ni jugement, ni supposition.",
)
PLAN_ROUND = Action(
    "plan_round", "Préparer une tournée", "Créer cette tournée", WORK, _plan_round, forms.RoundForm
)
DROP_ROUND = Action("drop_round", "Défaire la tournée", "Défaire la tournée", WORK, _drop_round, ActionForm)
TAKE_OFF = Action("take_off", "Retirer la visite de sa tournée", "Retirer", WORK, _take_off, ActionForm)
IMPORT_PLACES = Action("places", "Lieux", "Importer", "import_lists", _import_places, forms.PlacesForm)
ACTIONS = (DECIDE, REFUSE, CANCEL, REPORT, PLAN_ROUND, DROP_ROUND, TAKE_OFF, IMPORT_PLACES)
