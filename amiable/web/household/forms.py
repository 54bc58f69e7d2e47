"""The interview's form: one page in the order of the talk, where nearly every field may stay empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from amiable.accounts.models import Account, AccountTerms
from amiable.core.models import User
from amiable.domain.household.budget import CHARGES, DEBTS, RESOURCES, Debt, Housing, Line, Situation
from amiable.domain.household.orientation import CAUSES, ORIENTATIONS, STANCES
from amiable.domain.household.people import CHILD, FULL_CUSTODY, HOLDER, OTHER, PARTNER, ROLES, Member
from amiable.domain.household.reading import MOST_CENTS, OLDEST
from amiable.domain.text.french import amount
from amiable.domain.text.typed import whole
from amiable.household import queries
from amiable.household.models import Assessment, Draft
from amiable.household.services import Told
from amiable.web.kit.accounts import terms_on
from amiable.web.kit.fields import DayField, DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm

Commitment: Any = Assessment.Commitment
#: Rows offered at once; the others wait behind « Plus de lignes ».
MEMBERS, MEMBERS_SHOWN = 10, 4
DEBT_ROWS, DEBT_ROWS_SHOWN = 6, 2
CUSTODY = [
    (str(FULL_CUSTODY), "Toute l’année"),
    ("50", "Une semaine sur deux"),
    ("25", "Un week-end sur deux"),
]
LETTERS = [
    ("hand", "Remise ou imprimée par vous"),
    ("post", "Envoyée par courrier"),
    ("", "Pas de confirmation"),
]
SECTIONS = (
    ("cause", "La cause"),
    ("people", "Le ménage"),
    ("budget", "Le budget"),
    ("debts", "Les autres dettes"),
    ("outcome", "La suite"),
)


class MonthlyField(EurosField):
    """Euros a month, never negative, never a slip of three zeros."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False)

    def clean(self, value: Any) -> int | None:
        cents = super().clean(value)
        if cents is not None and not 0 <= cents <= MOST_CENTS:
            raise forms.ValidationError("Le montant doit être positif, et plausible pour un mois.")
        return cents


@dataclass(frozen=True)
class Row:
    """The fields of one line, for the template."""

    label: str
    fields: Mapping[str, BoundField]

    @property
    def errors(self) -> list[str]:
        return [error for field in self.fields.values() for error in field.errors]


class OrientForm(ActForm):
    """The officer's decision after the talk."""

    orientation = forms.ChoiceField(
        label="Votre décision",
        choices=list(ORIENTATIONS.items()),
        error_messages={
            "required": "Choisissez une orientation.",
            "invalid_choice": "Choisissez une orientation.",
        },
    )


