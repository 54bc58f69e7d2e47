"""What an office does about a rule open to it: its own value, added or ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from amiable.core import law_overrides
from amiable.core.models import LawOverride, Office
from amiable.domain.law.pack import Rule
from amiable.web.kit.action import Action, Doer
from amiable.web.kit.forms import ActionForm
from amiable.web.law.forms import OverrideForm

OVERRIDE = "override_law"


@dataclass(frozen=True)
class OfRule:
    """A rule, as an office may set it."""

    office: Office
    rule: Rule


def _add(on: OfRule, doer: Doer, form: OverrideForm) -> str:
    law_overrides.add(office=on.office, actor=doer.actor, rule_id=on.rule.rule_id, **form.cleaned_data)
    return f"La valeur de l’office pour {on.rule.rule_id} est enregistrée."


def _end(override: LawOverride, doer: Doer, form: object) -> str:
    law_overrides.end(override=override, actor=doer.actor, last_on=doer.today - timedelta(days=1))
    return f"La valeur de l’office pour {override.rule_id} ne compte plus."


ADD = Action(
    "add",
    "Valeur de l’office",
    "Enregistrer la valeur",
    OVERRIDE,
    _add,
    OverrideForm,
    beside={
        "law.wrong_value": "value",
        "law.empty_value": "value",
        "law.dates_reversed": "to_on",
        "law.certain_that_day": "from_on",
        "law.unsourced": "source",
    },
)
END = Action("end", "Fin d’une valeur de l’office", "Mettre fin", OVERRIDE, _end, ActionForm)
ACTIONS = (ADD, END)
