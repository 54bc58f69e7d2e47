"""A form filled in with something it may take, whatever it asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from tests.web.conftest import TODAY

PDF = b"%PDF-1.7 fictif"


def filled(form_class: Any, target: Any, user: Any) -> MultiValueDict[str, Any]:
    """What a browser would post of the blank form, with each empty field it needs filled in."""
    form = form_class(target=target, user=user, today=TODAY)
    data: MultiValueDict[str, Any] = MultiValueDict()
    for bound in form:
        if isinstance(bound.field, forms.FileField):
            continue
        value = bound.value()
        if value in (None, "", []) and bound.field.required:
            value = _value(bound.field)
        if value not in (None, "", []) and value is not False:
            data.setlist(bound.html_name, [str(one) for one in value] if isinstance(value, list) else [value])
    return data


def files_of(form_class: Any, target: Any, user: Any) -> dict[str, Any]:
    form = form_class(target=target, user=user, today=TODAY)
    fields = [one.html_name for one in form if isinstance(one.field, forms.FileField) and one.field.required]
    return {name: SimpleUploadedFile("a.pdf", PDF, "application/pdf") for name in fields}


def _value(field: forms.Field) -> Any:
    if isinstance(field, forms.ModelChoiceField):
        first = field.queryset.first()
        return (
            [first.pk] if first and isinstance(field, forms.ModelMultipleChoiceField) else first and first.pk
        )
    if isinstance(field, forms.MultipleChoiceField):
        return [value for value, _ in field.choices][:1]
    if isinstance(field, forms.ChoiceField):
        return next((value for value, _ in field.choices if value not in ("", None)), "")
    by_kind = {
        forms.BooleanField: "on",
        forms.DateField: TODAY.isoformat(),
        forms.TimeField: "10:00",
        forms.IntegerField: "1",
        forms.EmailField: "a@exemple.fr",
    }
    if field.widget.attrs.get("inputmode") == "decimal":
        return "10"
    return next((value for one, value in by_kind.items() if isinstance(field, one)), "Un fait utile")
