"""Form fields every area shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django import forms

from amiable.diary.free_text import check_text
from amiable.domain.errors import DomainError
from amiable.domain.text.french import parse_euros
from amiable.domain.text.typed import FIRST_YEAR, LAST_YEAR, in_calendar, wholes

FACTS_ONLY = "Des faits utiles, en une phrase : ni jugement, ni santé, ni vie privée."


@contextmanager
def as_form_error() -> Iterator[None]:
    """A refusal of the domain, said beside the field or above the form."""
    try:
        yield
    except DomainError as error:
        raise forms.ValidationError(error.message_fr) from None


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day of a calendar one may count in: `0001-01-01` less a delay would be no day at all."""

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        if found is not None and not in_calendar(found):
            raise forms.ValidationError(f"Indiquez une année de {FIRST_YEAR} à {LAST_YEAR}.")
        return found


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows ticked; a number that no row can have is a choice like another that is not offered."""

    def clean(self, value: Any) -> Any:
        try:
            wholes(map(str, value or ()))
        except DomainError as error:
            raise forms.ValidationError(error.message_fr) from None
        return super().clean(value)


class TextField(forms.CharField):
    """Free text held to RGPD-03 as soon as it is typed, so that the message stands beside the field."""

    def __init__(self, rows: int = 3, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows, "maxlength": "1000"}))
        options.setdefault("help_text", FACTS_ONLY)
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        with as_form_error():
            text = check_text(text)
        return text


class EurosField(forms.CharField):
    """An amount typed as one writes it (`1 234,5`), given back in cents."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        with as_form_error():
            cents = parse_euros(text)
        return cents


def active_filters(form: forms.Form, unless: tuple[str, ...] = ()) -> list[str]:
    """Each filter that is on, in words: « Agence : Bellevue », « en retard seulement »."""
    said = []
    for bound in form.visible_fields():
        value = form.data.get(bound.name)
        if not value or bound.name in unless:
            continue
        if isinstance(bound.field, forms.BooleanField):
            said.append(str(bound.label))
        elif isinstance(bound.field, forms.ChoiceField):
            words = {str(code): label for code, label in bound.field.choices}
            said.append(f"{bound.label} : {words.get(value, value)}")
        else:
            said.append(f"{bound.label} : {value}")
    return said
