"""Noting what interrupts the prescription of an account's debt (TIME-02)."""

from __future__ import annotations

from django import forms

from amiable.diary.interruptions import ACTS
from amiable.web.kit.fields import DayField, DayInput, TextField
from amiable.web.kit.forms import ActForm


class InterruptionForm(ActForm):
    act = forms.ChoiceField(label="Acte", widget=forms.RadioSelect, choices=list(ACTS.items()))
    on = DayField(
        label="Date de l’acte",
        widget=DayInput,
        help_text="Jour de la signature ou de la signification : le délai repart de ce jour.",
    )
    note = TextField(label="Où est la preuve ? (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        self.fields["on"].initial = self.today