class InterviewForm(ActForm):
    """Everything of a talk. `situation()` and `told()` read it, whatever is still missing."""

    place = forms.ChoiceField(
        label="L’entretien a lieu", widget=forms.RadioSelect, choices=Assessment.Place.choices
    )
    cause = forms.ChoiceField(
        label="Qu’est-ce qui a rendu le paiement difficile ?",
        widget=forms.RadioSelect,
        choices=list(CAUSES.items()),
        required=False,
    )
    holder_age = forms.IntegerField(label="Âge du titulaire", min_value=14, max_value=OLDEST, required=False)
    rent = MonthlyField("Loyer")
    rent_charges = MonthlyField("Charges du loyer")
    aid = MonthlyField("Aide au logement reçue")
    aid_pending = forms.BooleanField(label="Une aide est attendue ou suspendue", required=False)
    stance = forms.ChoiceField(
        label="Que souhaite la personne ?",
        widget=forms.RadioSelect,
        choices=list(STANCES.items()),
        required=False,
    )
    commitment = forms.ChoiceField(
        label="À quoi s’engage-t-elle ?", widget=forms.RadioSelect, choices=Commitment.choices
    )
    commitment_cents = EurosField(label="Montant promis (€)", required=False)
    commitment_on = DayField(label="Pour le", required=False, widget=DayInput)
    orientation = forms.ChoiceField(
        label="Votre décision d’orientation",
        widget=forms.RadioSelect,
        choices=[*ORIENTATIONS.items(), ("", "Je décide plus tard")],
        required=False,
        help_text="Une orientation est proposée à côté, avec ses raisons. Vous seul décidez.",
    )
    summary = TextField(label="Compte rendu (facultatif)", required=False)
    letter = forms.ChoiceField(
        label="Lettre de confirmation", widget=forms.RadioSelect, choices=LETTERS, required=False
    )

    def prepare(self) -> None:
        for name in ("place", "commitment", "letter"):
            self.fields[name].initial = self.fields[name].choices[0][0]
        self._add_members()
        for prefix, kinds in (("resource", RESOURCES), ("charge", CHARGES)):
            for code, label in kinds.items():
                self._add_line(f"{prefix}_{code}", label)
        self._add_debts()
        if not self.is_bound:
            self.initial |= opening_values(self.account, self.user, self.today)

    def _add_members(self) -> None:
        roles = [("", "—"), *((code, ROLES[code].capitalize()) for code in (PARTNER, CHILD, OTHER))]
        for rank in range(1, MEMBERS + 1):
            who = f"personne {rank}"
            self.fields[f"member_{rank}_role"] = forms.ChoiceField(
                label=f"Lien, {who}", choices=roles, required=False
            )
            self.fields[f"member_{rank}_age"] = forms.IntegerField(
                label=f"Âge, {who}", min_value=0, max_value=OLDEST, required=False
            )
            self.fields[f"member_{rank}_custody"] = forms.ChoiceField(
                label=f"Présence, {who}", choices=CUSTODY, required=False
            )
            self.fields[f"member_{rank}_dependent"] = forms.BooleanField(
                label=f"À charge, {who}", required=False
            )

    def _add_line(self, name: str, label: str) -> None:
        self.fields[name] = MonthlyField(label)
        self._add_proof(name, label)

    def _add_proof(self, name: str, label: str) -> None:
        self.fields[f"{name}_seen"] = forms.BooleanField(label=f"Justificatif vu, {label}", required=False)
        self.fields[f"{name}_on"] = DayField(
            label=f"Date du justificatif, {label}", required=False, widget=DayInput
        )

    def _add_debts(self) -> None:
        kinds = [("", "—"), *DEBTS.items()]
        for rank in range(1, DEBT_ROWS + 1):
            name, who = f"debt_{rank}", f"dette {rank}"
            self.fields[f"{name}_kind"] = forms.ChoiceField(
                label=f"Nature, {who}", choices=kinds, required=False
            )
            self.fields[name] = MonthlyField(f"Par mois, {who}")
            self.fields[f"{name}_left"] = MonthlyField(f"Reste dû, {who}")
            self.fields[f"{name}_end"] = DayField(label=f"Fin, {who}", required=False, widget=DayInput)
            self._add_proof(name, who)

    # What the templates walk through.

    def members(self) -> list[Row]:
        return [
            self._row(f"member_{n}", f"Personne {n}", ("role", "age", "custody", "dependent"))
            for n in _upto(MEMBERS)
        ]

    def first_members(self) -> list[Row]:
        return self.members()[:MEMBERS_SHOWN]

    def more_members(self) -> list[Row]:
        return self.members()[MEMBERS_SHOWN:]

    def resources(self) -> list[Row]:
        return [self._row(f"resource_{code}", label, ("", "seen", "on")) for code, label in RESOURCES.items()]

    def charges(self) -> list[Row]:
        return [self._row(f"charge_{code}", label, ("", "seen", "on")) for code, label in CHARGES.items()]

    def debts(self) -> list[Row]:
        parts = ("kind", "", "left", "end", "seen", "on")
        return [self._row(f"debt_{n}", f"Dette {n}", parts) for n in _upto(DEBT_ROWS)]

    def first_debts(self) -> list[Row]:
        return self.debts()[:DEBT_ROWS_SHOWN]

    def more_debts(self) -> list[Row]:
        return self.debts()[DEBT_ROWS_SHOWN:]

    def _row(self, name: str, label: str, parts: tuple[str, ...]) -> Row:
        return Row(label, {part or "cents": self[f"{name}_{part}" if part else name] for part in parts})

    # What was typed, as the domain reads it.

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        partners = [n for n in _upto(MEMBERS) if value.get(f"member_{n}_role") == PARTNER]
        for extra in partners[1:]:
            self.add_error(f"member_{extra}_role", "Un seul conjoint peut être indiqué.")
        for name, day in list(value.items()):
            if name.endswith("_on") and name != "commitment_on" and day and day > self.today:
                self.add_error(name, "Un justificatif ne peut pas être daté de l’avenir.")
        self._clean_debts(value)
        if value.get("commitment") == Commitment.PROMISE:
            for name, said in (
                ("commitment_cents", "le montant promis"),
                ("commitment_on", "la date promise"),
            ):
                if not value.get(name) and name not in self.errors:
                    self.add_error(name, f"Indiquez {said}.")
            self.check_owed("commitment_cents")
            self.check_wait("commitment_on")
        return value

    def _clean_debts(self, value: dict[str, Any]) -> None:
        for n in _upto(DEBT_ROWS):
            if (value.get(f"debt_{n}") or value.get(f"debt_{n}_left")) and not value.get(f"debt_{n}_kind"):
                self.add_error(f"debt_{n}_kind", f"Indiquez la nature de la dette {n}.")

    def situation(self) -> Situation:
        """What can be read of the form, errors or not."""
        value = self.cleaned_data
        return Situation(
            members=(Member(HOLDER, value.get("holder_age")), *self._members()),
            resources=tuple(self._lines("resource", RESOURCES)),
            housing=Housing(
                value.get("rent") or 0,
                value.get("rent_charges") or 0,
                value.get("aid") or 0,
                bool(value.get("aid_pending")),
            ),
            charges=tuple(self._lines("charge", CHARGES)),
            debts=tuple(self._debts()),
        )

    def _members(self) -> Iterator[Member]:
        value = self.cleaned_data
        for n in _upto(MEMBERS):
            role = value.get(f"member_{n}_role")
            if role:
                share = (
                    whole(value.get(f"member_{n}_custody") or FULL_CUSTODY) if role == CHILD else FULL_CUSTODY
                )
                dependent = role != CHILD and bool(value.get(f"member_{n}_dependent"))
                yield Member(role, value.get(f"member_{n}_age"), share, dependent)

    def _lines(self, prefix: str, kinds: Mapping[str, str]) -> Iterator[Line]:
        for code in kinds:
            cents = self.cleaned_data.get(f"{prefix}_{code}")
            if cents:
                yield Line(code, cents, self._proof(f"{prefix}_{code}"))

    def _debts(self) -> Iterator[Debt]:
        value = self.cleaned_data
        for n in _upto(DEBT_ROWS):
            kind, cents, left = (value.get(f"debt_{n}{part}") for part in ("_kind", "", "_left"))
            if kind and (cents or left):
                yield Debt(kind, cents or 0, left, value.get(f"debt_{n}_end"), self._proof(f"debt_{n}"))

    def _proof(self, name: str) -> date | None:
        """A document ticked without its date was seen today."""
        on = self.cleaned_data.get(f"{name}_on")
        return on or (self.today if self.cleaned_data.get(f"{name}_seen") else None)

    def told(self) -> Told:
        """The whole talk, of a valid form."""
        value = self.cleaned_data
        return Told(
            situation=self.situation(),
            **{
                name: value[name]
                for name in ("place", "cause", "stance", "orientation", "commitment", "summary")
            },
            commitment_cents=value["commitment_cents"],
            commitment_on=value["commitment_on"],
        )


