"""What is typed about a visit: its hours and length, a reason, a round, a report at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from amiable.core.access import scope
from amiable.core.models import Agency, User
from amiable.domain.contact import visit_findings as findings
from amiable.procedures.in_force import policy_of
from amiable.visits.deciding import LONGEST_MINUTES, is_restricted
from amiable.visits.photos import MAX_PHOTOS
from amiable.web.kit.fields import DayField, DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm, ActionForm, Reasoned

REFUSALS = [
    "Personne jointe entre-temps",
    "Visite déjà faite récemment",
    "Sécurité de l’agent",
    "Suivi par la conseillère sociale",
    "Demande du responsable",
]


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DecideForm(ActForm):
    """The visit accepted: how long, between which hours, alone or not."""

    minutes = forms.IntegerField(label="Durée sur place (minutes)", min_value=1, max_value=LONGEST_MINUTES)
    from_at = forms.TimeField(label="Pas avant (facultatif)", required=False, widget=HourInput)
    to_at = forms.TimeField(
        label="Commencée au plus tard à (facultatif)",
        required=False,
        widget=HourInput,
        help_text="Sans heure, la tournée choisit dans sa journée.",
    )
    needs_two = forms.BooleanField(label="À deux agents", required=False)
    note = TextField(
        label="À savoir sur place (facultatif)", rows=2, required=False,
        help_text="Code, étage, meilleure heure : un fait utile, rien d’autre.",
    )  # fmt: skip

    def prepare(self) -> None:
        policy = policy_of(self.account.office, self.today)
        self.fields["minutes"].initial = policy.get("visit_minutes")
        self.fields["minutes"].widget.attrs["inputmode"] = "numeric"
        if is_restricted(self.account.person, self.today):
            box = self.fields["needs_two"]
            box.initial, box.disabled = True, True
            box.help_text = "Imposé après une menace ou un conflit."

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        if value.get("from_at") and value.get("to_at") and value["to_at"] < value["from_at"]:
            self.add_error("to_at", "Cette heure vient avant l’autre.")
        return value


class RefuseForm(Reasoned):
    reasons = REFUSALS


class ReasonForm(ActForm):
    reason = TextField(label="Motif", rows=3)


class RoundForm(ActionForm):
    """A day, an agency, who goes."""

    on = DayField(label="Jour", widget=DayInput)
    agency = forms.ModelChoiceField(label="Agence", queryset=Agency.objects.none(), empty_label=None)
    agent = forms.ModelChoiceField(label="Agent", queryset=User.objects.none(), empty_label=None)
    second_agent = forms.ModelChoiceField(
        label="Second agent (facultatif)",
        queryset=User.objects.none(),
        required=False,
        empty_label="Personne",
        help_text="Nécessaire pour les visites à deux.",
    )

    def prepare(self) -> None:
        people = scope(User.objects.filter(is_active=True), self.user).order_by("last_name", "username")
        self.fields["agency"].queryset = scope(Agency.objects.all(), self.user)
        for name in ("agent", "second_agent"):
            self.fields[name].queryset = people.exclude(role__in=("auditor", "admin", "colleague"))
        self.fields["on"].initial, self.fields["agent"].initial = self.today, self.user

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError("Une tournée se prépare pour aujourd’hui ou plus tard.")
        return on


def _boxes(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several JPEG files; their bytes."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        files = [one for one in (data if isinstance(data, list) else [data]) if one]
        if len(files) > MAX_PHOTOS:
            raise forms.ValidationError(f"Au plus {MAX_PHOTOS} photos.")
        return [super(PhotosField, self).clean(one, initial).read() for one in files]


class ReportForm(ActionForm):
    """A report typed at the desk; the telephone's form holds the same facts.

    No version: what was seen is true whatever the account became, and photos are not chosen twice.
    """

    outcome = forms.ChoiceField(
        label="Comment s’est terminée la visite ?",
        choices=list(findings.OUTCOMES.items()),
        widget=forms.RadioSelect,
    )
    visited_on = DayField(label="Jour", widget=DayInput)
    visited_time = forms.TimeField(label="Heure", widget=HourInput)
    notice_left = forms.BooleanField(label="Avis de passage laissé", required=False)
    occupancy = _boxes("Signes d’occupation", findings.OCCUPANCY)
    dwelling = _boxes("État du logement", findings.DWELLING)
    commitments = _boxes("Ce qui est convenu", findings.COMMITMENTS)
    promise = EurosField(label="Promesse de paiement (facultatif)", required=False)
    promise_on = DayField(label="Pour le", required=False, widget=DayInput)
    said = TextField(
        label="Ce qui a été dit ou constaté (facultatif)", rows=3, required=False,
        help_text="Des faits et des paroles, sans jugement ni santé ni vie privée.",
    )  # fmt: skip
    photos = PhotosField(label="Photos (facultatif)", required=False, help_text="JPEG, six au plus.")

    def prepare(self) -> None:
        self.fields["visited_on"].initial = self.today
        self.fields["photos"].widget.attrs["accept"] = "image/jpeg"

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        if bool(value.get("promise")) != bool(value.get("promise_on")):
            self.add_error("promise", "Une promesse a un montant et une date.")
        return value


class PlacesForm(ActionForm):
    file = forms.FileField(
        label="Liste de lieux (CSV)",
        help_text="adresse;code_postal;ville;latitude;longitude. Sans adresse : le centre de la commune.",
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".csv,text/csv"}),
    )
