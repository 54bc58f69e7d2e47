"""A time to choose among the free ones, and why an appointment is cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from amiable.appointments.agenda import Offer
from amiable.appointments.messages import hour_words
from amiable.domain import french
from amiable.domain.slots import PARIS
from amiable.web.account.forms import ActForm, TextField

CHANNELS = [
    ("", "Ne rien envoyer"),
    ("sms", "SMS"),
    ("email", "E-mail, avec le fichier d’agenda"),
    ("post", "Lettre"),
]


def code_of(offer: Offer) -> str:
    return f"{offer.officer.pk}@{offer.at.isoformat()}"


def words_of(offer: Offer) -> str:
    day = french.day_words(offer.at.astimezone(PARIS).date())
    return f"{day} à {hour_words(offer.at)}, avec {offer.officer}"


class SlotForm(ActForm):
    """One of the free times, and how the person is told."""

    slot = forms.ChoiceField(label="Créneau", widget=forms.RadioSelect)
    channel = forms.ChoiceField(label="Prévenir la personne par", choices=CHANNELS, required=False)

    def __init__(self, *args: Any, offers: list[Offer], **options: Any) -> None:
        self.offers = {code_of(one): one for one in offers}
        super().__init__(*args, **options)

    def prepare(self) -> None:
        field: Any = self.fields["slot"]
        field.choices = [(code, words_of(one)) for code, one in self.offers.items()]
        field.error_messages["invalid_choice"] = (
            "Ce créneau n’est plus libre : rien n’a été réservé, choisissez-en un autre."
        )

    @property
    def chosen(self) -> Offer:
        return self.offers[self.cleaned_data["slot"]]

    @property
    def at(self) -> datetime:
        return self.chosen.at


class CancelForm(ActForm):
    """Who cancels, why, and how the person is told."""

    by_tenant = forms.TypedChoiceField(
        label="À la demande de",
        choices=[("1", "La personne"), ("0", "L’office")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = TextField(label="Motif")
    channel = forms.ChoiceField(label="Prévenir la personne par", choices=CHANNELS, required=False)

    def prepare(self) -> None:
        self.fields["by_tenant"].initial = "1"
