"""A decision, as an officer types it."""

from __future__ import annotations

from datetime import date

from django import forms

from amiable.overindebtedness.services import Decision
from amiable.web.kit.fields import DayField
from amiable.web.kit.forms import ActForm


class DecisionForm(ActForm):
    """A day of the past or today."""

    on = DayField(label="Décision du", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("La décision ne peut pas être dans l’avenir.")
        return on


class RecoveryForm(DecisionForm):
    """A rétablissement personnel: when the office was told, and who filed."""

    notified_on = DayField(
        label="Notifié à l’office le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="La contestation court de ce jour ; sinon, au plus tôt de la décision.",
    )
    tous = forms.BooleanField(label="Demandé par tous ceux qui doivent cette dette", required=False)

    def decision(self) -> Decision:
        given = self.cleaned_data
        return Decision(given["on"], given["notified_on"], covers_all=given["tous"])


class ReceivedForm(DecisionForm):
    """The recevabilité: the decision's day, not that of the letter."""

    def prepare(self) -> None:
        self.fields["on"].label = "Recevable le (date de la décision)"
