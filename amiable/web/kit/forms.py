"""The form of an action on one account: what it is opened on, and the checks areas share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.policy import value as setting
from amiable.domain.text.french import euros
from amiable.web.kit.fields import TextField

OTHER = "Autre motif"


class ActForm(forms.Form):
    """A form on one account. It carries the version it was opened on (optimistic lock)."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.account, self.user, self.today = account, user, today
        self.fields["version"].initial = account.version
        self.prepare()
        shown = [field for field in self.fields.values() if not isinstance(field.widget, forms.HiddenInput)]
        if shown:
            shown[0].widget.attrs["autofocus"] = True
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.RadioSelect):
                continue
            kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
            if not isinstance(widget, (forms.CheckboxInput, forms.HiddenInput)):
                widget.attrs.setdefault("class", kind)

    def prepare(self) -> None:
        """What depends on the account: choices and first values."""

    def check_owed(self, name: str) -> None:
        """A sum promised or contested is never more than what the account owes: a slip of the keyboard."""
        cents, position = self.cleaned_data.get(name), getattr(self.account, "position", None)
        if cents and position is not None and cents > max(position.balance_cents, 0):
            owed = euros(max(position.balance_cents, 0))
            self.add_error(name, f"C’est plus que ce que doit ce compte ({owed}) : vérifiez le montant.")

    def check_wait(self, name: str) -> None:
        """Nothing set by hand silences an account longer than the office allows."""
        on, days = self.cleaned_data.get(name), setting(self.account.office, "longest_wait_days", self.today)
        if on and on > self.today + timedelta(days=days):
            last = self.today + timedelta(days=days)
            self.add_error(
                name, f"Au plus tard le {last:%d/%m/%Y} : l’office n’attend pas au-delà ({days} jours)."
            )


def set_choices(field: Any, values: list[tuple[str, str]]) -> None:
    field.choices = values


class Reasoned(ActForm):
    """A motive chosen in a list, and a precision."""

    reasons: list[str] = []
    motive = forms.ChoiceField(label="Motif")
    detail = TextField(label="Précision (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        set_choices(
            self.fields["motive"], [("", "Choisir…"), *((one, one) for one in (*self.reasons, OTHER))]
        )

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        if value.get("motive") == OTHER and not value.get("detail") and "detail" not in self.errors:
            self.add_error("detail", "Précisez le motif.")
        return value

    @property
    def reason(self) -> str:
        """What is kept: « Paiement annoncé : virement le 28 »."""
        motive, detail = self.cleaned_data["motive"], self.cleaned_data["detail"]
        if motive == OTHER:
            return detail
        return f"{motive} : {detail}" if detail else motive
