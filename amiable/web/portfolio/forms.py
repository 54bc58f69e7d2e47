"""Filters of the portfolio; they live in the address, so that a list can be kept, sent and exported."""

from __future__ import annotations

from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import Agency, User
from amiable.domain.creditors import kind
from amiable.domain.decision.procedure import LANES
from amiable.domain.decision.queue import UNDECIDED, UNDECIDED_LABEL
from amiable.domain.text.typed import whole_or_none
from amiable.positions.lists import Narrow
from amiable.web.kit.fields import EurosField, active_filters
from amiable.web.kit.people import officers_of
from amiable.web.kit.steps import held_labels

_AGES = [
    ("", "Toutes"),
    ("0-30", "0 à 30 jours"),
    ("31-60", "31 à 60 jours"),
    ("61-90", "61 à 90 jours"),
    ("90+", "plus de 90 jours"),
]


class PortfolioForm(forms.Form):
    """Every filter is optional; `sort` is a key of lists.SORTS, with `-` for descending."""

    q = forms.CharField(
        label="Recherche",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "nom, compte, téléphone, ville"}),
    )
    agency = forms.ChoiceField(label="Agence", required=False)
    officer = forms.ChoiceField(label="Suivi par", required=False)
    status = forms.ChoiceField(label="Statut", required=False)
    nature = forms.ChoiceField(label="Nature", required=False)
    age = forms.ChoiceField(label="Ancienneté de la dette", required=False, choices=_AGES)
    hold = forms.ChoiceField(label="Retenue", required=False)
    lane = forms.ChoiceField(
        label="Prochaine étape", required=False, choices=[("", "Toutes"), *LANES.items()]
    )
    min = EurosField(label="Dette d’au moins (€)", required=False)
    late = forms.BooleanField(label="dette exigible seulement", required=False)
    caf = forms.BooleanField(label="impayé CAF constitué", required=False)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        assert user.office is not None
        office_kind = kind(user.office.kind)
        agencies = scope(Agency.objects.all(), user).values_list("pk", "name")
        held = held_labels(user.office.kind)
        self._choose("agency", [(str(pk), name) for pk, name in agencies])
        self._choose("officer", [(str(officer.pk), str(officer)) for officer in officers_of(user)], "Tous")
        self._choose("status", list(Account.Status.choices), "Tous")
        self._choose("nature", [(code, nature.label) for code, nature in office_kind.natures.items()])
        self._choose(
            "hold",
            [
                ("yes", "retenus"),
                ("no", "non retenus"),
                (UNDECIDED, UNDECIDED_LABEL),
                *((c, w) for c, w in held.items()),
            ],
            "Tous",
        )
        if len(office_kind.natures) < 2:
            del self.fields["nature"]
        else:
            del self.fields["status"]
        if not office_kind.caf:
            del self.fields["caf"]

    def _choose(self, name: str, choices: list[tuple[Any, Any]], everything: str = "Toutes") -> None:
        self.fields[name].choices = [("", everything), *choices]

    def narrow(self) -> Narrow:
        """What to keep; a field filled wrongly keeps everything and is shown with its error."""
        self.is_valid()
        value = self.cleaned_data
        return Narrow(
            text=value.get("q") or "",
            agency_id=whole_or_none(value.get("agency") or ""),
            officer_id=whole_or_none(value.get("officer") or ""),
            status=value.get("status") or "",
            nature=value.get("nature") or "",
            age=value.get("age") or "",
            hold=value.get("hold") or "",
            lane=value.get("lane") or "",
            late=bool(value.get("late")),
            caf=bool(value.get("caf")),
            min_cents=value.get("min"),
        )

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "-debt"

    @property
    def active(self) -> list[str]:
        """The filters that are on, beside the search."""
        return active_filters(self, unless=("q",))
