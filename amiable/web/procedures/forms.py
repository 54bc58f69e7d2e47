"""Forms of the procedure screens: a draft's steps, publication, instructions, settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from amiable.domain.creditors import PolicySetting
from amiable.domain.decision.legality import Fault
from amiable.domain.decision.procedure import MODES
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.procedures.drafts import Number, Path, StepChange, numbers, parse_number

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
        try:
            return parse_number(self.unit, text)
        except DomainError as error:
            raise forms.ValidationError(error.message_fr) from None


def _plain(unit: str, value: int | float) -> str:
    if unit == "cents":
        return french.amount(int(value)).replace(french.NARROW, " ")
    return str(value).replace(".", ",")


class DraftForm(forms.Form):
    """Every step of a draft: its place, name, mode, whether it is in use, and its numbers."""

    def __init__(
        self, data: Mapping[str, Any], posted: Any = None, faults: list[Fault] | None = None
    ) -> None:
        super().__init__(posted)
        self._steps = data["steps"]
        self._labels = {step["code"]: step["label"] for step in self._steps}
        self._numbers: dict[str, list[Number]] = {}
        self._faults = faults or []
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

    def refuse(self, step: str, message: str) -> None:
        """Show a refusal of the whole beside the step it is about ("" : above all of them)."""
        if step in self._labels:
            self._refused[step] = message
            self.add_error(None, message)
        else:
            self.add_error(None, message)

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


class PublishForm(forms.Form):
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


class TextForm(forms.Form):
    source = forms.CharField(
        label="Texte de la procédure (YAML)",
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control code-text", "rows": 30, "spellcheck": "false"}),
    )


class InstructionForm(forms.Form):
    step = forms.ChoiceField(
        label="Étape concernée", required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    text = forms.CharField(
        label="Consigne", max_length=1000, widget=forms.Textarea(attrs={"class": "form-control", "rows": 3})
    )
    starts_on = forms.DateField(
        label="À partir du",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label="Jusqu’au",
        required=False,
        help_text="Vide : jusqu’à ce qu’on y mette fin.",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )

    def __init__(self, steps: list[tuple[str, str]], today: date, posted: Any = None) -> None:
        super().__init__(posted, initial={"starts_on": today})
        self.fields["step"].choices = [("", "toutes les étapes"), *steps]


class PolicyForm(forms.Form):
    """One setting of the office, with the reason of its change."""

    def __init__(self, setting: PolicySetting, value: Any, posted: Any = None) -> None:
        super().__init__(posted, prefix=setting.key)
        self.setting = setting
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
