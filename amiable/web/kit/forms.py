"""The form of an action on one account: what it is opened on, and the checks areas share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.policy import value as setting
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros
from amiable.web.kit.fields import TextField

OTHER = "Autre motif"


class Refusable(forms.BaseForm):
    """A form that says above itself, or beside a field, what the domain refuses."""

    def refuse(self, refusal: DomainError, field: str | None) -> None:
        self.add_error(field, refusal.message_fr)


class ActionForm(Refusable, forms.Form):
    """The form of an action: what it acts on, who fills it in, the day."""

    def __init__(self, *args: Any, target: Any, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.target, self.user, self.today = target, user, today
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
        """What depends on the target: choices and first values."""


class ActForm(ActionForm):
    """A form on one account, or on something of one; it carries the version it was opened on."""

    #: False for what has a lifecycle of its own, done from a button or a drop: the stage says who came first,
    #: and the version is compared when the page carries it.
    must_carry = True
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, target: Any, **options: Any) -> None:
        self.account: Account = target if isinstance(target, Account) else target.account
        super().__init__(*args, target=target, **options)
        self.fields["version"].initial = self.account.version
        self.fields["version"].required = self.must_carry

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


@contextmanager
def said_above(form: forms.Form) -> Iterator[None]:
    """A reading that the domain refuses while the form is filled in: said above it."""
    try:
        yield
    except DomainError as refusal:
        form.add_error(None, refusal.message_fr)


class Button(ActForm):
    """Nothing to fill in, on something with a lifecycle of its own."""

    must_carry = False


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
