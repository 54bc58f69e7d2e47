"""What is done with a wording: another version of it."""

from __future__ import annotations

from dataclasses import dataclass

from amiable.core.models import Office
from amiable.correspondence import templates
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.letters.forms import WordingForm


@dataclass(frozen=True)
class Text:
    """A wording of the office: the text in force, and the version it is written from."""

    office: Office
    current: templates.Current
    shown: templates.Current


def _save(text: Text, doer: Doer, form: WordingForm) -> Done:
    value = form.cleaned_data
    saved = templates.save_version(
        office=text.office,
        code=text.current.wording.code,
        subject=value.get("subject", ""),
        body=value["body"],
        actor=doer.actor,
        base_version=value["base_version"],
    )
    return Done(f"Version {saved.version} enregistrée, prise dès le prochain envoi.", saved)


SAVE: Action[Text] = Action(
    "save",
    lambda text: text.current.wording.label_fr,
    "Enregistrer une version",
    "edit_templates",
    _save,
    WordingForm,
)
ACTIONS = (SAVE,)
