"""Choosing a time, saying how the person is told, why an appointment ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from amiable.appointments.agenda import Offer
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole
from amiable.web.kit.fields import DayInput, TextField

CHANNELS = (
    ("sms", "Par SMS"),
    ("email", "Par courriel, avec le fichier pour l’agenda"),
    ("post", "Par lettre"),
    ("", "Sans message : c’est convenu de vive voix"),
)


def code_of(offer: Offer) -> str:
    """`12|2026-11-30T09:00:00+01:00`: the officer and the time."""
    return f"{offer.officer.pk}|{offer.at.isoformat()}"


class SlotForm(forms.Form):
    """A free time, chosen in a list or dropped on; read back as an officer and a moment."""

    slot = forms.CharField(error_messages={"required": "Choisissez un créneau."})
    channel = forms.ChoiceField(
        label="Prévenir la personne", choices=CHANNELS, required=False, widget=forms.RadioSelect
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, office_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.office_id = office_id

    def clean_slot(self) -> tuple[User, datetime]:
        who, _, at = self.cleaned_data["slot"].partition("|")
        try:
            moment = datetime.fromisoformat(at)
            officer = User.objects.get(pk=whole(who), office_id=self.office_id)
        except (ValueError, DomainError, User.DoesNotExist):
            raise forms.ValidationError("Ce créneau n’existe pas : choisissez-en un dans la liste.") from None
        if moment.tzinfo is None:
            raise forms.ValidationError("Ce créneau n’existe pas : choisissez-en un dans la liste.")
        return officer, moment


class CancelForm(forms.Form):
    by_tenant = forms.ChoiceField(
        label="Qui annule ?",
        choices=(("1", "La personne"), ("", "L’office")),
        required=False,
        widget=forms.RadioSelect,
    )
    reason = TextField(label="Motif", rows=2)
    channel = forms.ChoiceField(
        label="Prévenir la personne",
        choices=(("sms", "Par SMS"), ("email", "Par courriel"), ("post", "Par lettre"), ("", "Sans message")),
        required=False,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].widget.attrs["class"] = "form-control"


class AbsenceForm(forms.Form):
    officer = forms.ModelChoiceField(label="Qui ?", queryset=User.objects.none())
    from_on = forms.DateField(label="Du", widget=DayInput)
    to_on = forms.DateField(label="Au", widget=DayInput)
    label = forms.CharField(label="Motif (facultatif)", max_length=60, required=False)

    def __init__(self, *args: Any, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.filter(office_id=user.office_id, is_active=True, hours__isnull=False)
        self.fields["officer"].queryset = people.distinct().order_by("last_name", "pk")
        self.fields["officer"].initial = user.pk
        self.fields["from_on"].initial = self.fields["to_on"].initial = today
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"


class HoursForm(forms.Form):
    """One day of the week: a morning and an afternoon, both may be empty."""

    agency = forms.ChoiceField(label="Agence", required=False)
    morning_starts = forms.TimeField(label="Matin, de", required=False)
    morning_ends = forms.TimeField(label="à", required=False)
    afternoon_starts = forms.TimeField(label="Après-midi, de", required=False)
    afternoon_ends = forms.TimeField(label="à", required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = agencies
        self.fields["agency"].widget.attrs["class"] = "form-select"
        for name in ("morning_starts", "morning_ends", "afternoon_starts", "afternoon_ends"):
            self.fields[name].widget = forms.TimeInput(
                format="%H:%M", attrs={"type": "time", "class": "form-control", "step": "300"}
            )

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        for half in ("morning", "afternoon"):
            starts, ends = value.get(f"{half}_starts"), value.get(f"{half}_ends")
            if bool(starts) != bool(ends):
                self.add_error(f"{half}_ends", "Indiquez le début et la fin, ou rien.")
            elif starts and ends and starts >= ends:
                self.add_error(f"{half}_ends", "La fin doit suivre le début.")
        morning, afternoon = value.get("morning_ends"), value.get("afternoon_starts")
        if morning and afternoon and afternoon < morning:
            self.add_error("afternoon_starts", "L’après-midi commence après le matin.")
        return value

    def ranges(self) -> list[tuple[Any, Any]]:
        value = self.cleaned_data
        pairs = [(value[f"{half}_starts"], value[f"{half}_ends"]) for half in ("morning", "afternoon")]
        return [pair for pair in pairs if pair[0]]
