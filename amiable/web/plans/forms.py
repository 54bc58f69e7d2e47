"""What an officer types in the simulator and on a plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.domain import law
from amiable.domain.plans.schedule import Asked, Step, first_due_on
from amiable.domain.text.french import MONTHS, amount
from amiable.domain.text.typed import whole
from amiable.parties.models import Person
from amiable.plans.models import PlanVersion
from amiable.plans.queries import capacity_of, rent_day
from amiable.plans.signing import CONSENT_FR
from amiable.web.kit.fields import DayField, DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm, ActionForm, set_choices
from amiable.web.plans.sharing import to_share

BY_MONTHS, BY_AMOUNT = "months", "amount"
JOIN, AVOID, CHOSEN = "join", "avoid", "chosen"
#: A first instalment is not asked sooner: time to sign, and to be ready to pay.
_FIRST_DAYS = 7


class SimulatorForm(ActForm):
    """The agreement being worked out. Every field has a first value: the schedule shows at once."""

    statement_on = DayField(label="Décompte arrêté au", widget=DayInput)
    capacity_cents = EurosField(
        label="Capacité de remboursement (€ par mois)",
        required=False,
        help_text="Ce que le ménage peut payer en plus du loyer courant.",
    )
    way = forms.ChoiceField(
        label="On part",
        widget=forms.RadioSelect,
        choices=[(BY_MONTHS, "d’une durée"), (BY_AMOUNT, "d’un montant mensuel")],
        initial=BY_MONTHS,
    )
    months = forms.IntegerField(label="Nombre de mensualités", min_value=1, max_value=120, required=False)
    amount_cents = EurosField(label="Montant mensuel (€)", required=False)
    day = forms.ChoiceField(label="Jour de l’échéance", widget=forms.RadioSelect, initial=JOIN)
    starts_on = DayField(label="Première échéance", widget=DayInput, required=False)
    lump_cents = EurosField(
        label="Versement immédiat (€)",
        required=False,
        help_text="Payé à la première date, avant les mensualités.",
    )
    first_months = forms.IntegerField(
        label="Palier : nombre de mois", min_value=1, max_value=60, required=False
    )
    first_cents = EurosField(
        label="Palier : montant (€)",
        required=False,
        help_text="Les premières mensualités, si elles diffèrent.",
    )
    last_cents = EurosField(label="Dernière échéance (€)", required=False)
    months_off = forms.MultipleChoiceField(
        label="Mois sans échéance",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(str(number), name) for number, name in enumerate(MONTHS, start=1)],
    )
    covered = forms.MultipleChoiceField(
        label="Comptes couverts par le plan", required=False, widget=forms.CheckboxSelectMultiple
    )

    #: The amount that was on screen: what the officer and the debtor agreed on.
    seen_cents = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.accounts, self.of_version = list(self.target.accounts), self.target.version
        self.rent_day = rent_day(self.account)
        fields: Any = self.fields
        fields["day"].choices = [
            (JOIN, f"le jour du loyer (le {self.rent_day})"),
            (AVOID, "à distance du loyer"),
            (CHOSEN, "à la date choisie"),
        ]
        fields["covered"].choices = [(str(one.pk), one.ref) for one in self.accounts]
        self.initial |= first_values(self.account, self.accounts, self.today, self.of_version)
        if self.target.twelfths:
            self.initial |= {
                "way": BY_MONTHS,
                "months": int(law.get("CHG-01", self.today, "twelfths").number),
            }
        if len(self.accounts) < 2 or self.of_version is not None:
            del self.fields["covered"]

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        by_months = value.get("way") == BY_MONTHS
        if by_months and not value.get("months") and "months" not in self.errors:
            self.add_error("months", "Indiquez le nombre de mensualités.")
        if not by_months and not value.get("amount_cents") and "amount_cents" not in self.errors:
            self.add_error("amount_cents", "Indiquez le montant mensuel.")
        if value.get("day") == CHOSEN and not value.get("starts_on") and "starts_on" not in self.errors:
            self.add_error("starts_on", "Indiquez la date de la première échéance.")
        if bool(value.get("first_months")) != bool(value.get("first_cents")):
            self.add_error("first_cents", "Un palier a un nombre de mois et un montant.")
        return value

    @property
    def chosen(self) -> list[Account]:
        """The accounts the plan covers; at least the one it is drawn up from."""
        ids = set(self.cleaned_data.get("covered") or ())
        if self.of_version is not None:
            return self.accounts
        kept = [one for one in self.accounts if str(one.pk) in ids]
        return kept or [self.account]

    def asked(self, gap_days: int, debt_cents: int = 1) -> Asked:
        """The agreement as the domain reads it. gap_days: the office's distance from the rent's day."""
        value = self.cleaned_data
        earliest = self.today + timedelta(days=_FIRST_DAYS)
        starts_on: date = value["starts_on"] or earliest
        if value["day"] != CHOSEN:
            starts_on = first_due_on(earliest, self.rent_day, gap_days if value["day"] == AVOID else 0)
        by_months = value["way"] == BY_MONTHS
        steps = (Step(value["first_months"], value["first_cents"]),) if value.get("first_cents") else ()
        return Asked(
            debt_cents,
            starts_on,
            value["months"] if by_months else None,
            None if by_months else value["amount_cents"],
            value["lump_cents"] or 0,
            steps,
            value["last_cents"],
            frozenset(whole(month) for month in value["months_off"]),
        )


class RevisionForm(SimulatorForm):
    """The same agreement, and why it changes."""

    reason = TextField(label="Pourquoi réviser le plan ?", rows=2)


def first_values(
    account: Account, accounts: list[Account], today: date, version: PlanVersion | None
) -> dict[str, Any]:
    """What the simulator opens with: the version to change, or twelve mensualités from the rent's day."""
    capacity = capacity_of(account, today)
    if version is None:
        return {
            "statement_on": today,
            "capacity_cents": amount(capacity) if capacity is not None else "",
            "months": 12,
            "covered": [str(one.pk) for one in accounts],
        }
    kept = version.asked
    steps = kept["steps"][0] if kept["steps"] else (None, None)
    capacity = version.capacity_cents if capacity is None else capacity
    return {
        "statement_on": version.statement_on if version.state == "draft" else today,
        "capacity_cents": _typed(capacity),
        "way": BY_MONTHS if kept["months"] else BY_AMOUNT,
        "months": kept["months"],
        "amount_cents": _typed(kept["amount_cents"]),
        "day": CHOSEN if version.state == "draft" else JOIN,
        "starts_on": kept["starts_on"] if version.state == "draft" else None,
        "lump_cents": _typed(kept["lump_cents"]) if version.state == "draft" else "",
        "first_months": steps[0],
        "first_cents": _typed(steps[1]),
        "last_cents": _typed(kept["last_cents"]),
        "months_off": [str(month) for month in kept["months_off"]],
    }


