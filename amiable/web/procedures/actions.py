"""What is done with a procedure: drafts, publication, policy, who follows what, instructions of the heads."""

from __future__ import annotations

from typing import Any

from amiable.core.models import Office
from amiable.domain.decision import procedure
from amiable.domain.decision.procedure import Procedure
from amiable.domain.errors import DomainError
from amiable.positions.tasks import ask
from amiable.procedures import in_force, services
from amiable.procedures import instructions as notices
from amiable.procedures.drafts import add_step, apply
from amiable.procedures.models import Instruction, ProcedureVersion
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm
from amiable.web.procedures import forms

EDIT_PROCEDURE, EDIT_POLICY, INSTRUCT = "edit_procedure", "edit_policy", "give_instructions"
SAVED = "Brouillon enregistré. Rien ne change avant sa publication."


def _install(office: Office, doer: Doer, form: object) -> str:
    done = services.install_defaults(office=office, today=doer.today, actor=doer.actor)
    return f"{len(done)} procédures installées." if done else "Tout était déjà installé."


def _open(base: ProcedureVersion, doer: Doer, form: object) -> Done:
    return Done("", services.open_draft(office=base.office, code=base.code, actor=doer.actor))


def _edit(draft: ProcedureVersion, doer: Doer, form: forms.DraftForm) -> str:
    services.check_seen(draft, form.cleaned_data["seen"])
    data = apply(procedure.load(draft.source).data, form.changes())
    services.save_draft(draft=draft, data=data, actor=doer.actor)
    return SAVED


def _edit_text(draft: ProcedureVersion, doer: Doer, form: forms.TextForm) -> str:
    services.check_seen(draft, form.cleaned_data["seen"])
    read = procedure.load(form.cleaned_data["source"])
    services.save_draft(draft=draft, data=dict(read.data), actor=doer.actor)
    return SAVED


def addable(read: Procedure) -> dict[str, dict[str, Any]]:
    """Steps of the shipped profiles for the same creditor that this procedure does not have, by code."""
    mine = {step.code for step in read.steps}
    found: dict[str, dict[str, Any]] = {}
    for text in services.shipped_profiles().values():
        profile = in_force.read(text)
        if profile.kind == read.kind:
            found |= {step["code"]: step for step in profile.data["steps"] if step["code"] not in mine}
    return found


def _add_step(draft: ProcedureVersion, doer: Doer, form: forms.StepForm) -> str:
    read = procedure.load(draft.source)
    step = addable(read).get(form.cleaned_data["step"])
    if step is None:
        raise DomainError("step_unknown", "Choisissez une étape à ajouter : rien n’a été changé.")
    services.save_draft(draft=draft, data=add_step(read.data, step), actor=doer.actor)
    return f"Étape « {step['label']} » ajoutée à la fin du brouillon."


def _publish(draft: ProcedureVersion, doer: Doer, form: forms.PublishForm) -> str:
    value = form.cleaned_data
    services.check_seen(draft, value["seen"])
    done = services.publish(draft=draft, reason=value["reason"], move_open_cases=value["move"], **doer.by)
    ask(office=done.office, as_of=doer.today, actor=doer.actor, because=f"version-{done.pk}")
    return f"Version {done.version} publiée. Les positions sont recalculées en arrière-plan."


def _discard(draft: ProcedureVersion, doer: Doer, form: object) -> str:
    services.discard_draft(draft=draft, actor=doer.actor)
    return "Brouillon abandonné : la version en vigueur n’a pas changé."


def _set_policy(on: forms.OfSetting, doer: Doer, form: forms.PolicyForm) -> str:
    value = form.cleaned_data
    done = services.set_policy(
        office=on.office, key=on.setting.key, value=value["value"], reason=value["reason"], **doer.by
    )
    ask(office=on.office, as_of=doer.today, actor=doer.actor, because=f"setting-{done.pk}")
    return f"« {on.setting.label} » enregistré. Les positions sont recalculées en arrière-plan."


def _assign(office: Office, doer: Doer, form: forms.AssignForm) -> str:
    value = form.cleaned_data
    given = services.assign(office=office, nature=value["nature"], code=value["code"], actor=doer.actor)
    ask(office=office, as_of=doer.today, actor=doer.actor, because=f"{given.nature}-{given.code}")
    return f"La procédure « {given.code} » suit désormais cette nature. Les positions sont recalculées."


def _instruct(office: Office, doer: Doer, form: forms.InstructionForm) -> str:
    given = form.cleaned_data
    notices.give(
        office=office,
        step_code=given["step"],
        text=given["text"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        actor=doer.actor,
    )
    return "Consigne publiée : elle s’affiche sur l’étape concernée."


def _acknowledge(instruction: Instruction, doer: Doer, form: object) -> str:
    notices.acknowledge(instruction=instruction, user=doer.actor)
    return "Consigne marquée comme lue."


def _end(instruction: Instruction, doer: Doer, form: object) -> str:
    notices.end(instruction=instruction, **doer.by)
    return "Consigne terminée : elle ne s’affichera plus demain."


INSTALL = Action("install", "Installer les procédures", "Installer", EDIT_PROCEDURE, _install, ActionForm)
OPEN = Action("open", "Ouvrir un brouillon", "Ouvrir", EDIT_PROCEDURE, _open, ActionForm)
EDIT = Action("edit", "Brouillon", "Enregistrer le brouillon", EDIT_PROCEDURE, _edit, forms.DraftForm)
EDIT_TEXT = Action(
    "edit_text", "Texte du brouillon", "Enregistrer le brouillon", EDIT_PROCEDURE, _edit_text, forms.TextForm
)
ADD_STEP = Action(
    "add_step", "Ajouter une étape", "Ajouter à la fin", EDIT_PROCEDURE, _add_step, forms.StepForm
)
PUBLISH = Action("publish", "Publier", "Publier", EDIT_PROCEDURE, _publish, forms.PublishForm)
DISCARD = Action("discard", "Abandonner le brouillon", "Abandonner", EDIT_PROCEDURE, _discard, ActionForm)
SET_POLICY = Action(
    "policy", "Seuils et délais de l’office", "Enregistrer", EDIT_POLICY, _set_policy, forms.PolicyForm
)
ASSIGN = Action(
    "assign", "Quelle procédure suit quelle nature", "Changer", EDIT_PROCEDURE, _assign, forms.AssignForm
)
GIVE = Action("instruct", "Consignes", "Publier la consigne", INSTRUCT, _instruct, forms.InstructionForm)
#: No capability: whoever sees an instruction says they have read it.
ACKNOWLEDGE = Action("acknowledge", "Consigne", "J’ai lu cette consigne", "", _acknowledge, ActionForm)
END = Action("end", "Mettre fin à une consigne", "Y mettre fin", INSTRUCT, _end, ActionForm)
ACTIONS = (
    INSTALL, OPEN, EDIT, EDIT_TEXT, ADD_STEP, PUBLISH, DISCARD, SET_POLICY, ASSIGN, GIVE, ACKNOWLEDGE, END,
)  # fmt: skip
