"""The day of a decision, as an officer types it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from amiable.web.kit.forms import ActForm


class DecisionForm(ActForm):
    """A day of the past or today."""

    on = forms.DateField(
        label="Décision du", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("La décision ne peut pas être dans l’avenir.")
        return on


class ReceivedForm(DecisionForm):
    """The recevabilité: the decision's day, not that of the letter."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = "Recevable le (date de la décision)"