def _typed(cents: int | None) -> str:
    return amount(cents) if cents else ""


class ReasonForm(ActForm):
    """Why: sent back, denounced, cancelled."""

    reason = TextField(label="Pourquoi ?", rows=2)


class ScanForm(ActForm):
    """The paper both parties signed."""

    signed_on = DayField(label="Signé le", widget=DayInput)
    scan = forms.FileField(label="Plan signé, numérisé (PDF, PNG ou JPEG)")

    def prepare(self) -> None:
        self.fields["signed_on"].initial = self.today


class WarnForm(ActForm):
    """By which way the debtor is told that an instalment is missing."""

    channel = forms.ChoiceField(
        label="Par",
        widget=forms.RadioSelect,
        choices=[("post", "courrier"), ("email", "courriel"), ("sms", "SMS")],
        initial="post",
    )


class ShareForm(ActForm):
    """Who must know the plan without owing it: those tied to the account, the caisse that pays the aid."""

    people = forms.MultipleChoiceField(
        label="À qui",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une ligne."},
    )

    def prepare(self) -> None:
        self.known = to_share(self.account, self.today)
        set_choices(self.fields["people"], [(str(one.pk), said) for one, said in self.known])
        self.fields["people"].initial = [str(one.pk) for one, _ in self.known]

    def clean_people(self) -> list[Person]:
        return [one for one, _ in self.known if str(one.pk) in self.cleaned_data["people"]]


class SignForm(ActionForm):
    """The debtor's own page at the desk: consent, name, and the seal of what they read (its version)."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    typed_name = forms.CharField(
        label="Votre prénom et votre nom",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    consents = forms.BooleanField(label=CONSENT_FR, required=False)

    def prepare(self) -> None:
        self.fields["sha256"].initial = self.target.version.document.sha256


class FilterForm(forms.Form):
    """What the collective view keeps."""

    q = forms.CharField(label="Nom ou compte", required=False)
    etat = forms.ChoiceField(label="État", required=False)
    charge = forms.ChoiceField(label="Suivi par", required=False)
    montant = forms.ChoiceField(
        label="Montant",
        required=False,
        choices=[
            ("", "Tous"),
            ("1", "moins de 500 €"),
            ("2", "de 500 à 2 000 €"),
            ("3", "2 000 € et plus"),
        ],
    )
    age = forms.ChoiceField(
        label="Âge",
        required=False,
        choices=[("", "Tous"), ("1", "moins de 3 mois"), ("2", "de 3 à 6 mois"), ("3", "6 mois et plus")],
    )

    def __init__(
        self, *args: Any, officers: list[User], states: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["etat"].choices = states
        fields["charge"].choices = [("", "Tous"), *((str(one.pk), str(one)) for one in officers)]
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"
