"""Forms of the procedure screens: a draft's steps, publication, instructions, settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from amiable.core.models import Office
from amiable.domain.creditors import PolicySetting
from amiable.domain.decision import legality, procedure
from amiable.domain.decision.legality import Fault
from amiable.domain.decision.procedure import MODES, StepError
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.procedures.drafts import Number, Path, StepChange, numbers, parse_number
from amiable.procedures.in_force import load_book
from amiable.web.kit.fields import DayField, as_form_error
from amiable.web.kit.forms import ActionForm

_UNITS = {
    "days": "jours",
    "cents": "€",
    "months": "mois",
    "count": "",
    "ratio": "",
    "day_of_month": "",
    "hour": "h",
    "percent": "%",
}


class NumberField(forms.CharField):
    """A delay, an amount in euros or a count, as people type it."""

    def __init__(self, number: Number) -> None:
        self.unit = number.unit
        attrs = {"class": "form-control num-input", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(
            label=number.label_fr,
            initial=_plain(number.unit, number.value),
            widget=forms.TextInput(attrs=attrs),
        )
        self.suffix = _UNITS.get(number.unit, "")

    def clean(self, value: str) -> int | float:
        text = super().clean(value)
        with as_form_error():
            number = parse_number(self.unit, text)
        return number


def _plain(unit: str, value: int | float) -> str:
    if unit == "cents":
        return french.amount(int(value)).replace(french.NARROW, " ")
    return str(value).replace(".", ",")


class DraftForm(ActionForm):
    """Every step of a draft: its place, name, mode, whether it is in use, and its numbers."""

    #: The mark of the draft as the page showed it.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        read = procedure.load(self.target.source)
        self._faults: list[Fault] = legality.faults(read, self.today)
        self._steps = read.data["steps"]
        self._labels = {step["code"]: step["label"] for step in self._steps}
        self._numbers: dict[str, list[Number]] = {}
        self._refused: dict[str, str] = {}
        for place, step in enumerate(self._steps, start=1):
            self._add(place, step)

    def _add(self, place: int, step: Mapping[str, Any]) -> None:
        code, field = step["code"], self.fields
        last = len(self._steps)
        field[f"{code}-position"] = forms.IntegerField(
            label="Place",
            initial=place,
            min_value=1,
            max_value=last,
            widget=forms.NumberInput(attrs={"class": "form-control num-input", "min": 1, "max": last}),
        )
        field[f"{code}-label"] = forms.CharField(
            label="Nom, verbe en premier",
            initial=step["label"],
            max_length=80,
            widget=forms.TextInput(attrs={"class": "form-control"}),
        )
        field[f"{code}-mode"] = forms.ChoiceField(
            label="Qui décide",
            choices=list(MODES.items()),
            initial=step["mode"],
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        field[f"{code}-enabled"] = forms.BooleanField(
            label="En service",
            required=False,
            initial=step.get("enabled", True),
            widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        )
        self._numbers[code] = numbers(step, self._labels)
        for number in self._numbers[code]:
            field[f"{code}-{number.name}"] = NumberField(number)

    def changes(self) -> dict[str, StepChange]:
        """What was typed, by step code. The form must be valid."""
        return {step["code"]: self._change(step["code"]) for step in self._steps}

    def _change(self, code: str) -> StepChange:
        typed = self.cleaned_data
        values: dict[Path, int | float] = {n.path: typed[f"{code}-{n.name}"] for n in self._numbers[code]}
        return StepChange(
            position=self._rank(code),
            label=typed[f"{code}-label"],
            mode=typed[f"{code}-mode"],
            enabled=typed[f"{code}-enabled"],
            numbers=values,
        )

    def _rank(self, code: str) -> int:
        # A step moved up goes before the one whose place it takes, a step moved down goes after it.
        place, field = self.cleaned_data[f"{code}-position"], self.fields[f"{code}-position"]
        return 3 * place + (1 if place > field.initial else -1 if place < field.initial else 0)

    def refuse(self, refusal: DomainError, field: str | None) -> None:
        """A refusal of the whole is also shown beside the step it is about."""
        if isinstance(refusal, StepError):
            self._refused[refusal.step] = refusal.message_fr
        super().refuse(refusal, field)

    def groups(self) -> list[dict[str, Any]]:
        """One group per step, for the template: its fields, what the law says of each."""
        return [self._group(step) for step in self._steps]

    def _group(self, step: Mapping[str, Any]) -> dict[str, Any]:
        code = step["code"]
        found: dict[str, list[Fault]] = {}
        for fault in self._faults:
            if fault.step == code:
                found.setdefault(fault.field, []).append(fault)
        delays = [self[f"{code}-{number.name}"] for number in self._numbers[code]]
        placed = {"mode", "enabled"} | ({"delay"} if delays else set())
        return {
            "code": code,
            "data": step,
            "position": self[f"{code}-position"],
            "label": self[f"{code}-label"],
            "mode": self[f"{code}-mode"],
            "enabled": self[f"{code}-enabled"],
            "numbers": delays,
            "faults": found,
            "other_faults": [f for field, faults in found.items() if field not in placed for f in faults],
            "refused": self._refused.get(code, ""),
        }


class PublishForm(ActionForm):
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Pourquoi ce changement",
        max_length=300,
        help_text="Affiché dans la liste des versions.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    move = forms.BooleanField(
        label="Faire passer les dossiers ouverts sur cette version",
        required=False,
        help_text="Sans cela, un dossier commencé reste sur la version de son premier acte.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class TextForm(ActionForm):
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.CharField(
        label="Texte de la procédure (YAML)",
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control code-text", "rows": 30, "spellcheck": "false"}),
    )

    def prepare(self) -> None:
        self.fields["source"].initial = self.target.source


class StepForm(ActionForm):
    """A step of another shipped profile."""

    step = forms.CharField(
        label="Étape",
        error_messages={"required": "Choisissez une étape à ajouter : rien n’a été changé."},
    )


class AssignForm(ActionForm):
    """Which procedure follows a nature of claim."""

    nature = forms.CharField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(label="Procédure", required=False)


class InstructionForm(ActionForm):
    step = forms.ChoiceField(
        label="Étape concernée", required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    text = forms.CharField(
        label="Consigne", max_length=1000, widget=forms.Textarea(attrs={"class": "form-control", "rows": 3})
    )
    starts_on = DayField(
        label="À partir du",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    ends_on = DayField(
        label="Jusqu’au",
        required=False,
        help_text="Vide : jusqu’à ce qu’on y mette fin.",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )

    def prepare(self) -> None:
        self.fields["starts_on"].initial = self.today
        steps = steps_of(self.target, self.today)
        self.fields["step"].choices = [("", "toutes les étapes"), *steps]


def steps_of(office: Office, today: date) -> list[tuple[str, str]]:
    """(code, name) of every step of the procedures in force."""
    book = load_book(office, today)
    found = {s.code: s.label_fr for e in book.editions.values() for s in e[-1].procedure.steps}
    return sorted(found.items(), key=lambda item: item[1])


@dataclass(frozen=True)
class OfSetting:
    """A setting of an office's policy, with its present value."""

    office: Office
    setting: PolicySetting
    value: Any


class PolicyForm(ActionForm):
    """One setting of the office, with the reason of its change."""

    def __init__(self, *args: Any, target: OfSetting, **options: Any) -> None:
        super().__init__(*args, prefix=target.setting.key, target=target, **options)

    def refuse(self, refusal: DomainError, field: str | None) -> None:
        super().refuse(refusal, "value")

    def prepare(self) -> None:
        setting, value = self.target.setting, self.target.value
        self.setting: PolicySetting = setting
        if isinstance(setting.value, bool):
            self.fields["value"] = forms.BooleanField(
                label=setting.label,
                required=False,
                initial=value,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
        else:
            self.fields["value"] = NumberField(Number((setting.key,), setting.label, setting.unit, value))
        self.fields["value"].help_text = setting.help
        self.fields["reason"] = forms.CharField(
            label="Motif",
            required=False,
            max_length=300,
            widget=forms.TextInput(attrs={"class": "form-control"}),
        )
