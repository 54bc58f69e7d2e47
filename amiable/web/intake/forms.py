"""Upload and column matching, as forms."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Any

from django import forms

from amiable.core.models import Office
from amiable.domain import creditors
from amiable.intake.lists.spec import ListSpec
from amiable.intake.mapping import Mapping, from_dict
from amiable.intake.models import ImportSource
from amiable.intake.reading import LABELS_FR, SPECS
from amiable.web.kit.fields import as_form_error
from amiable.web.kit.forms import ActionForm

#: Prefixes of the mapping form's fields.
COLUMN, CONSTANT, CODE = "col-", "fix-", "code-"


class UploadForm(ActionForm):
    """A file, what it is, where it comes from."""

    list_kind = forms.ChoiceField(label="Que contient ce fichier ?", widget=forms.RadioSelect)
    source = forms.CharField(
        label="Source",
        required=False,
        max_length=60,
        help_text="Le logiciel d'où vient la liste : ses colonnes, rapprochées une fois, "
        "sont retenues sous ce nom.",
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Fichier",
        help_text="CSV ou Excel (.xlsx) pour les listes ; CFONB 120, CFONB 240, camt.052/053/054 "
        "ou pain.002 pour la banque. Rien n'est enregistré avant votre accord.",
    )

    def prepare(self) -> None:
        office: Office = self.target
        lists = creditors.kind(office.kind).lists
        self.fields["list_kind"].choices = [(code, LABELS_FR[code]) for code in lists]
        names = ImportSource.objects.filter(office=office).values_list("name", flat=True)
        self.sources = sorted(set(names))


class MappingForm(ActionForm):
    """The columns chosen for a file: the page draws a field for each, read all together."""

    def clean(self) -> dict[str, Any]:
        with as_form_error():
            self.mapping = posted_mapping(
                {name: self.data[name] for name in self.data}, SPECS[self.target.list_kind]
            )
        return super().clean() or {}


def posted_mapping(data: AnyMapping[str, str], spec: ListSpec) -> Mapping:
    """The mapping a person chose. Raises DomainError when it names an unknown field."""
    columns = {k.removeprefix(COLUMN): v for k, v in data.items() if k.startswith(COLUMN) and v}
    constants = {
        name: v
        for k, v in data.items()
        if k.startswith(CONSTANT) and v.strip() and (name := k.removeprefix(CONSTANT)) not in columns
    }
    values: dict[str, dict[str, str]] = {}
    for key, target in data.items():
        if key.startswith(CODE) and target:
            field, _, code = key.removeprefix(CODE).partition("=")
            values.setdefault(field, {})[code] = target
    raw = {
        "columns": columns,
        "constants": constants,
        "values": values,
        "amount_sign": data.get("amount_sign") or "debit",
        "quittances_net": data.get("quittances_net") == "on",
        "date_order": data.get("date_order"),
        "hidden": data.get("hidden"),
    }
    return from_dict(raw, spec)
