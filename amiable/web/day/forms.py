"""Filters of the day, and what is asked before several lines change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from amiable.core.access import scope
from amiable.core.models import Agency, User
from amiable.domain.decision.procedure import LANES
from amiable.domain.text.typed import whole, whole_or_none
from amiable.positions.lists import Narrow, opens_on_own
from amiable.web.kit.fields import DayField, EurosField, active_filters
from amiable.web.kit.forms import ActionForm, set_choices
from amiable.web.kit.people import officers_of


class DayForm(forms.Form):
    """The day's filters, all optional; they live in the address, so that a filtered day can be kept."""

    q = forms.CharField(label="Recherche", required=False, max_length=80)
    officer = forms.ChoiceField(label="Suivi par", required=False)
    agency = forms.ChoiceField(label="Agence", required=False)
    lane = forms.ChoiceField(label="Nature du travail", required=False)
    step = forms.ChoiceField(label="Étape", required=False)
    min = EurosField(label="Dette d’au moins (€)", required=False)
    tile = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, steps: list[tuple[str, str]], *args: Any) -> None:
        super().__init__(*args)
        self.user = user
        self.owns = opens_on_own(user)
        people = [(str(officer.pk), str(officer)) for officer in officers_of(user) if officer.pk != user.pk]
        everyone = [("tous", "Tout le monde")] if self.owns else [("", "Tout le monde")]
        mine = [("", "Moi")] if self.owns else []
        agencies = scope(Agency.objects.all(), user).values_list("pk", "name")
        self.fields["officer"].choices = [*mine, *everyone, *people]
        self.fields["agency"].choices = [("", "Toutes"), *((str(pk), name) for pk, name in agencies)]
        self.fields["lane"].choices = [("", "Toutes"), *LANES.items()]
        self.fields["step"].choices = [("", "Toutes"), *steps]

    def narrow(self) -> Narrow:
        """What to keep; a field filled wrongly keeps everything and is shown with its error."""
        self.is_valid()
        value = self.cleaned_data
        officer = value.get("officer") or ""
        own = self.user.pk if self.owns and not officer and "officer" not in self.errors else None
        return Narrow(
            text=value.get("q") or "",
            officer_id=own if officer in ("", "tous") else whole(officer),
            agency_id=whole_or_none(value.get("agency") or ""),
            lane=value.get("lane") or "",
            step=value.get("step") or "",
            tile=value.get("tile") or "",
            min_cents=value.get("min"),
        )

    @property
    def active(self) -> list[str]:
        """The filters that are on, beside the tile."""
        return active_filters(self)


class PauseForm(ActionForm):
    """A pause has a reason and an end."""

    reason = forms.CharField(
        label="Motif",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Des faits, en une phrase : « attend le versement de la CAF annoncé pour le 5 ».",
    )
    ends_on = DayField(
        label="Jusqu’au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Le lendemain, la procédure reprend d’elle-même.",
    )

    def prepare(self) -> None:
        self.fields["ends_on"].initial = self.today + timedelta(days=14)


class EntrustForm(ActionForm):
    """Who follows the chosen accounts from now on."""

    officer = forms.ChoiceField(label="Confier à")

    def prepare(self) -> None:
        self.officers = {str(officer.pk): officer for officer in officers_of(self.user)}
        people = [(key, str(officer)) for key, officer in self.officers.items()]
        set_choices(self.fields["officer"], [("", "Choisir…"), *people])
