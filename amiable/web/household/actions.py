"""What is done: an interview recorded or begun again; a situation oriented, estimated, erased."""

from __future__ import annotations

from amiable.accounts.models import Account
from amiable.domain.household.orientation import ORIENTATIONS
from amiable.domain.text import french
from amiable.household import letters, services, tasks
from amiable.household.models import Assessment
from amiable.web.household.forms import InterviewForm, OrientForm
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm

WORK = "work_accounts"


def _record(account: Account, doer: Doer, form: InterviewForm) -> Done:
    made = services.record_interview(**doer.on(account), told=form.told())
    said = "Entretien enregistré." if made.place != "file" else "Situation enregistrée."
    wanted = form.cleaned_data["letter"]
    if not wanted:
        return Done(said, made)
    why_not = letters.confirm_or_say(
        assessment=made, channel="post" if wanted == "post" else "", **doer.now_by
    )
    return Done(said, made, (why_not,) if why_not else ())


def _restart(account: Account, doer: Doer, form: object) -> str:
    services.drop_draft(account=account, actor=doer.actor)
    return "La saisie en cours est effacée."


def _orient(made: Assessment, doer: Doer, form: OrientForm) -> str:
    services.decide_orientation(assessment=made, orientation=form.cleaned_data["orientation"], **doer.by)
    return f"Orientation décidée : {french.inside(ORIENTATIONS[made.orientation_decided])}."


def _ask_rights(made: Assessment, doer: Doer, form: object) -> str:
    tasks.ask_rights(assessment=made, **doer.by)
    return ""


def _erase(made: Assessment, doer: Doer, form: object) -> str:
    services.erase(assessment=made, actor=doer.actor)
    return "Situation effacée. Le fil garde seulement qu’un entretien a eu lieu."


RECORD = Action("interview", "Entretien", "Enregistrer l’entretien", WORK, _record, InterviewForm)
RESTART = Action("restart", "Recommencer la saisie", "Recommencer", WORK, _restart, ActionForm)
ORIENT = Action("orient", "Orientation", "Décider", WORK, _orient, OrientForm)
ASK_RIGHTS = Action("rights", "Estimer les droits", "Estimer les droits", WORK, _ask_rights, ActionForm)
ERASE = Action("erase", "Effacer cette situation", "Effacer cette situation", "erase_situations", _erase)
ACTIONS = (RECORD, RESTART, ORIENT, ASK_RIGHTS, ERASE)