def _upto(count: int) -> range:
    return range(1, count + 1)


def opening_values(account: Account, user: User, today: date) -> dict[str, Any]:
    """What the interview opens with: the officer's own draft, else what is already known."""
    draft = Draft.objects.filter(account=account, author=user).first()
    if draft is not None:
        return draft.values
    last = queries.latest(account)
    situation = queries.situation_of(last) if last is not None else None
    return first_values(account, terms_on(account, today), last, situation, today)


def first_values(
    account: Account,
    terms: AccountTerms | None,
    last: Assessment | None,
    situation: Situation | None,
    today: date,
) -> dict[str, Any]:
    """What is already known, so that nothing is typed twice: the rent in force, and the last situation.

    Documents seen then are not carried over: they are to be seen again.
    """
    found: dict[str, Any] = {}
    if situation is not None and last is not None:
        found |= _of_situation(situation) | {"cause": last.cause}
    if terms is not None:
        found |= {
            "rent": amount(terms.rent_cents),
            "rent_charges": amount(terms.charges_cents),
            "aid": amount(terms.aid_cents),
        }
    born_on = account.person.born_on
    if born_on is not None:
        passed = (today.month, today.day) >= (born_on.month, born_on.day)
        found["holder_age"] = today.year - born_on.year - (not passed)
    return found


def _of_situation(situation: Situation) -> dict[str, Any]:
    home = situation.housing
    found: dict[str, Any] = {
        "holder_age": situation.members[0].age,
        "rent": amount(home.rent_cents),
        "rent_charges": amount(home.charges_cents),
        "aid": amount(home.aid_cents),
        "aid_pending": home.aid_pending,
    }
    for n, member in enumerate(situation.members[1 : MEMBERS + 1], start=1):
        found |= {
            f"member_{n}_role": member.role,
            f"member_{n}_age": member.age,
            f"member_{n}_custody": str(member.custody_percent),
            f"member_{n}_dependent": member.dependent,
        }
    for prefix, lines in (("resource", situation.resources), ("charge", situation.charges)):
        found |= {f"{prefix}_{line.kind}": amount(line.monthly_cents) for line in lines}
    for n, debt in enumerate(situation.debts[:DEBT_ROWS], start=1):
        found |= {
            f"debt_{n}_kind": debt.kind,
            f"debt_{n}": amount(debt.monthly_cents),
            f"debt_{n}_left": "" if debt.remaining_cents is None else amount(debt.remaining_cents),
            f"debt_{n}_end": debt.ends_on,
        }
    return found
